// SPDX-License-Identifier: EUPL-1.2
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { importSource } from './import-source.mjs';
import { CLUSTER, removeNow } from './postgres.teardown.mjs';

const PREFIX = 'amtsbote-test-postgres-';

/** One throwaway PostgreSQL for the whole run: several projects declare this setup, the first call starts it. */
export default async function setup() {
  globalThis[CLUSTER] ??= start();
  const { server } = await globalThis[CLUSTER];
  // Workers inherit the environment; this is an administrator's URL, see createTestDatabase.
  process.env.TEST_POSTGRES_URL = server.url();
}

async function start() {
  await removeAbandoned();
  const directory = await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`));
  const { startEmbeddedPostgres } = await importSource('libs/platform/src/embedded-postgres/index.ts');
  const server = await startEmbeddedPostgres({ dataDirectory: directory, durable: false, log: (line) => console.warn(line) });
  const cluster = { server, directory };
  // The server has a process group of its own and does not get the terminal's Ctrl-C.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.once(signal, () => {
      removeNow(cluster);
      process.kill(process.pid, signal);
    });
  }
  process.once('exit', () => removeNow(cluster));
  return cluster;
}

/** Of runs that were killed: a server whose data directory vanishes ends by itself within a minute. */
async function removeAbandoned() {
  for (const name of await readdir(tmpdir())) {
    const owner = name.startsWith(PREFIX) ? Number.parseInt(name.slice(PREFIX.length), 10) : NaN;
    if (owner > 0 && !isAlive(owner)) await rm(join(tmpdir(), name), { recursive: true, force: true });
  }
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}
