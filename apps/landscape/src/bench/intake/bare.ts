// SPDX-License-Identifier: EUPL-1.2
import { fileURLToPath } from 'node:url';

import { freePort } from '../../free-port.js';
import type { Undoing } from '../../launch/undoing.js';
import { startServer } from '../stage/child-server.js';
import type { Stage } from '../stage/stage.js';

/** The bare server in a process of its own, with its table. */
export async function startBare(stage: Stage, undoing: Undoing): Promise<{ port: number; databaseUrl: string }> {
  const databaseUrl = await stage.database('bare');
  await stage.query(
    databaseUrl,
    'CREATE TABLE bare (id uuid PRIMARY KEY, received_at timestamptz NOT NULL DEFAULT now(), body jsonb NOT NULL)',
  );
  await stage.query(
    databaseUrl,
    'CREATE TABLE bare_bytes (id uuid PRIMARY KEY, received_at timestamptz NOT NULL DEFAULT now(), body bytea NOT NULL)',
  );
  const port = await freePort();
  const program = fileURLToPath(new URL('./bare-server.js', import.meta.url));
  const argv = [program, String(port), databaseUrl];
  await startServer({ name: 'bare server', program: process.execPath, argv, readyUrl: `http://127.0.0.1:${port}/` }, undoing);
  return { port, databaseUrl };
}
