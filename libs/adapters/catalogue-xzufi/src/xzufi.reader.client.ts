// SPDX-License-Identifier: EUPL-1.2
import type { Readable } from 'node:stream';

import type { CatalogueDocument, ReadingHelp, Treated } from '@amtsbote/adapter-kit';
import type { CatalogueChange, CatalogueFinding } from '@amtsbote/canonical';

import { type BatchContext, decoded } from './xzufi.batch.client.js';
import { StrictParser } from './xzufi.elements.client.js';
import { ADAPTER_TYPE, brokenStream } from './xzufi.errors.js';
import { DocumentFindings } from './xzufi.findings.client.js';
import { Gate } from './xzufi.gate.client.js';
import { XmlFault, type XmlLimits } from './xzufi.limits.client.js';
import { remarksIn, surroundingsOf } from './xzufi.marks.client.js';
import type { ParsedBatch, ParserPool, TreatedResult } from './xzufi.pool.client.js';
import { type RecalledRun, Recalling } from './xzufi.recall.client.js';
import { noOutcome, readObject } from './xzufi.record.mapping.js';
import { type Piece, RecordSplitter } from './xzufi.splitter.client.js';
import { type Dialect, ENVELOPE_ELEMENTS, OBJECT_ELEMENTS } from './xzufi.wire.js';

/**
 * Size of a batch, in bytes: large enough to be worth handing to a thread. Larger ones are no faster, and their objects and texts outlive the young
 * part of the heap: 256 KiB take 100 MB more.
 */
const BATCH_BYTES = 32 * 1024;
/** Documents below are parsed where they are: a thread takes longer to start. */
const THREADS_FROM_BYTES = 4 * 1024 * 1024;

/** Bytes of batches that are under way, unless it is a single one: large objects are not gathered. */
const UNDER_WAY_BYTES_MAX = 1024 * 1024;
/** What follows the root's content, in bytes. */
const CLOSING_BYTES_MAX = 1024 * 1024;

/** A piece of a document that has been read. */
export interface DocumentPart {
  readonly document: CatalogueDocument;
  readonly changes: readonly CatalogueChange[];
  /** What was made of its changes, where that is wanted. */
  readonly treated?: Treated;
  /** Digests of puts that are known. */
  readonly recalled?: readonly string[];
  /** How many changes it stands for. */
  readonly objects: number;
  readonly findings: readonly CatalogueFinding[];
  readonly unknownParts: number;
  /** Bytes of the document up to here. */
  readonly bytesRead: number;
}

/** Schema files per dialect; absent = well-formedness and the standard's business rules only. */
export type Schemas = Readonly<Partial<Record<Dialect, { readonly folder: string; readonly entry: string }>>>;

/** What documents are read with. */
export interface ReaderSettings {
  readonly limits: XmlLimits;
  readonly schemas: Schemas;
  /** Of who reads, for what it has read before. */
  readonly recall?: ReadingHelp['recall'];
}

/** A batch that is being parsed, or records that need not be. */
type UnderWay = { readonly bytes: number; readonly parsed: Promise<ParsedBatch> } | RecalledRun;
type Done = { readonly bytes: number; readonly result: TreatedResult } | RecalledRun;

/**
 * Reads one document, piece by piece, in constant memory. What was handed over is void when it throws: only at its end a document is known to be
 * one.
 * @throws XmlFault for a document that cannot be taken, DeliveryError `unavailable` when its bytes end early.
 */
export async function* readDocument(
  source: { readonly name: string; readonly stream: Readable },
  settings: ReaderSettings,
  pool: ParserPool,
  signal: AbortSignal,
): AsyncGenerator<DocumentPart> {
  const reading = new DocumentReading(source.name, settings, pool);
  for await (const chunk of chunksOf(source.stream, signal)) {
    reading.take(chunk);
    // Hands over what is ready, and waits only when too much is under way: in the order of the document.
    while (reading.isFull) yield reading.partOf(await reading.next());
  }
  reading.end();
  while (reading.isBusy) yield reading.partOf(await reading.next());
  reading.close();
  yield reading.lastPart();
}

