// SPDX-License-Identifier: EUPL-1.2
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

import type { FastifyReply } from 'fastify';

/** How long a refused sender may go on sending before it is cut off, in milliseconds. */
const LINGER_MS = 5_000;

/**
 * For answers to requests whose body is not read to its end. Closing at once would reset the connection, and most senders lose an answer
 * they have not read yet when that happens: many read only after they have written everything. So the answer is followed by the end of our
 * side, what still comes is thrown away, and after a while patience ends (RFC 9112, section 9.6).
 */
export function closeAfterAnswer(request: IncomingMessage, reply: FastifyReply): void {
  if (request.complete || !hasBody(request)) return;
  void reply.header('connection', 'close');
  lingerOn(request.socket);
  request.resume();
}

/** From now on the connection ends in two steps, whoever wants to end it after its answer. */
export function lingerOn(socket: Socket): void {
  socket.destroySoon = () => void socket.end();
  const patience = setTimeout(() => socket.destroy(), LINGER_MS).unref();
  socket.once('close', () => clearTimeout(patience));
}

/** Known from the head: a small body may be on its way while its request is already answered. */
function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
