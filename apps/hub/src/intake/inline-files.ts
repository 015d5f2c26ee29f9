// SPDX-License-Identifier: EUPL-1.2
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';

import { IntakeRejection, type ReceivedFile } from '@amtsbote/adapter-kit';
import type { Ids } from '@amtsbote/canonical';
import { type BlobStore, BlobTooLarge, type StoredBlob } from '@amtsbote/store';

import type { IntakeLimits } from '../config/endpoint-config.js';

/*
 * JSON with files in it: form servers put them into the body as base64. Here each long base64 text goes into the blob store while it comes in,
 * decoded; in the JSON that is left a word stands in its place. So a body takes as much memory as its answers.
 */

/** A body without its files. */
export interface WithoutFiles {
  /** JSON; in the place of each file the word that is the `partName` of one of `files`. */
  readonly json: Buffer;
  readonly files: readonly ReceivedFile[];
}

/** What taking files out needs. */
export interface Extraction {
  readonly blobs: BlobStore;
  readonly ids: Ids;
  readonly limits: Pick<IntakeLimits, 'bodyBytesMax' | 'attachmentBytesMax' | 'attachmentsMax'>;
  /** Random: no sender can know the words before, and thus name a file that is another's. */
  readonly nonce: string;
}

/** Shorter texts stay where they are. */
export const LONG_TEXT = 16_384;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** `data:` address with base64 (RFC 2397) before the base64 itself. */
const DATA_ADDRESS = /^data:([^;,"\\]{0,200})(?:;[^;,"\\]{0,200}){0,5};base64,/;

/**
 * Reads a body and takes its files out.
 * @throws IntakeRejection `tooLarge`; whatever the body throws. Then nothing of it is left in the blob store.
 */
export async function withoutFiles(body: AsyncIterable<Buffer>, extraction: Extraction): Promise<WithoutFiles> {
  const extractor = new Extractor(extraction);
  try {
    for await (const chunk of body) await extractor.take(chunk);
    return await extractor.end();
  } catch (error) {
    await extractor.discard();
    throw error;
  }
}

/** A long text that is being decoded. */
interface Decoding {
  readonly id: string;
  readonly prefix: string;
  readonly into: PassThrough;
  readonly stored: Promise<StoredBlob>;
  /** What waits to be decoded: the last whole group, because it alone may be padded, and what follows of the next. */
  held: string;
  /** A backslash that ended a chunk. */
  escape: string;
}

class Extractor {
  private readonly left: GrowingBuffer;
  private readonly files: ReceivedFile[] = [];
  private readonly blobIds: string[] = [];
  private isInText = false;
  private isEscaped = false;
  /** Where the text under way begins in what is left; `undefined`: it is known to be no file. */
  private textStart: number | undefined;
  private decoding: Decoding | undefined;

  constructor(private readonly extraction: Extraction) {
    this.left = new GrowingBuffer(extraction.limits.bodyBytesMax);
  }

  async take(chunk: Buffer): Promise<void> {
    let at = 0;
    while (at < chunk.length) {
      if (!this.isInText) at = this.takeOutside(chunk, at);
      else {
        const end = this.endOfText(chunk, at);
        const piece = chunk.subarray(at, end < 0 ? chunk.length : end);
        if (this.decoding !== undefined) await this.decode(this.decoding, piece);
        else await this.takeText(piece);
        if (end >= 0) await this.endText();
        at = end < 0 ? chunk.length : end + 1;
      }
    }
  }

  async end(): Promise<WithoutFiles> {
    // A body that ends within a text is no JSON: what reads it says so.
    if (this.decoding !== undefined) await this.abandon(this.decoding);
    return { json: this.left.bytes, files: this.files };
  }

  /** Waits for what is still being written, and removes everything. */
  async discard(): Promise<void> {
    this.decoding?.into.destroy();
    await this.decoding?.stored.catch(() => undefined);
    await Promise.allSettled(this.blobIds.map((id) => this.extraction.blobs.remove(id)));
  }

  private takeOutside(chunk: Buffer, at: number): number {
    const quote = chunk.indexOf(QUOTE, at);
    const end = quote < 0 ? chunk.length : quote + 1;
    this.left.append(chunk.subarray(at, end));
    if (quote >= 0) [this.isInText, this.textStart] = [true, this.left.length];
    return end;
  }

  /** Where the text ends in this chunk: at a quote that is not escaped. */
  private endOfText(chunk: Buffer, from: number): number {
    for (let at = from; at < chunk.length; at += 1) {
      const byte = chunk[at];
      if (this.isEscaped) this.isEscaped = false;
      else if (byte === BACKSLASH) this.isEscaped = true;
      else if (byte === QUOTE) return at;
    }
    return -1;
  }

  /** A text is left where it is until it is long; then it is a file, or stays for good. */
  private async takeText(piece: Buffer): Promise<void> {
    const start = this.textStart;
    const length = start === undefined ? 0 : this.left.length - start + piece.length;
    if (start === undefined || length < LONG_TEXT) {
      this.left.append(piece);
      return;
    }
    this.textStart = undefined;
    const whole = Buffer.concat([this.left.bytes.subarray(start), piece]);
    const prefix = DATA_ADDRESS.exec(whole.subarray(0, 2_000).toString('latin1'))?.[0] ?? '';
    if (!isBase64(unescaped(whole.subarray(prefix.length).toString('latin1')))) {
      this.left.append(piece);
      return;
    }
    this.left.cut(start);
    this.decoding = this.begin(prefix);
    await this.decode(this.decoding, whole.subarray(prefix.length));
  }

