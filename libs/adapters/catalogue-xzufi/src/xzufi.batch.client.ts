// SPDX-License-Identifier: EUPL-1.2
import { isUtf8 } from 'node:buffer';

import type { PutMark } from '@amtsbote/adapter-kit';
import type { CatalogueChange } from '@amtsbote/canonical';

import { StrictParser, type XmlElement } from './xzufi.elements.client.js';
import { XmlFault, type XmlFaultCode, type XmlLimits } from './xzufi.limits.client.js';
import { digestOf, lineBreaksIn, markOf } from './xzufi.marks.client.js';
import type { Bindings } from './xzufi.namespaces.client.js';
import { PlainReader } from './xzufi.plain.client.js';
import {
  type LocalFinding,
  type MessageHead,
  noOutcome,
  type Outcome,
  type ReadingContext,
  readTopElement,
} from './xzufi.record.mapping.js';

/** What is the same for all batches of a document. */
export interface BatchContext extends ReadingContext {
  readonly limits: XmlLimits;
  /** Namespaces that hold inside of the root. */
  readonly bindings: Bindings;
  /** Validate against this schema. */
  readonly schema?: BatchSchema;
  /** Digest of what decides, beside their bytes, what records mean; absent = they are not to be recognised. */
  readonly surroundings?: string;
}

/** A schema for batches: each is validated as a document of its own, with the root and the head of the document it comes from. */
export interface BatchSchema {
  /** Files of schemas; an import of `https://host/path` is looked for at `host/path` in it. Nothing is fetched. */
  readonly folder: string;
  /** The main file, below the folder. */
  readonly entry: string;
  readonly before: string;
  readonly after: string;
}

/** What a batch comes to; plain data, so that threads can hand it over. Lines count from 1 in the batch. */
export interface BatchResult {
  readonly changes: CatalogueChange[];
  /** Of each change. */
  readonly marks: readonly (PutMark | undefined)[];
  readonly findings: LocalFinding[];
  readonly unknown: [path: string, count: number][];
  readonly head?: MessageHead;
  readonly heads: number;
  /** Line breaks in it. */
  readonly lines: number;
  /** Set when the batch, and with it the document, cannot be taken. */
  readonly fault?: { readonly code: XmlFaultCode; readonly message: string; readonly line?: number };
}

/** Says what is wrong with a batch by the schema; `undefined` = nothing. Lines count in the batch. */
export type SchemaCheck = (bytes: Uint8Array) => XmlFault | undefined;

const plainReader = new PlainReader();

/** Reads the elements of a batch one after the other, and marks the puts of such as can be recognised. */
class BatchReading {
  readonly outcome: Outcome = noOutcome();
  readonly marks: (PutMark | undefined)[] = [];
  readonly unknown = new Map<string, number>();
  private records = 0;
  /** Findings about records that are complete; what was said between them and now belongs to the next one. */
  private saidBefore = 0;

  private readonly bytes: Uint8Array;
  private readonly ends: readonly number[];
  private readonly context: BatchContext;

  constructor(bytes: Uint8Array, ends: readonly number[], context: BatchContext) {
    this.bytes = bytes;
    this.ends = ends;
    this.context = context;
  }

  readonly take = (element: XmlElement): void => {
    const { outcome, marks } = this;
    const { changes, findings } = outcome;
    const said = this.saidBefore;
    readTopElement(element, this.context, outcome);
    const isOne = changes.length === marks.length + 1 && changes[marks.length]?.op === 'put';
    const mark = isOne ? this.markOf(findings.slice(said)) : undefined;
    while (marks.length < changes.length) marks.push(mark);
    this.saidBefore = findings.length;
    for (const [path, count] of outcome.unknown) this.unknown.set(path, (this.unknown.get(path) ?? 0) + count);
    if (outcome.unknown.size > 0) outcome.unknown = new Map();
    this.records += 1;
  };

  private markOf(findings: readonly LocalFinding[]): PutMark | undefined {
    const { bytes, ends, records } = this;
    const { surroundings } = this.context;
    const [from, to] = [records === 0 ? 0 : ends[records - 1], ends[records]];
    if (surroundings === undefined || from === undefined || to === undefined) return undefined;
    const unknown = [...this.outcome.unknown];
    const digest = digestOf(bytes.subarray(from, to), surroundings);
    if (findings.length === 0) return markOf(digest, { findings, unknown });
    const lines = lineBreaksIn(bytes.subarray(0, from));
    const moved = findings.map(({ line, ...finding }) => (line === undefined ? finding : { ...finding, line: line - lines }));
    return markOf(digest, { findings: moved, unknown });
  }
}

/**
 * Parses a batch: whole elements below the root, and what stands between them.
 * @param ends where the elements end.
 */
export function parseBatch(bytes: Uint8Array, ends: readonly number[], context: BatchContext, schemaCheck?: SchemaCheck): BatchResult {
  const reading = new BatchReading(bytes, ends, context);
  const { outcome, marks, unknown } = reading;
  const { limits, bindings } = context;
  let lines = 0;
  let faulty: XmlFault | undefined;
  try {
    const text = decoded(bytes);
    const plain = plainReader.read(text, { limits, bindings, depth: 1 });
    for (const element of plain?.elements ?? []) reading.take(element);
    lines = plain?.lines ?? parseStrictly(text, context, reading);
    // After the parser: the validator never sees a document type, nor anything else that is not well-formed.
    faulty = schemaCheck?.(bytes);
  } catch (error) {
    if (!(error instanceof XmlFault)) throw error;
    faulty = error;
  }
  return {
    changes: outcome.changes,
    marks,
    findings: outcome.findings,
    unknown: [...unknown],
    heads: outcome.heads,
    lines,
    ...(outcome.head === undefined ? {} : { head: outcome.head }),
    ...(faulty === undefined ? {} : { fault: faultData(faulty) }),
  };
}

/** @returns line breaks in it. @throws XmlFault */
function parseStrictly(text: string, context: BatchContext, { outcome, take }: BatchReading): number {
  const { limits, bindings } = context;
  const onTopText = (): void =>
    void outcome.findings.push({ severity: 'soll', code: 'text-between', message: 'Text between the objects is skipped.' });
  const parser = new StrictParser({ limits, bindings, isFragment: true, depth: 1, onElement: take, onTopText });
  parser.write(text);
  parser.close();
  return parser.line - 1;
}

/** Strict: a byte that is not UTF-8 is a fault, never a replacement character. @throws XmlFault */
export function decoded(bytes: Uint8Array): string {
  // Checking and converting in two steps is faster than a fatal TextDecoder.
  if (!isUtf8(bytes)) throw new XmlFault('not-utf8', 'The document has bytes that are not UTF-8.');
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

/** A fault as data. */
export function faultData({ code, message, line }: XmlFault): NonNullable<BatchResult['fault']> {
  return { code, message, ...(line === undefined ? {} : { line }) };
}
