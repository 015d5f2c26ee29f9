// SPDX-License-Identifier: EUPL-1.2
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { isAlive } from './places.js';
import { LaunchError } from './problem.js';

/**
 * Two towns on one set of data would deliver each other's applications to the wrong simulators: the second start is refused.
 * @returns gives the place free again.
 * @throws LaunchError while another launcher runs on this directory.
 */
export async function beTheOnlyOne(desk: string): Promise<() => Promise<void>> {
  const file = join(desk, 'launcher.pid');
  const owner = Number.parseInt(await readFile(file, 'utf8').catch(() => ''), 10);
  if (owner > 0 && owner !== process.pid && (await isLauncher(owner))) {
    throw new LaunchError(`Amtsbote is running here already (process ${owner}). Stop it first with Ctrl-C or "kill ${owner}".`);
  }
  await writeFile(file, String(process.pid));
  return () => rm(file, { force: true });
}

/** A killed launcher leaves its file behind, and its process id may belong to something else by now. */
async function isLauncher(pid: number): Promise<boolean> {
  if (!isAlive(pid)) return false;
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined);
  return command === undefined ? process.platform !== 'linux' : command.includes('apps/landscape/src/start');
}