  private begin(prefix: string): Decoding {
    const { blobs, ids, limits } = this.extraction;
    if (this.files.length >= limits.attachmentsMax)
      throw new IntakeRejection('tooLarge', 'too-many-attachments', `At most ${limits.attachmentsMax} attachments are accepted.`);
    const id = ids.uuid();
    this.blobIds.push(id);
    const into = new PassThrough();
    // Destroyed by whoever stores it, or by us; both tell by `stored`.
    into.on('error', () => undefined);
    const stored = blobs.put(id, into, limits.attachmentBytesMax);
    stored.catch(() => undefined);
    return { id, prefix, into, stored, held: '', escape: '' };
  }

  private async decode(decoding: Decoding, piece: Buffer): Promise<void> {
    const raw = decoding.escape + piece.toString('latin1');
    decoding.escape = raw.endsWith('\\') ? '\\' : '';
    const text = decoding.held + unescaped(decoding.escape === '' ? raw : raw.slice(0, -1));
    if (!isBase64(text)) {
      decoding.held = '';
      await this.abandon(decoding, text + decoding.escape);
      return;
    }
    const whole = Math.max(0, text.length - (text.length % 4) - 4);
    decoding.held = text.slice(whole);
    await this.write(decoding, Buffer.from(text.slice(0, whole), 'base64'));
  }

  private async write({ into, stored }: Decoding, bytes: Buffer): Promise<void> {
    if (bytes.length > 0 && !into.destroyed && !into.write(bytes)) {
      await Promise.race([
        once(into, 'drain').catch(() => undefined),
        stored.then(
          () => undefined,
          () => undefined,
        ),
      ]);
    }
    if (into.destroyed) await stored.catch(tooLarge);
  }

  private async endText(): Promise<void> {
    const { decoding } = this;
    if (decoding !== undefined) await this.settle(decoding);
    [this.isInText, this.textStart, this.decoding] = [false, undefined, undefined];
    this.left.append(Buffer.from('"'));
  }

  /** A word stands for the file. What ends in the middle of a group, or with bits that mean nothing, is none (RFC 4648, section 4). */
  private async settle(decoding: Decoding): Promise<void> {
    const last = Buffer.from(decoding.held, 'base64');
    if (decoding.escape !== '' || last.toString('base64') !== decoding.held) return this.abandon(decoding);
    await this.write(decoding, last);
    decoding.into.end();
    const { size, sha512 } = await decoding.stored.catch(tooLarge);
    const partName = `${this.extraction.nonce}-${this.files.length}`;
    const mediaType = DATA_ADDRESS.exec(decoding.prefix)?.[1] ?? '';
    this.files.push({ id: decoding.id, partName, fileName: '', mediaType, size, sha512 });
    this.left.append(Buffer.from(partName));
  }

  /** What looked like a file is a text: it is put together again as it came, and goes on as one. */
  private async abandon(decoding: Decoding, rest = decoding.held + decoding.escape): Promise<void> {
    this.decoding = undefined;
    decoding.into.end();
    const { size } = await decoding.stored.catch(tooLarge);
    if (size > this.extraction.limits.bodyBytesMax) throw this.left.full();
    const bytes = await buffer(await this.extraction.blobs.open(decoding.id));
    await this.extraction.blobs.remove(decoding.id);
    this.blobIds.splice(this.blobIds.indexOf(decoding.id), 1);
    this.left.append(Buffer.from(decoding.prefix + bytes.toString('base64') + rest, 'latin1'));
  }
}

/** Bytes that come in small pieces: a buffer for each would cost more than the bytes. */
class GrowingBuffer {
  length = 0;
  private held = Buffer.allocUnsafe(65_536);

  constructor(private readonly bytesMax: number) {}

  get bytes(): Buffer {
    return this.held.subarray(0, this.length);
  }

  append(piece: Buffer): void {
    const length = this.length + piece.length;
    if (length > this.bytesMax) throw this.full();
    if (length > this.held.length) {
      const larger = Buffer.allocUnsafe(Math.min(this.bytesMax, Math.max(length, this.held.length * 2)));
      this.bytes.copy(larger);
      this.held = larger;
    }
    piece.copy(this.held, this.length);
    this.length = length;
  }

  /** Takes back everything from here on. */
  cut(length: number): void {
    this.length = length;
  }

  full(): IntakeRejection {
    return new IntakeRejection(
      'tooLarge',
      'submission-too-large',
      `Without its files the submission has more than ${this.bytesMax} bytes.`,
    );
  }
}

/** JSON lets a slash be written with a backslash before it; no other escape stands for a character of base64. */
function unescaped(text: string): string {
  return text.includes('\\') ? text.replaceAll('\\/', '/') : text;
}

function isBase64(text: string): boolean {
  return /^[A-Za-z0-9+/]*={0,2}$/.test(text);
}

function tooLarge(error: unknown): never {
  if (!(error instanceof BlobTooLarge)) throw error;
  throw new IntakeRejection('tooLarge', 'attachment-too-large', `An attachment has more than ${error.bytesMax} bytes.`);
}
