// SPDX-License-Identifier: EUPL-1.2
import { XmlFault } from './xzufi.limits.client.js';

/**
 * A piece of a document. `opening`: from the first byte to the end of the root's start tag; `head`: the elements below it that come before all
 * objects; `batch`: whole elements below the root; `closing`: from the root's end tag to the last byte. In this order they are the document.
 */
export interface Piece {
  readonly kind: 'opening' | 'head' | 'batch' | 'closing';
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where the elements below the root end in it. */
  readonly ends: readonly number[];
}

/** Sizes of a splitter, in bytes. */
export interface SplitterSettings {
  /** A batch is cut at the first end of an element after so many. */
  readonly batchBytes: number;
  readonly recordBytesMax: number;
  /** Local names of elements below the root that belong to the head. */
  readonly headNames: readonly string[];
}

/** What stands before the root, and the tag of one element, at most. */
const OPENING_BYTES_MAX = 1024 * 1024;
const TAG_BYTES_MAX = 1024 * 1024;

const LT = 0x3c;
const GT = 0x3e;
const SLASH = 0x2f;
const BANG = 0x21;
const QUESTION = 0x3f;
const QUOTE = 0x22;
const APOSTROPHE = 0x27;
const COMMENT = Buffer.from('<!--');
const CDATA = Buffer.from('<![CDATA[');
const ENDS = { comment: Buffer.from('-->'), cdata: Buffer.from(']]>'), instruction: Buffer.from('?>') };

/** Marks "the end of this construct is not in the buffer yet". */
const INCOMPLETE = -1;

/**
 * Cuts a document at the ends of the elements below its root, without parsing them: it only counts depth, and knows comments, CDATA sections,
 * processing instructions and quotes, in which a `<` or `>` means nothing. It judges nothing: every byte goes into a piece, every piece
 * through one strict parser, so that what is not well-formed is found there. A cut in a wrong place can only follow such a mistake.
 */
export class RecordSplitter {
  private buffer = Buffer.allocUnsafe(256 * 1024);
  private length = 0;
  /** Where the piece that is being collected begins. */
  private start = 0;
  /** Where the scan goes on. */
  private at = 0;
  /** After the last element below the root that is complete. */
  private boundary = 0;
  /** Ends of elements in the piece that is being collected, from its start. */
  private ends: number[] = [];
  /** Up to here the end of a long construct has been looked for in vain. */
  private searched = 0;
  private depth = 0;
  private state: 'opening' | 'head' | 'content' | 'closing' = 'opening';
  private pieces: Piece[] = [];
  private readonly settings: SplitterSettings;

  constructor(settings: SplitterSettings) {
    this.settings = settings;
  }

  /** Takes bytes. @returns the pieces that are complete. @throws XmlFault when a limit is passed. */
  push(chunk: Uint8Array): Piece[] {
    this.append(chunk);
    while (this.state !== 'closing' && this.scanNext());
    this.checkSizes();
    if (this.state === 'closing') this.emit('closing', this.length);
    return this.taken();
  }

  /** The document is complete. @throws XmlFault when it is not. */
  end(): Piece[] {
    // Something without a root: the parser says best what it is.
    if (this.state === 'opening') this.emit('opening', this.length);
    else if (this.state !== 'closing') throw new XmlFault('cut-off', 'The document ends before its root element does.');
    return this.taken();
  }

  /** What is in no piece yet. */
  get rest(): Uint8Array {
    return this.buffer.subarray(this.start, this.length);
  }

  private taken(): Piece[] {
    const { pieces } = this;
    this.pieces = [];
    return pieces;
  }

  private append(chunk: Uint8Array): void {
    if (this.length + chunk.length > this.buffer.length) this.makeRoom(chunk.length);
    this.buffer.set(chunk, this.length);
    this.length += chunk.length;
  }

  private makeRoom(bytes: number): void {
    const { start } = this;
    const needed = this.length - start + bytes;
    const target = needed > this.buffer.length ? Buffer.allocUnsafe(Math.max(needed, this.buffer.length * 2)) : this.buffer;
    this.buffer.copy(target, 0, start, this.length);
    this.buffer = target;
    this.length -= start;
    this.at -= start;
    this.boundary -= start;
    this.searched -= start;
    this.start = 0;
  }

  /** Goes past the next construct. @returns whether it was complete. */
  private scanNext(): boolean {
    const from = this.nextTag();
    this.at = from;
    if (this.length - from < 2) return false;
    const next = this.buffer[from + 1];
    const end =
      next === BANG || next === QUESTION ? this.endOfSpecial(from, next) : next === SLASH ? this.endOfEndTag(from) : this.endOfTag(from);
    if (end === INCOMPLETE) return false;
    if (next !== BANG && next !== QUESTION && end - from > TAG_BYTES_MAX) this.refuseTag();
    this.searched = 0;
    if (next === SLASH) this.onEndTag(from, end);
    else if (next !== BANG && next !== QUESTION) this.onStartTag(from, end);
    this.at = end;
    return true;
  }