async function* chunksOf(stream: Readable, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      signal.throwIfAborted();
      yield chunk;
    }
  } catch (error) {
    throw error === signal.reason ? error : brokenStream(error, signal);
  }
}

class DocumentReading {
  private readonly splitter: RecordSplitter;
  private readonly gate: Gate;
  private readonly findings: DocumentFindings;
  private readonly underWay: UnderWay[] = [];
  private underWayBytes = 0;
  /** Follows what is under way. */
  private recalling: Recalling | undefined;
  private context: BatchContext | undefined;
  /** The root is itself an object: everything is held back, and read as one. */
  private whole: Uint8Array[] | undefined;
  private wholeBytes = 0;
  private opening = '';
  /** Line breaks of the opening. */
  private openingLines = 0;
  /** What stands after the objects: judged when those are. */
  private readonly closing: Uint8Array[] = [];
  private closingBytes = 0;
  /** The bytes ended before the root did. */
  private cut: XmlFault | undefined;
  private document: CatalogueDocument;
  private received = 0;
  private delivered = 0;
  private heads = 0;
  /** Line breaks before the batch that is next. */
  private lines = 0;
  private objects = 0;
  private readonly settings: ReaderSettings;
  private readonly pool: ParserPool;

  constructor(name: string, settings: ReaderSettings, pool: ParserPool) {
    this.settings = settings;
    this.pool = pool;
    this.gate = new Gate(settings.limits);
    this.findings = new DocumentFindings(ADAPTER_TYPE, name);
    this.document = { name };
    const { recordBytesMax } = settings.limits;
    this.splitter = new RecordSplitter({ batchBytes: BATCH_BYTES, recordBytesMax, headNames: ENVELOPE_ELEMENTS });
  }

  get isFull(): boolean {
    return this.underWay.length >= this.pool.capacity || this.underWayBytes >= UNDER_WAY_BYTES_MAX;
  }
  get isBusy(): boolean {
    return this.underWay.length > 0 || this.recalling?.isBusy === true;
  }

  take(chunk: Uint8Array): void {
    this.received += chunk.length;
    const { documentBytesMax } = this.settings.limits;
    if (this.received > documentBytesMax) throw new XmlFault('limit-exceeded', `The document has more than ${documentBytesMax} bytes.`);
    for (const piece of this.splitter.push(chunk)) this.onPiece(piece);
  }

  end(): void {
    if (this.received === 0) throw new XmlFault('cut-off', 'The document is empty.');
    try {
      for (const piece of this.splitter.end()) this.onPiece(piece);
    } catch (error) {
      if (!(error instanceof XmlFault) || this.context === undefined) throw error;
      this.cut = error;
    }
  }

  /** The oldest batch that is under way. */
  async next(): Promise<Done> {
    if (this.underWay.length === 0)
      for (const run of (await this.recalling?.next()) ?? []) {
        if ('recalled' in run) this.underWay.push(run.recalled);
        else this.parse(run.unknown.bytes, run.unknown.ends, this.context);
      }
    const [first] = this.underWay;
    if (first === undefined) throw new Error('nothing is under way');
    const done = 'parsed' in first ? { bytes: first.bytes, result: (await this.pool.next(first.parsed)).result() } : first;
    this.underWay.shift();
    this.underWayBytes -= first.bytes;
    return done;
  }

  partOf(done: Done): DocumentPart {
    if (!('result' in done)) return this.partOfRecalled(done);
    const { bytes, result } = done;
    const { fault } = result;
    if (fault !== undefined) throw new XmlFault(fault.code, fault.message, fault.line === undefined ? undefined : fault.line + this.lines);
    if (result.head !== undefined && this.heads === 0) this.document = { ...this.document, ...result.head };
    this.heads += result.heads;
    this.delivered += bytes;
    const { changes, treated, objects } = result;
    this.objects += objects;
    const before = this.findings.unknownParts;
    this.findings.countUnknown(result.unknown);
    const findings = result.findings.flatMap((finding) => this.findings.listed(finding, this.lines) ?? []);
    this.lines += result.lines;
    const unknownParts = this.findings.unknownParts - before;
    return this.part({ changes, ...(treated === undefined ? {} : { treated }), objects, findings, unknownParts });
  }

