// SPDX-License-Identifier: EUPL-1.2
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';

import { IntakeRejection, type ReceivedFile } from '@amtsbote/adapter-kit';
import type { Ids } from '@amtsbote/canonical';
import { type BlobStore, BlobTooLarge } from '@amtsbote/store';

import type { IntakeLimits } from '../config/endpoint-config.js';
import { detachedBody } from '../http/detached-body.js';
import { type IncomingPart, partsOf } from './multipart.js';

/** The parts of a multipart body: data in memory (bounded), files in the blob store. */
export interface ReadParts {
  readonly data: { readonly name: string; readonly value: Buffer }[];
  readonly files: ReceivedFile[];
}

/** What reading needs. */
export interface Reading {
  readonly limits: IntakeLimits;
  /** Parts that are data even when they look like files. */
  readonly dataParts: readonly string[];
  /** Data parts there may be; form servers that wrap their answers send one. */
  readonly dataPartsMax?: number;
  readonly blobs: BlobStore;
  readonly ids: Ids;
}

const DATA_PARTS_MAX = 50;
/** Part names are the sender's; in answers and journal only their beginning is repeated. */
const PLACE_LENGTH_MAX = 100;
/** RFC 2046: what is known of bytes of which nothing is said. */
const UNKNOWN_MEDIA_TYPE = 'application/octet-stream';

/**
 * Streams a multipart body: every file is made durable while the next part is already on its way. When anything is wrong the files already
 * stored are removed again, and the promise rejects; the connection stays open for the answer.
 * @throws IntakeRejection malformed | tooLarge; ProblemError of {@link detachedBody} when the sender is too slow or went away.
 */
export async function readMultipart(request: IncomingMessage, reading: Reading): Promise<ReadParts> {
  const body = detachedBody(request, reading.limits);
  try {
    return await readParts(request.headers['content-type'] ?? '', body, reading);
  } finally {
    body.destroy();
  }
}

/** The same of a body from anywhere. */
export async function readParts(contentType: string, body: AsyncIterable<Buffer>, reading: Reading): Promise<ReadParts> {
  const reader = new MultipartReader(reading);
  try {
    return await reader.read(contentType, counted(body, reading.limits.totalBytesMax));
  } catch (error) {
    await reader.discard();
    throw error;
  }
}

class MultipartReader {
  private readonly parts: ReadParts = { data: [], files: [] };
  private readonly placing: Promise<void>[] = [];
  private readonly blobIds: string[] = [];
  private dataBytes = 0;

  constructor(private readonly reading: Reading) {}

  async read(contentType: string, body: AsyncIterable<Buffer>): Promise<ReadParts> {
    const partsMax = this.reading.limits.attachmentsMax + (this.reading.dataPartsMax ?? DATA_PARTS_MAX);
    for await (const part of partsOf(contentType, body)) {
      if (this.placing.length >= partsMax)
        throw new IntakeRejection('tooLarge', 'too-many-parts', `At most ${partsMax} parts are accepted.`);
      const placing = this.place(part);
      placing.catch(() => undefined);
      this.placing.push(placing);
      // Making a file durable takes longer than reading it: the next part does not wait for that.
      await Promise.race([part.taken, placing]);
    }
    await Promise.all(this.placing);
    return this.parts;
  }

  /** Waits for what is still being written and removes everything; what cannot be removed now is the janitor's. */
  async discard(): Promise<void> {
    await Promise.allSettled(this.placing);
    await Promise.allSettled(this.blobIds.map((id) => this.reading.blobs.remove(id)));
  }

  private async place(part: IncomingPart): Promise<void> {
    const { dataParts } = this.reading;
    if (dataParts.includes(part.name) || part.fileName === undefined || part.fileName === '') await this.keepData(part);
    else await this.store(part, part.fileName);
  }

  private async store({ name: partName, mediaType = UNKNOWN_MEDIA_TYPE, bytes }: IncomingPart, fileName: string): Promise<void> {
    const { limits, blobs, ids } = this.reading;
    if (this.blobIds.length >= limits.attachmentsMax) {
      throw new IntakeRejection('tooLarge', 'too-many-attachments', `At most ${limits.attachmentsMax} attachments are accepted.`);
    }
    const id = ids.uuid();
    this.blobIds.push(id);
    // The place in the list is taken now: parts keep the order in which they were sent.
    const position = this.parts.files.push({ id, partName, fileName, mediaType, size: 0, sha512: '' }) - 1;
    try {
      const { size, sha512 } = await blobs.put(id, Readable.from(bytes, { objectMode: false }), limits.attachmentBytesMax);
      this.parts.files[position] = { id, partName, fileName, mediaType, size, sha512 };
    } catch (error) {
      if (!(error instanceof BlobTooLarge)) throw error;
      throw new IntakeRejection(
        'tooLarge',
        'attachment-too-large',
        `An attachment has more than ${error.bytesMax} bytes.`,
        placeOf(partName),
      );
    }
  }

  private async keepData({ name, bytes }: IncomingPart): Promise<void> {
    const { dataPartBytesMax, bodyBytesMax } = this.reading.limits;
    const chunks: Buffer[] = [];
    let size = 0;
    // Taken now for the same reason.
    const position = this.parts.data.push({ name, value: Buffer.alloc(0) }) - 1;
    for await (const chunk of bytes) {
      size += chunk.length;
      this.dataBytes += chunk.length;
      if (size > dataPartBytesMax)
        throw new IntakeRejection('tooLarge', 'part-too-large', `The part has more than ${dataPartBytesMax} bytes.`, placeOf(name));
      if (this.dataBytes > bodyBytesMax)
        throw new IntakeRejection('tooLarge', 'parts-too-large', `All data parts have more than ${bodyBytesMax} bytes.`, placeOf(name));
      chunks.push(chunk);
    }
    this.parts.data[position] = { name, value: Buffer.concat(chunks) };
  }
}

/** Passes bytes on and counts them. */
async function* counted(source: AsyncIterable<Buffer>, bytesMax: number): AsyncGenerator<Buffer, void> {
  let size = 0;
  for await (const chunk of source) {
    size += chunk.length;
    if (size > bytesMax) throw new IntakeRejection('tooLarge', 'submission-too-large', `The submission has more than ${bytesMax} bytes.`);
    yield chunk;
  }
}

/** The same bytes, each chunk told of before it is passed on; whoever is told may throw. */
export function countedBytes(source: Readable, tell: (bytes: number) => void): Readable {
  async function* told(): AsyncGenerator<Buffer, void> {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      tell(chunk.length);
      yield chunk;
    }
  }
  return Readable.from(told(), { objectMode: false });
}

function placeOf(partName: string): string {
  return partName.slice(0, PLACE_LENGTH_MAX);
}