  /** The next `<`, or the end of what is there. */
  private nextTag(): number {
    const { buffer, length } = this;
    let at = this.at;
    // Most texts are short: the loop is faster than a call, which is faster for long ones.
    const near = Math.min(length, at + 64);
    while (at < near && buffer[at] !== LT) at += 1;
    if (at < near || at === length) return at;
    const found = buffer.indexOf(LT, at);
    return found === -1 || found >= length ? length : found;
  }

  private endOfSpecial(from: number, next: number): number {
    if (next === QUESTION) return this.endOf(ENDS.instruction, from + 2);
    if (this.startsWith(COMMENT, from)) return this.endOf(ENDS.comment, from + COMMENT.length);
    if (this.startsWith(CDATA, from)) return this.endOf(ENDS.cdata, from + CDATA.length);
    if (this.length - from < CDATA.length) return INCOMPLETE;
    if (this.state === 'opening') throw new XmlFault('dtd-refused', 'A document type declaration is not accepted.', this.lineOf(from));
    throw new XmlFault('not-well-formed', 'Not well-formed XML: a markup declaration inside of the document.');
  }

  private startsWith(word: Buffer, from: number): boolean {
    return this.length - from >= word.length && this.buffer.compare(word, 0, word.length, from, from + word.length) === 0;
  }

  private endOf(word: Buffer, from: number): number {
    const found = this.buffer.indexOf(word, Math.max(from, this.searched));
    if (found !== -1 && found + word.length <= this.length) return found + word.length;
    this.searched = Math.max(from, this.length - word.length + 1);
    return INCOMPLETE;
  }

  private endOfEndTag(from: number): number {
    const { buffer, length } = this;
    let at = from + 2;
    while (at < length && buffer[at] !== GT) at += 1;
    return at < length ? at + 1 : this.incompleteTag(from);
  }

  private endOfTag(from: number): number {
    const { buffer, length } = this;
    let quote = 0;
    for (let at = from + 1; at < length; at += 1) {
      const byte = buffer[at] ?? 0;
      if (quote !== 0) {
        if (byte === quote) quote = 0;
      } else if (byte === GT) return at + 1;
      else if (byte === QUOTE || byte === APOSTROPHE) quote = byte;
    }
    return this.incompleteTag(from);
  }

  private incompleteTag(from: number): number {
    if (this.length - from > TAG_BYTES_MAX) this.refuseTag();
    return INCOMPLETE;
  }

  private refuseTag(): never {
    throw new XmlFault('limit-exceeded', `A tag has more than ${TAG_BYTES_MAX} bytes.`);
  }

  private onStartTag(from: number, end: number): void {
    const isEmpty = this.buffer[end - 2] === SLASH;
    if (this.depth === 0) {
      this.checkOpening(end);
      this.state = isEmpty ? 'closing' : 'head';
      this.emit('opening', end);
    } else if (this.depth === 1 && this.state === 'head' && !this.settings.headNames.includes(this.localName(from, end))) {
      this.checkHead(from);
      this.emit('head', from);
      this.state = 'content';
    }
    if (!isEmpty) this.depth += 1;
    else if (this.depth === 1) this.onBoundary(end);
  }

  private onEndTag(from: number, end: number): void {
    this.depth -= 1;
    if (this.depth === 1) this.onBoundary(end);
    else if (this.depth <= 0) {
      this.emit(this.state === 'head' ? 'head' : 'batch', from);
      this.state = 'closing';
    }
  }

  private onBoundary(end: number): void {
    this.checkRecord(end);
    this.boundary = end;
    this.ends.push(end - this.start);
    if (this.state === 'content' && end - this.start >= this.settings.batchBytes) this.emit('batch', end);
  }

  private emit(kind: Piece['kind'], end: number): void {
    if (end > this.start) this.pieces.push({ kind, bytes: new Uint8Array(this.buffer.subarray(this.start, end)), ends: this.ends });
    this.ends = [];
    this.start = end;
    this.boundary = end;
  }

  private localName(from: number, end: number): string {
    const name = /^[^\s/>]*/.exec(this.buffer.toString('utf8', from + 1, Math.min(end, from + 200)))?.[0] ?? '';
    return name.slice(name.indexOf(':') + 1);
  }

  /** What is not complete yet may already be too large. */
  private checkSizes(): void {
    if (this.state === 'opening') this.checkOpening(this.length);
    else if (this.state !== 'closing') this.checkRecord(this.length);
    if (this.state === 'head') this.checkHead(this.length);
  }
  private checkOpening(end: number): void {
    if (end - this.start > OPENING_BYTES_MAX) {
      throw new XmlFault('limit-exceeded', `More than ${OPENING_BYTES_MAX} bytes stand before the root element.`);
    }
  }
  private checkHead(end: number): void {
    if (end - this.start > OPENING_BYTES_MAX) {
      throw new XmlFault('limit-exceeded', `More than ${OPENING_BYTES_MAX} bytes stand before the first object.`);
    }
  }
  private checkRecord(end: number): void {
    const max = this.settings.recordBytesMax;
    if (end - this.boundary > max) throw new XmlFault('limit-exceeded', `An element below the root has more than ${max} bytes.`);
  }

  private lineOf(position: number): number {
    let line = 1;
    for (let at = 0; at < position; at += 1) if (this.buffer[at] === 0x0a) line += 1;
    return line;
  }
}
