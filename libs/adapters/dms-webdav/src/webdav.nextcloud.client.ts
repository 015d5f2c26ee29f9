// SPDX-License-Identifier: EUPL-1.2
import { Readable } from 'node:stream';

import { nameHash } from '@amtsbote/adapter-kit';
import type { HttpAnswer, HttpRequest } from '@amtsbote/platform';

import { chunkBytesFor, uploadHeaders, uploadPath } from './webdav.nextcloud.wire.js';

/** How requests are sent, and what is no success. */
export interface ChunkSender {
  send(request: HttpRequest): Promise<HttpAnswer>;
  expect(answer: HttpAnswer, ...statuses: readonly number[]): HttpAnswer;
}

/** A file to be sent in chunks. */
export interface ChunkedFile {
  /** Path of the configured folder. */
  readonly base: string;
  /** Path of the file on the server, encoded. */
  readonly path: string;
  /** Its whole address. */
  readonly destination: string;
  readonly size: number;
  readonly mediaType: string;
  readonly body: Readable;
}

/**
 * Sends a file in chunks and has them put together. The folder of the upload belongs to this file's name alone, which no two attempts share;
 * what an attempt left that died, Nextcloud removes after a day.
 */
export async function writeInChunks(file: ChunkedFile, chunkBytes: number, signal: AbortSignal, wire: ChunkSender): Promise<void> {
  const { base, path, destination, size, mediaType, body } = file;
  const folder = uploadPath(base, `amtsbote-${nameHash(path, 32)}`);
  const headers = uploadHeaders(destination, size);
  const remove = (): Promise<HttpAnswer> => wire.send({ method: 'DELETE', path: folder, signal });
  let made = await wire.send({ method: 'MKCOL', path: folder, headers, signal });
  if (made.status === 405) {
    // The same attempt again: its chunks may be those of a stream that was cut.
    await remove();
    made = await wire.send({ method: 'MKCOL', path: folder, headers, signal });
  }
  wire.expect(made, 201);
  try {
    const pieces = new Pieces(body);
    const each = chunkBytesFor(size, chunkBytes);
    for (let sent = 0, number = 1; sent < size; sent += each, number += 1) {
      const length = Math.min(each, size - sent);
      const own = { ...headers, 'content-type': mediaType, 'content-length': String(length) };
      const chunk = Readable.from(pieces.next(length), { objectMode: false });
      const answer = await wire.send({
        method: 'PUT',
        path: `${folder}/${String(number).padStart(5, '0')}`,
        headers: own,
        body: chunk,
        signal,
      });
      wire.expect(answer, 201, 204);
    }
    wire.expect(await wire.send({ method: 'MOVE', path: `${folder}/.file`, headers, signal }), 201, 204);
  } catch (error) {
    // What fails here is not what has to be told: the server removes it itself in the end.
    await remove().catch(() => undefined);
    throw error;
  } finally {
    body.destroy();
  }
}

/** A stream in parts of given lengths, none of which is held. */
class Pieces {
  private readonly source: AsyncIterator<Buffer>;
  private rest: Buffer = Buffer.alloc(0);

  constructor(body: Readable) {
    this.source = (body as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  }

  /** @throws Error when the stream ends before. */
  async *next(length: number): AsyncGenerator<Buffer> {
    for (let left = length; left > 0;) {
      if (this.rest.length === 0) {
        const next = await this.source.next();
        if (next.done === true) throw new Error('a document does not have the size it was described with');
        this.rest = next.value;
      }
      const piece = this.rest.subarray(0, left);
      this.rest = this.rest.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
  }
}
