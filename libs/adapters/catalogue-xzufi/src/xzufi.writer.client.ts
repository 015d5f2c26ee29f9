// SPDX-License-Identifier: EUPL-1.2
import type { DocumentHead, WrittenPiece } from '@amtsbote/adapter-kit';
import { type CatalogueChange, type CatalogueFinding, targetOf } from '@amtsbote/canonical';
import { create } from 'xmlbuilder2';
import type { XMLBuilder } from 'xmlbuilder2/lib/interfaces.js';

import type { OutElement } from './xzufi.codec.mapping.js';
import { ADAPTER_TYPE } from './xzufi.errors.js';
import { type Dialect, HEAD, namespaceOf, ROOT, VERSION_ATTRIBUTE, XSI } from './xzufi.wire.js';
import { elementOf } from './xzufi.write.mapping.js';

/** Bytes that are collected before they are handed over. */
const PIECE_CHARS = 64 * 1024;
/** Our namespace's prefix: other prefixes are declared where they are needed. */
const PREFIX = 'xzufi';
const DOCUMENT = 'written document';
/** Everything that is no Char of XML 1.0 (section 2.2), lone surrogates included. */
const ILLEGAL = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;
const REPLACED = { code: 'characters-replaced', message: 'Characters that XML cannot say were replaced.' };

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
    writer.change(change);
    if (writer.size >= PIECE_CHARS) yield writer.taken();
  }
  writer.close();
  yield writer.taken();
}

class MessageWriter {
  private text = '';
  private findings: CatalogueFinding[] = [];
  /** Characters that XML cannot say, and that were replaced. */
  private replaced = 0;
  private readonly namespace: string;
  private readonly dialect: Dialect;

  constructor(dialect: Dialect) {
    this.dialect = dialect;
    this.namespace = namespaceOf(dialect);
  }

  get size(): number {
    return this.text.length;
  }

  open(head: DocumentHead): void {
    const { namespace } = this;
    const root = create({ version: '1.0', encoding: 'UTF-8' }).ele(namespace, `${PREFIX}:${ROOT}`);
    root.att({ 'xmlns:xsi': XSI, produktbezeichnung: 'Amtsbote', produkthersteller: 'Amtsbote', [VERSION_ATTRIBUTE]: this.dialect });
    this.text += root.end().replace(/\/>$/, '>');
    const text = (local: string, value: string): OutElement => ({ local, uri: namespace, attributes: {}, foreign: [], parts: [value] });
    const parts = [
      text(HEAD.id, head.messageId),
      text(HEAD.createdAt, head.createdAt),
      text(HEAD.recipient, head.recipient),
      text(HEAD.sender, head.sender),
    ];
    this.add({ local: HEAD.element, uri: namespace, attributes: {}, foreign: [], parts });
  }

  change(change: CatalogueChange): void {
    const { element, remarks } = elementOf(change, this.dialect);
    this.replaced = 0;
    this.add(element);
    const all = this.replaced === 0 ? remarks : [...remarks, REPLACED];
    const { kind, key } = targetOf(change);
    for (const { code, message } of all) {
      this.findings.push({
        severity: 'soll',
        code: `${ADAPTER_TYPE}/${code}`,
        message: message.slice(0, 1_000),
        document: DOCUMENT,
        kind,
        key,
      });
    }
  }

  close(): void {
    this.text += `\n</${PREFIX}:${ROOT}>\n`;
  }

  taken(): WrittenPiece {
    const piece = { bytes: Buffer.from(this.text, 'utf8'), findings: this.findings };
    this.text = '';
    this.findings = [];
    return piece;
  }

  private add(element: OutElement): void {
    const root = create().ele(element.uri, this.nameOf(element));
    this.fill(root, element);
    // The root of the message has declared the namespace.
    this.text += `\n${root.end({ headless: true }).replace(` xmlns:${PREFIX}="${this.namespace}"`, '')}`;
  }

  private fill(node: XMLBuilder, element: OutElement): void {
    for (const [name, value] of Object.entries(element.attributes)) node.att(name, this.attribute(value));
    element.foreign.forEach(({ namespace: uri, name, value }, index) => {
      const prefix = uri === XSI ? 'xsi' : uri === this.namespace ? PREFIX : `n${index}`;
      node.att(uri, `${prefix}:${name}`, this.attribute(value));
    });
    for (const part of element.parts) {
      if (typeof part === 'string') node.txt(this.content(part));
      else this.fill(node.ele(part.uri, this.nameOf(part)), part);
    }
  }

  private nameOf({ uri, local }: OutElement): string {
    return uri === this.namespace ? `${PREFIX}:${local}` : local;
  }

  /**
   * Text as the library has to get it: it leaves what looks like an entity alone, so ampersands are escaped before; line ends that a reader would
   * change (XML 1.0, sections 2.11 and 3.3.3) become references.
   */
  private content(text: string): string {
    const legal = text.replace(ILLEGAL, () => {
      this.replaced += 1;
      return '\ufffd';
    });
    return legal.replaceAll('&', '&amp;').replaceAll('\r', '&#13;');
  }
  private attribute(text: string): string {
    return this.content(text).replaceAll('\n', '&#10;').replaceAll('\t', '&#9;');
  }
}
