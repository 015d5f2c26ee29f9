// SPDX-License-Identifier: EUPL-1.2
import { isUtf8 } from 'node:buffer';

import type { CatalogueChange } from '@amtsbote/canonical';

import { StrictParser, type XmlElement } from './xzufi.elements.client.js';
import { XmlFault, type XmlFaultCode, type XmlLimits } from './xzufi.limits.client.js';
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

/** Parses a batch: whole elements below the root, and what stands between them. */
export function parseBatch(bytes: Uint8Array, context: BatchContext, schemaCheck?: SchemaCheck): BatchResult {
  const outcome = noOutcome();
  const { limits, bindings } = context;
  let lines = 0;
  let faulty: XmlFault | undefined;
  try {
    const text = decoded(bytes);
    const plain = plainReader.read(text, { limits, bindings, depth: 1 });
    for (const element of plain?.elements ?? []) readTopElement(element, context, outcome);
    lines = plain?.lines ?? parseStrictly(text, context, outcome);
    // After the parser: the validator never sees a document type, nor anything else that is not well-formed.
    faulty = schemaCheck?.(bytes);
  } catch (error) {
    if (!(error instanceof XmlFault)) throw error;
    faulty = error;
  }
  return {
    changes: outcome.changes,
    findings: outcome.findings,
    unknown: [...outcome.unknown],
    heads: outcome.heads,
    lines,
    ...(outcome.head === undefined ? {} : { head: outcome.head }),
    ...(faulty === undefined ? {} : { fault: faultData(faulty) }),
  };
}

/** @returns line breaks in it. @throws XmlFault */
function parseStrictly(text: string, context: BatchContext, outcome: Outcome): number {
  const { limits, bindings } = context;
  const onElement = (element: XmlElement): void => readTopElement(element, context, outcome);
  const onTopText = (): void =>
    void outcome.findings.push({ severity: 'soll', code: 'text-between', message: 'Text between the objects is skipped.' });
  const parser = new StrictParser({ limits, bindings, isFragment: true, depth: 1, onElement, onTopText });
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
