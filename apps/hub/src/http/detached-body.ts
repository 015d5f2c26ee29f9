// SPDX-License-Identifier: EUPL-1.2
import type { IncomingMessage } from 'node:http';
import { PassThrough, type Readable } from 'node:stream';

import { ProblemError } from './problem.js';

/** How long a sender is waited for, in milliseconds of wall-clock time: a socket knows no other. */
export interface Patience {
  /** Without a single byte. Time in which the hub itself is busy with earlier bytes does not count. */
  readonly idleMs: number;
  /** For the whole body. */
  readonly totalMs: number;
}

/**
 * The body of a request apart from its connection. Whoever stops reading a request in the middle, by an error or by leaving a loop, destroys
 * it, and with it the connection over which the sender should be told why. Stopping to read this stream does no such thing: the request is
 * merely paused, and can be read to its end or closed after the answer.
 *
 * The stream fails with a ProblemError: 408 when the sender is slower than `patience`, 400 when it went away before the announced end.
 */
export function detachedBody(request: IncomingMessage, patience: Patience): Readable {
  const body = new PassThrough();
  const fail = (error: Error): void => void body.destroy(error);
  const onTime = (): void => {
    if (!request.complete) fail(new ProblemError(408, 'too-slow', 'The body came too slowly.'));
  };
  const total = setTimeout(onTime, patience.totalMs).unref();
  const idle = setTimeout(() => {
    if (body.writableNeedDrain) idle.refresh();
    else onTime();
  }, patience.idleMs).unref();
  const onData = (): void => void idle.refresh();
  const onGone = (): void => {
    if (!request.readableEnded) fail(new ProblemError(400, 'cut-off', 'The body ended before its announced end.'));
  };
  // An error nobody waits for yet is found by the first who reads.
  body.on('error', () => undefined);
  body.once('close', () => {
    clearTimeout(total);
    clearTimeout(idle);
    request.off('data', onData).off('close', onGone).off('error', onGone).unpipe(body);
  });
  request.on('data', onData).once('close', onGone).once('error', onGone);
  if (request.destroyed) onGone();
  else request.pipe(body);
  return body;
}
