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
 * @throws ProblemError 416
 */
export async function sendBlob(blobs: BlobStore, blob: SendableBlob, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const etag = `"${blob.sha512.slice(0, 32)}"`;
  void reply
    .header('etag', etag)
    .header('accept-ranges', 'bytes')
    .header('content-type', safeMediaType(blob.mediaType))
    .header('x-content-type-options', 'nosniff')
    .header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(blob.name)}`)
    .header('repr-digest', `sha-512=:${Buffer.from(blob.sha512, 'hex').toString('base64')}:`);
  if (request.headers['if-none-match'] === etag) {
    await reply.status(304).send();
    return;
  }
  const range = rangeOf(request.headers.range, headerText(request.headers['if-range']), etag, blob.size);
  if (range === undefined) {
    await reply.header('content-length', blob.size).send(await blobs.open(blob.id));
    return;
  }
  void reply
    .status(206)
    .header('content-range', `bytes ${range.start}-${range.end}/${blob.size}`)
    .header('content-length', range.end - range.start + 1);
  await reply.send(await blobs.open(blob.id, range));
}

/** One range; several at once, or an If-Range of another state, get the whole file, as the standard allows. */
function rangeOf(
  range: string | undefined,
  ifRange: string | undefined,
  etag: string,
  size: number,
): { start: number; end: number } | undefined {
  if (range === undefined || (ifRange !== undefined && ifRange !== etag)) return undefined;
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(range);
  if (match === null) return undefined;
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return undefined;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (start > end) throw new ProblemError(416, 'range-not-satisfiable', `The file has ${size} bytes.`);
  return { start, end };
}

function safeMediaType(mediaType: string): string {
  return /^[\w.+-]+\/[\w.+-]+$/.test(mediaType) ? mediaType : 'application/octet-stream';
}

function headerText(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
