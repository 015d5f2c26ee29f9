// SPDX-License-Identifier: EUPL-1.2
import { existsSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';

/** Where setup leaves the running cluster for teardown: both are called in the same process, once per project. */
export const CLUSTER = Symbol.for('amtsbote.test.postgres');

export default async function teardown() {
  const starting = globalThis[CLUSTER];
  globalThis[CLUSTER] = undefined;
  const cluster = await starting;
  if (!cluster || cluster.isRemoved) return;
  cluster.isRemoved = true;
  await cluster.server.stop();
  await rm(cluster.directory, { recursive: true, force: true });
}

/** For the end of the process, where nothing can be waited for. */
export function removeNow(cluster) {
  if (cluster.isRemoved) return;
  cluster.isRemoved = true;
  try {
    process.kill(cluster.server.pid, 'SIGQUIT');
  } catch {
    // Already gone.
  }
  // The server goes on writing for a moment; what is left in the end is removed by the next run.
  for (let attempt = 0; attempt < 20 && existsSync(cluster.directory); attempt++) {
    try {
      rmSync(cluster.directory, { recursive: true, force: true });
    } catch {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
    }
  }
}
