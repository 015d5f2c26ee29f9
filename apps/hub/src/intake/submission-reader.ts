// SPDX-License-Identifier: EUPL-1.2
import type { IncomingMessage } from 'node:http';
import { type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { IntakeRejection, type ReceivedFile } from '@amtsbote/adapter-kit';
import type { Ids } from '@amtsbote/canonical';
import { type BlobStore, BlobTooLarge } from '@amtsbote/store';
import { Busboy, type BusboyHeaders } from '@fastify/busboy';

import type { IntakeLimits } from '../config/hub-config.js';

/** The parts of a multipart body: data in memory (bounded), files in the blob store. */
export interface ReadParts {
  readonly data: { readonly name: string; readonly value: Buffer }[];
  readonly files: ReceivedFile[];
}

const PART_HEADERS_MAX = 20;
const PART_HEADER_BYTES_MAX = 16_384;
/** Data parts besides files; form servers send one. */
const DATA_PARTS_MAX = 50;

/**
 * Streams a multipart body: every part goes to its place while the next one is still on its way. When anything is wrong the parts already
 * stored are removed again, and the promise rejects.
 * @throws IntakeRejection malformed | tooLarge; the connection's own error when the sender went away.
 */
export async function readMultipart(
  body: IncomingMessage,
  reading: { limits: IntakeLimits; dataParts: readonly string[]; blobs: BlobStore; ids: Ids },
): Promise<ReadParts> {
  const reader = new MultipartReader(body, reading);
  try {
    return await reader.read();
  } catch (error) {
    await reader.discard();
    throw error;
  }
}

class MultipartReader {
  private readonly parts: ReadParts = { data: [], files: [] };
  private readonly open = new Set<Readable>();
  private readonly stored: Promise<void>[] = [];
  private readonly blobIds: string[] = [];
  private readonly failed = new AbortController();

  constructor(
    private readonly body: IncomingMessage,
    private readonly reading: { limits: IntakeLimits; dataParts: readonly string[]; blobs: BlobStore; ids: Ids },
  ) {}

  async read(): Promise<ReadParts> {
    const { limits } = this.reading;
    const busboy = this.parser();
    busboy.on('partsLimit', () =>
      this.fail(new IntakeRejection('tooLarge', 'too-many-parts', `At most ${limits.attachmentsMax + DATA_PARTS_MAX} parts are accepted.`)),
    );
    busboy.on('file', (name, stream, fileName, _encoding, mediaType) => {
      this.open.add(stream);
      const place = this.place(name, stream, fileName, mediaType).finally(() => this.open.delete(stream));
      place.catch((error: unknown) => this.fail(error));
      this.stored.push(place);
    });
    try {
      await pipeline(this.body, counted(limits.totalBytesMax), busboy, { signal: this.failed.signal });
      await Promise.all(this.stored);
    } catch (error) {
      throw this.failed.signal.aborted ? this.failed.signal.reason : (multipartFault(error) ?? error);
    }
    return this.parts;
  }

  /** Ends what is still streaming and removes what was stored. */
  async discard(): Promise<void> {
    for (const stream of this.open) stream.destroy(new Error('the submission was rejected'));
    await Promise.allSettled(this.stored);
    await Promise.all(this.blobIds.map((id) => this.reading.blobs.remove(id)));
  }

  private parser(): InstanceType<typeof Busboy> {
    const { limits } = this.reading;
    try {
      return new Busboy({
        headers: this.body.headers as BusboyHeaders,
        // Names stay as they were sent: cleaning is the composer's job, and the original is kept.
        preservePath: true,
        isPartAFile: () => true,
        limits: {
          parts: limits.attachmentsMax + DATA_PARTS_MAX,
          files: limits.attachmentsMax + DATA_PARTS_MAX,
          headerPairs: PART_HEADERS_MAX,
          headerSize: PART_HEADER_BYTES_MAX,
          fileSize: Number.POSITIVE_INFINITY,
        },
      });
    } catch {
      throw new IntakeRejection('malformed', 'not-multipart', 'The Content-Type header has no usable multipart boundary.', 'Content-Type');
    }
  }

  private async place(name: string, stream: Readable, fileName: string | undefined, mediaType: string): Promise<void> {
    const { dataParts, limits, blobs, ids } = this.reading;
    const given = fileName === undefined || fileName === '' ? undefined : fileName;
    if (dataParts.includes(name) || given === undefined) {
      this.parts.data.push({ name, value: await this.readData(name, stream) });
      return;
    }
    if (this.blobIds.length >= limits.attachmentsMax) {
      throw new IntakeRejection('tooLarge', 'too-many-attachments', `At most ${limits.attachmentsMax} attachments are accepted.`);
    }
    const id = ids.uuid();
    this.blobIds.push(id);
    // The place in the list is taken now: parts keep the order in which they were sent.
    const position = this.parts.files.push({ id, partName: name, fileName: given, mediaType, size: 0, sha512: '' }) - 1;
    try {
      const blob = await blobs.put(id, stream, limits.attachmentBytesMax);
      this.parts.files[position] = { id, partName: name, fileName: given, mediaType, size: blob.size, sha512: blob.sha512 };
    } catch (error) {
      if (!(error instanceof BlobTooLarge)) throw error;
      throw new IntakeRejection('tooLarge', 'attachment-too-large', `An attachment has more than ${error.bytesMax} bytes.`, name);
    }
  }

  private async readData(name: string, stream: Readable): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > this.reading.limits.dataPartBytesMax) {
        throw new IntakeRejection(
          'tooLarge',
          'part-too-large',
          `The part has more than ${this.reading.limits.dataPartBytesMax} bytes.`,
          name,
        );
      }
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }

  private fail(error: unknown): void {
    this.failed.abort(error);
  }
}

/** Passes bytes on and counts them. */
function counted(bytesMax: number): (source: AsyncIterable<Buffer>) => AsyncGenerator<Buffer> {
  return async function* (source) {
    let size = 0;
    for await (const chunk of source) {
      size += chunk.length;
      if (size > bytesMax) throw new IntakeRejection('tooLarge', 'submission-too-large', `The submission has more than ${bytesMax} bytes.`);
      yield chunk;
    }
  };
}

/** The parser's errors about the shape of the body. */
function multipartFault(error: unknown): IntakeRejection | undefined {
  const message = typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : '';
  if (!/multipart|boundary|part terminated|header/i.test(message)) return undefined;
  return new IntakeRejection(
    'malformed',
    'not-multipart',
    'The body is not complete multipart/form-data: it ends early or its boundaries are wrong.',
  );
}