  /** Records that were not parsed are said the same about as when they were. */
  private partOfRecalled({ bytes, digests, remarks, lines }: RecalledRun): DocumentPart {
    this.delivered += bytes;
    this.objects += digests.length;
    const before = this.findings.unknownParts;
    const findings = remarks.flatMap(({ text, lines: linesBefore }) => {
      const said = remarksIn(text);
      this.findings.countUnknown(said.unknown);
      return said.findings.flatMap((finding) => this.findings.listed(finding, this.lines + linesBefore) ?? []);
    });
    this.lines += lines;
    const unknownParts = this.findings.unknownParts - before;
    return this.part({ changes: [], recalled: digests, objects: digests.length, findings, unknownParts });
  }

  /** Everything has been read: is the document one? */
  close(): void {
    if (this.cut !== undefined) throw this.reasonOf(this.cut);
    try {
      for (const bytes of this.closing) this.gate.write(bytes);
      this.gate.close();
    } catch (error) {
      throw error instanceof XmlFault ? new XmlFault(error.code, error.message, (error.line ?? 1) + this.lines - this.openingLines) : error;
    }
  }

  lastPart(): DocumentPart {
    this.delivered = this.received;
    const before = this.findings.unknownParts;
    const outcome = this.whole === undefined ? undefined : this.readWhole(this.whole);
    const { remarks } = this.gate.root;
    const said = [
      ...remarks.map((remark) => ({ severity: 'soll' as const, ...remark })),
      ...(this.heads === 1 || this.whole !== undefined ? [] : [headRemark(this.heads)]),
      ...(this.objects === 0 ? [{ severity: 'soll' as const, code: 'document-empty', message: 'The document has no objects.' }] : []),
    ];
    const findings = [...(outcome?.findings ?? []), ...said].flatMap((finding) => this.findings.listed(finding) ?? []);
    const unknownParts = this.findings.unknownParts - before;
    const last = this.pool.treated(outcome?.changes ?? []);
    return this.part({ ...last, findings: [...findings, ...this.findings.summary()], unknownParts });
  }

  /** A tag that is not closed looks like a document that is cut off: the parser knows better, and knows the line. */
  private reasonOf(cut: XmlFault): XmlFault {
    const { limits } = this.settings;
    const parser = new StrictParser({ limits, isFragment: true, depth: 1, bindings: this.context?.bindings ?? {} });
    try {
      parser.write(decoded(this.splitter.rest));
    } catch (error) {
      if (error instanceof XmlFault && error.code === 'not-well-formed')
        return new XmlFault(error.code, error.message, (error.line ?? 1) + this.lines);
    }
    return new XmlFault(cut.code, cut.message, parser.line + this.lines);
  }

  private part(part: Omit<DocumentPart, 'document' | 'bytesRead'>): DocumentPart {
    return { document: this.document, ...part, bytesRead: this.delivered };
  }

  private onPiece(piece: Piece): void {
    const { kind, bytes } = piece;
    if (kind === 'opening') this.onOpening(bytes);
    else if (kind === 'closing') this.keepClosing(bytes);
    this.delivered += kind === 'opening' ? bytes.length : 0;
    if (this.whole !== undefined) this.hold(bytes);
    else if (kind === 'head') this.orderHead(piece);
    else if (kind === 'batch') this.order(piece);
  }

