// SPDX-License-Identifier: EUPL-1.2
import { randomUUID } from 'node:crypto';

import fastify from 'fastify';
import { Pool } from 'pg';

/*
 * The limit: as little as a server can do that keeps what it confirms. One route, one durable INSERT on a prepared statement; nothing is
 * verified, translated or delivered.
 */

const [port = '', databaseUrl = ''] = process.argv.slice(2);
const INSERT = { name: 'bare', text: 'INSERT INTO bare (id, body) VALUES ($1, $2)' };
const INSERT_BYTES = { name: 'bare-bytes', text: 'INSERT INTO bare_bytes (id, body) VALUES ($1, $2)' };

// As many connections as a hub has.
const pool = new Pool({ connectionString: databaseUrl, max: 20 });
const server = fastify({ bodyLimit: 16 * 1024 * 1024 });
server.addContentTypeParser('multipart/form-data', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
server.get('/', async () => ({ ok: true }));
server.post('/', async ({ body }, reply) => {
  const id = randomUUID();
  if (Buffer.isBuffer(body)) await pool.query({ ...INSERT_BYTES, values: [id, body] });
  else await pool.query({ ...INSERT, values: [id, JSON.stringify(body)] });
  return reply.status(202).send({ id });
});
await server.listen({ port: Number(port), host: '127.0.0.1' });
process.on('SIGTERM', () => process.exit(0));
