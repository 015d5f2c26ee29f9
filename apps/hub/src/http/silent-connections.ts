// SPDX-License-Identifier: EUPL-1.2
import type { Socket } from 'node:net';

import type { FastifyInstance } from 'fastify';

/**
 * Lets a stopping hub close connections over which no request ever came (browsers connect ahead, load balancers keep spares). Node counts
 * them as busy until its header timeout of a minute: a stop would wait for it.
 */
export function closeSilentConnections(fastify: FastifyInstance): void {
  const silent = new Set<Socket>();
  let closing = false;
  fastify.server.on('connection', (socket) => {
    if (closing) {
      socket.destroy();
      return;
    }
    silent.add(socket);
    socket.once('close', () => silent.delete(socket));
  });
  fastify.server.on('request', ({ socket }) => silent.delete(socket));
  fastify.addHook('preClose', (done) => {
    closing = true;
    for (const socket of silent) socket.destroy();
    done();
  });
}
