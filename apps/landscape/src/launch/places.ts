// SPDX-License-Identifier: EUPL-1.2
import { chmod, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The project's root: scripts/start.mjs starts the launcher there, and so does Jest. */
export const ROOT = process.cwd();

const TEMPORARY = 'amtsbote-once-';

/** Where a launched town keeps what it writes. */
export interface Places {
  readonly postgres: string;
  readonly blobs: string;
  /** Secrets and files for the person at the terminal. */
  readonly desk: string;
  /** What the simulated systems keep. */
  readonly town: string;
  readonly hubLog: string;
}

/** Below `directory`: `postgres`, `blobs`, `demo`, `town`, `log/hub.log`; made if missing. */
export async function placesIn(directory: string): Promise<Places> {
  const places = {
    postgres: join(directory, 'postgres'),
    blobs: join(directory, 'blobs'),
    desk: join(directory, 'demo'),
    town: join(directory, 'town'),
    hubLog: join(directory, 'log', 'hub.log'),
  };
  await mkdir(join(directory, 'log'), { recursive: true });
  for (const own of [places.desk, places.town]) await mkdir(own, { recursive: true, mode: 0o700 });
  return places;
}

/** A directory for one run, to be removed afterwards. Removes those of runs that were killed: a PostgreSQL without its data ends by itself. */
export async function temporaryDirectory(): Promise<string> {
  for (const name of await readdir(tmpdir())) {
    const owner = name.startsWith(TEMPORARY) ? Number.parseInt(name.slice(TEMPORARY.length), 10) : Number.NaN;
    if (owner > 0 && !isAlive(owner)) await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => undefined);
  }
  const directory = await mkdtemp(join(tmpdir(), `${TEMPORARY}${process.pid}-`));
  // Started by root, the database is run by another user, who has to pass through here to its own directory.
  if (process.getuid?.() === 0) await chmod(directory, 0o711);
  return directory;
}

/** Whether there is a process of this id. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
