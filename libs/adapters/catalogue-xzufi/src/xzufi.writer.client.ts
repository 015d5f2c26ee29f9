// SPDX-License-Identifier: EUPL-1.2
import type { DocumentHead, WrittenPiece } from '@amtsbote/adapter-kit';
import { type CatalogueChange, type CatalogueFinding, targetOf } from '@amtsbote/canonical';
import { createCB } from 'xmlbuilder2';
import type { XMLBuilderCB } from 'xmlbuilder2/lib/interfaces.js';

import type { OutElement } from './xzufi.codec.mapping.js';
import { ADAPTER_TYPE } from './xzufi.errors.js';
import { elementOf } from './xzufi.write.mapping.js';
import { type Dialect, HEAD, namespaceOf, ROOT, VERSION_ATTRIBUTE, XSI } from './xzufi.wire.js';

/** Bytes that are collected before they are handed over. */
const PIECE_CHARS = 64 * 1024;
/** Our namespace's prefix: other prefixes are declared where they are needed. */
const PREFIX = 'xzufi';
const DOCUMENT = 'written document';

/** Writes a transfer message, piece by piece. */
export async function* writeMessage(
  head: DocumentHead,
  changes: Iterable<CatalogueChange> | AsyncIterable<CatalogueChange>,
  dialect: Dialect,
  signal: AbortSignal,
): AsyncGenerator<WrittenPiece> {
  const writer = new MessageWriter(dialect);
  writer.open(head);
  for await (const change of changes) {
    signal.throwIfAborted();
    writer.add(change);
    if (writer.size >= PIECE_CHARS) yield writer.taken();
  }
  writer.close();
  yield writer.taken();
}

class MessageWriter {
  private text = '';
  private findings: CatalogueFinding[] = [];
  private failure: Error | undefined;
  private readonly builder: XMLBuilderCB;
  private readonly namespace: string;
  private readonly dialect: Dialect;

  constructor(dialect: Dialect) {
    this.dialect = dialect;
    this.namespace = namespaceOf(dialect);
    this.builder = createCB({
      data: (chunk: string) => void (this.text += chunk),
      end: () => undefined,
      error: (error: Error) => void (this.failure = error),
      prettyPrint: false,
      // What XML cannot say becomes U+FFFD, and a finding.
      invalidCharReplacement: '\ufffd',
    });
  }

  get size(): number {
    return this.text.length;
  }

  open(head: DocumentHead): void {
    const { builder, namespace } = this;
    builder.dec({ version: '1.0', encoding: 'UTF-8' });
    builder.ele(namespace, `${PREFIX}:${ROOT}`);
    builder.att('http://www.w3.org/2000/xmlns/', 'xmlns:xsi', XSI);
    builder.att({ produktbezeichnung: 'Amtsbote', produkthersteller: 'Amtsbote', [VERSION_ATTRIBUTE]: this.dialect });
    const text = (local: string, value: string): OutElement => ({ local, uri: namespace, attributes: {}, foreign: [], parts: [value] });
    const parts = [text(HEAD.id, head.messageId), text(HEAD.createdAt, head.createdAt), text(HEAD.recipient, head.recipient), text(HEAD.sender, head.sender)];
    this.element({ local: HEAD.element, uri: namespace, attributes: {}, foreign: [], parts });
  }

  add(change: CatalogueChange): void {
    const { element, remarks } = elementOf(change, this.dialect);
    this.text += '\n';
    this.element(element);
    const { kind, key } = targetOf(change);
    for (const { code, message } of remarks) {
      this.findings.push({ severity: 'soll', code: `${ADAPTER_TYPE}/${code}`, message: message.slice(0, 1_000), document: DOCUMENT, kind, key });
    }
  }

  close(): void {
    this.builder.end();
    if (this.failure !== undefined) throw this.failure;
  }

  taken(): WrittenPiece {
    const piece = { bytes: Buffer.from(this.text, 'utf8'), findings: this.findings };
    this.text = '';
    this.findings = [];
    return piece;
  }

  private element(element: OutElement): void {
    const { builder, namespace } = this;
    builder.ele(element.uri, element.uri === namespace ? `${PREFIX}:${element.local}` : element.local);
    for (const [name, value] of Object.entries(element.attributes)) builder.att(name, value);
    element.foreign.forEach(({ namespace: uri, name, value }, index) => {
      builder.att(uri, uri === XSI ? `xsi:${name}` : uri === namespace ? `${PREFIX}:${name}` : `n${index}:${name}`, value);
    });
    for (const part of element.parts) {
      if (typeof part === 'string') builder.txt(part);
      else this.element(part);
    }
    builder.up();
  }
}
