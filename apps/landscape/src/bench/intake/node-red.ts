// SPDX-License-Identifier: EUPL-1.2
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { freePort } from '../../free-port.js';
import type { Undoing } from '../../launch/undoing.js';
import { startServer } from '../stage/child-server.js';
import { type ForeignWish, installed } from './installed.js';
import type { WebhookTaker } from './intake.js';

const PACKAGES = ['node-red@5.0.7', 'pg@8.23.1'];
export const NODE_RED = 'node-red';

/**
 * Node-RED with the flow that people build there: webhook → durable INSERT → answer, and an HTTP call. The INSERT is a prepared statement in a
 * function node with the same driver and as many connections as everybody else, which is faster than the nodes that are offered for it.
 * @returns nobody when npm could not install it.
 */
export async function nodeRed(wish: ForeignWish, undoing: Undoing): Promise<WebhookTaker[]> {
  const directory = await installed('node-red', PACKAGES, wish);
  if (directory === undefined) return [];
  const databaseUrl = await wish.stage.database('node_red');
  await wish.stage.query(
    databaseUrl,
    'CREATE TABLE bare (id uuid PRIMARY KEY, received_at timestamptz NOT NULL DEFAULT now(), body jsonb NOT NULL)',
  );
  await wish.stage.query(
    databaseUrl,
    'CREATE TABLE bare_bytes (id uuid PRIMARY KEY, received_at timestamptz NOT NULL DEFAULT now(), body bytea NOT NULL)',
  );
  const port = await freePort();
  await writeFile(join(directory, 'settings.js'), settingsOf(port));
  await writeFile(join(directory, 'flows.json'), JSON.stringify(flowOf(wish.callUrl)));
  const argv = [join(directory, 'node_modules/node-red/red.js'), '--userDir', directory, '--settings', join(directory, 'settings.js')];
  const environment = { BENCH_DATABASE_URL: databaseUrl, NODE_ENV: 'production' };
  const readyUrl = `http://127.0.0.1:${port}/ready`;
  await startServer({ name: NODE_RED, program: process.execPath, argv, environment, directory, readyUrl }, undoing);
  return [{ name: NODE_RED, port, path: () => '/intake' }];
}

function settingsOf(port: number): string {
  return `
const { Pool } = require('pg');
module.exports = {
  uiHost: '127.0.0.1', uiPort: ${port}, httpAdminRoot: false, flowFile: 'flows.json', credentialSecret: false,
  logging: { console: { level: 'warn' } }, telemetry: { enabled: false, updateNotification: false },
  apiMaxLength: '16mb',
  functionGlobalContext: { pool: new Pool({ connectionString: process.env.BENCH_DATABASE_URL, max: 20 }), randomUUID: require('crypto').randomUUID },
};
`;
}

const INSERT = `
const id = global.get('randomUUID')();
const files = msg.req.files || [];
const pool = global.get('pool');
if (files.length > 0) {
  const body = Buffer.concat(files.map((file) => file.buffer));
  await pool.query({ name: 'bytes', text: 'INSERT INTO bare_bytes (id, body) VALUES ($1, $2)', values: [id, body] });
} else {
  await pool.query({ name: 'json', text: 'INSERT INTO bare (id, body) VALUES ($1, $2)', values: [id, JSON.stringify(msg.payload)] });
}
msg.payload = { id };
msg.headers = {};
return msg;
`;

function flowOf(callUrl: string): object[] {
  const at = { z: 'flow', x: 0, y: 0 };
  return [
    { id: 'flow', type: 'tab', label: 'intake', disabled: false },
    { ...at, id: 'probe', type: 'http in', url: '/ready', method: 'get', upload: false, wires: [['answered']] },
    { ...at, id: 'webhook', type: 'http in', url: '/intake', method: 'post', upload: true, wires: [['insert']] },
    { ...at, id: 'insert', type: 'function', func: INSERT, outputs: 1, wires: [['answered', 'call']] },
    { ...at, id: 'answered', type: 'http response', statusCode: '202', headers: {}, wires: [] },
    { ...at, id: 'call', type: 'http request', method: 'POST', ret: 'txt', paytoqs: 'ignore', url: callUrl, persist: true, wires: [[]] },
  ];
}