  private onOpening(bytes: Uint8Array): void {
    this.gate.write(bytes);
    const { root } = this.gate;
    this.openingLines = this.gate.line - 1;
    this.lines = this.openingLines;
    this.opening = decoded(bytes);
    if (OBJECT_ELEMENTS[root.local] !== undefined) this.whole = [];
    const { dialect, namespace, version, bindings } = root;
    const { limits, schemas, recall } = this.settings;
    const context: BatchContext = { dialect, namespace, version, bindings, limits };
    // What a schema says of a record is not remembered: whoever wants it checked has it checked every time.
    const isRecognised = schemas[dialect] === undefined && this.whole === undefined;
    const surroundings = isRecognised ? surroundingsOf({ ...context, bindings: Object.entries(bindings).sort() }) : undefined;
    this.context = surroundings === undefined ? context : { ...context, surroundings };
    if (surroundings !== undefined && recall !== undefined) this.recalling = new Recalling(recall, surroundings);
  }

  /** Every batch is validated as a document with this head. */
  private orderHead({ bytes, ends }: Piece): void {
    const { context } = this;
    this.parse(bytes, ends, context, true);
    const schema = context === undefined ? undefined : this.settings.schemas[context.dialect];
    if (context === undefined || schema === undefined) return;
    const before = this.opening + decoded(bytes);
    this.context = { ...context, schema: { ...schema, before, after: `</${rootTag(this.opening)}>` } };
  }

  private order(piece: Piece): void {
    const { context } = this;
    if (context === undefined) throw new Error('a batch before the root');
    const schema = this.settings.schemas[context.dialect];
    if (schema !== undefined && context.schema === undefined)
      this.context = { ...context, schema: { ...schema, before: this.opening, after: `</${rootTag(this.opening)}>` } };
    if (this.recalling === undefined) this.parse(piece.bytes, piece.ends, this.context);
    else {
      this.recalling.take(piece);
      this.underWayBytes += piece.bytes.length;
    }
  }

  private parse(bytes: Uint8Array<ArrayBuffer>, ends: readonly number[], context: BatchContext | undefined, isHead = false): void {
    if (context === undefined) throw new Error('a batch before the root');
    const size = bytes.length;
    const order = { bytes, ends, context };
    const parsed = isHead || this.received < THREADS_FROM_BYTES ? this.pool.parseHere(order) : this.pool.parse(order);
    parsed.catch(() => undefined);
    this.underWay.push({ bytes: size, parsed });
    // What was asked about is counted since then.
    if (isHead || this.recalling === undefined) this.underWayBytes += size;
  }

  private keepClosing(bytes: Uint8Array): void {
    this.closingBytes += bytes.length;
    if (this.closingBytes > CLOSING_BYTES_MAX)
      throw new XmlFault('limit-exceeded', `More than ${CLOSING_BYTES_MAX} bytes follow the objects.`);
    this.closing.push(bytes);
  }

  private hold(bytes: Uint8Array): void {
    this.wholeBytes += bytes.length;
    const { recordBytesMax } = this.settings.limits;
    if (this.wholeBytes > recordBytesMax) throw new XmlFault('limit-exceeded', `The object has more than ${recordBytesMax} bytes.`);
    this.whole?.push(bytes);
  }

  private readWhole(pieces: readonly Uint8Array[]): ReturnType<typeof noOutcome> {
    const outcome = noOutcome();
    const { root } = this.gate;
    const kind = OBJECT_ELEMENTS[root.local];
    if (kind === undefined) throw new Error('the root is no object');
    const { limits } = this.settings;
    const parser = new StrictParser({ limits, isFragment: false, onElement: (element) => readObject(element, kind, root, outcome) });
    parser.write(decoded(Buffer.concat(pieces)).replace(/^\ufeff/, ''));
    parser.close();
    this.objects += outcome.changes.length;
    this.findings.countUnknown([...outcome.unknown]);
    return outcome;
  }
}

function headRemark(heads: number): { severity: 'soll'; code: string; message: string } {
  return heads === 0
    ? { severity: 'soll', code: 'head-missing', message: 'The message has no head (nachrichtenkopf).' }
    : { severity: 'soll', code: 'head-doubled', message: `The message has ${heads} heads (nachrichtenkopf); the first counts.` };
}

/** The root's name as it is written. */
function rootTag(opening: string): string {
  return /<([^\s<>/?!]+)[^<]*>$/.exec(opening)?.[1] ?? '';
}
