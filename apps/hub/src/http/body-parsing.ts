// SPDX-License-Identifier: EUPL-1.2
import type { IncomingMessage } from 'node:http';

import type { FastifyInstance, FastifyRequest } from 'fastify';

import { ProblemError } from './problem.js';

/** Largest JSON body of the hub's own API. */
const JSON_BYTES_MAX = 1_048_576;
/** Routes that read their body themselves, as a stream. */
const STREAMED = [/^\/intake\//, /^\/pickup\/.*\/decision(?:\?|$)/];

/**
 * Bodies of streamed routes are handed over unread; everything else has to be JSON of modest size. One parser for all media types, so that no
 * route can be tricked into another parser by its Content-Type.
 */
export function useBodyParsing(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(
    '*',
    (request: FastifyRequest, payload: IncomingMessage, done: (error: Error | null, body?: unknown) => void) => {
      if (STREAMED.some((route) => route.test(request.url))) done(null, payload);
      else
        readJson(request, payload).then(
          (body) => done(null, body),
          (error: unknown) => done(error as Error),
        );
    },
  );
}

async function readJson(request: FastifyRequest, payload: IncomingMessage): Promise<unknown> {
  const bytes = await readBounded(payload, JSON_BYTES_MAX);
  if (bytes.length === 0) return undefined;
  if (mediaTypeOf(request.headers['content-type']) !== 'application/json')
    throw new ProblemError(415, 'unsupported-media-type', 'Send application/json.');
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch {
    throw new ProblemError(400, 'not-json', 'The body is not JSON.');
  }
}

/** Reads a body into memory, up to a limit. @throws ProblemError 413 */
export async function readBounded(payload: AsyncIterable<Buffer>, bytesMax: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of payload) {
    size += chunk.length;
    if (size > bytesMax) throw new ProblemError(413, 'too-large', `The body has more than ${bytesMax} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Media type without parameters, in lower case. */
export function mediaTypeOf(contentType: string | undefined): string {
  return (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}
