// SPDX-License-Identifier: EUPL-1.2
import type { IncomingMessage } from 'node:http';

import { readJson } from '@amtsbote/adapter-kit';
import type { FastifyInstance, FastifyRequest } from 'fastify';

import { detachedBody, type Patience } from './detached-body.js';
import { ProblemError } from './problem.js';

/** Largest JSON body of the hub's own API. */
const JSON_BYTES_MAX = 1_048_576;
/** How long a client of the hub's own API is waited for. */
const API_PATIENCE: Patience = { idleMs: 30_000, totalMs: 120_000 };
/** Routes that read their body themselves, as a stream. */
const STREAMED = [
  /^\/intake\//,
  /^\/ops\/mappings\/try(?:\?|$)/,
  /^\/pickup\/.*\/decision(?:\?|$)/,
  /^\/(?:ops\/)?catalogue\/sources\/[^/]*\/documents(?:\?|$)/,
];

/**
 * Bodies of streamed routes are handed over unread; everything else has to be JSON of modest size. One parser for all media types, so that no
 * route can be tricked into another parser by its Content-Type.
 */
export function useBodyParsing(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(
    '*',
    (request: FastifyRequest, payload: IncomingMessage, done: (error: Error | null, body?: unknown) => void) => {
      // What leads nowhere is not worth reading.
      if (request.is404 || STREAMED.some((route) => route.test(request.url))) done(null, payload);
      else
        readBody(request, payload).then(
          (body) => done(null, body),
          (error: unknown) => done(error as Error),
        );
    },
  );
}

async function readBody(request: FastifyRequest, payload: IncomingMessage): Promise<unknown> {
  const bytes = await readBounded(payload, JSON_BYTES_MAX);
  if (bytes.length === 0) return undefined;
  if (mediaTypeOf(request.headers['content-type']) !== 'application/json')
    throw new ProblemError(415, 'unsupported-media-type', 'Send application/json.', { place: 'Content-Type' });
  return readJson(bytes);
}

/**
 * Reads a body into memory, up to a limit; a body that is refused leaves its connection open for the answer.
 * @throws ProblemError 413, or whatever `tooLarge` makes; 408 and 400 of {@link detachedBody}.
 */
export async function readBounded(
  payload: IncomingMessage,
  bytesMax: number,
  {
    patience = API_PATIENCE,
    tooLarge = () => new ProblemError(413, 'too-large', `The body has more than ${bytesMax} bytes.`),
  }: { patience?: Patience; tooLarge?: () => Error } = {},
): Promise<Buffer> {
  const here = whatIsHere(payload, bytesMax);
  if (here !== undefined) return here;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of detachedBody(payload, patience) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bytesMax) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * A short body mostly arrives in one piece with its head: then there is nobody to wait for.
 * @returns `undefined` when it has not all arrived; then nothing was taken.
 */
function whatIsHere(payload: IncomingMessage, bytesMax: number): Buffer | undefined {
  const announced = Number(payload.headers['content-length'] ?? Number.NaN);
  const isHere = payload.complete && payload.readableLength === announced && announced > 0 && announced <= bytesMax;
  return isHere ? ((payload.read() as Buffer | null) ?? undefined) : undefined;
}

/** Media type without parameters, in lower case. */
export function mediaTypeOf(contentType: string | undefined): string {
  return (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}
