// SPDX-License-Identifier: EUPL-1.2
import type { BlobStore } from '@amtsbote/store';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { ProblemError } from './problem.js';

/** What is needed to send a stored file. */
export interface SendableBlob {
  readonly id: string;
  readonly name: string;
  readonly mediaType: string;
  readonly size: number;
  readonly sha512: string;
}

/**
 * Streams a stored file, whole or one range of it (RFC 9110, section 14); always as a download that no browser interprets.
 * @throws ProblemError 416; BlobMissing. Then no header of the file has been set.
 */
export async function sendBlob(blobs: BlobStore, blob: SendableBlob, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const etag = `"${blob.sha512.slice(0, 32)}"`;
  if (request.headers['if-none-match'] === etag) {
    await reply.status(304).header('etag', etag).send();
    return;
  }
  const range = rangeOf(request.headers.range, headerText(request.headers['if-range']), etag, blob.size);
  if (range === 'unsatisfiable') {
    void reply.header('content-range', `bytes */${blob.size}`);
    throw new ProblemError(416, 'range-not-satisfiable', `The file has ${blob.size} bytes.`);
  }
  const stream = await blobs.open(blob.id, range);
  void reply
    .header('etag', etag)
    .header('accept-ranges', 'bytes')
    .header('content-type', safeMediaType(blob.mediaType))
    .header('x-content-type-options', 'nosniff')
    .header('content-disposition', `attachment; filename*=UTF-8''${extendedValue(blob.name)}`)
    .header('repr-digest', `sha-512=:${Buffer.from(blob.sha512, 'hex').toString('base64')}:`)
    .header('content-length', range === undefined ? blob.size : range.end - range.start + 1);
  if (range !== undefined) void reply.status(206).header('content-range', `bytes ${range.start}-${range.end}/${blob.size}`);
  await reply.send(stream);
}

/** RFC 8187, section 3.2.1: these four are no attr-char, and one of them ends the value's language. */
function extendedValue(text: string): string {
  return encodeURIComponent(text).replace(/['()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** One range; several at once, or an If-Range of another state, get the whole file, as the standard allows. */
function rangeOf(
  range: string | undefined,
  ifRange: string | undefined,
  etag: string,
  size: number,
): { start: number; end: number } | 'unsatisfiable' | undefined {
  if (range === undefined || (ifRange !== undefined && ifRange !== etag)) return undefined;
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(range);
  if (match === null) return undefined;
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return undefined;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  return start > end ? 'unsatisfiable' : { start, end };
}

function safeMediaType(mediaType: string): string {
  return /^[\w.+-]+\/[\w.+-]+$/.test(mediaType) ? mediaType : 'application/octet-stream';
}

function headerText(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
