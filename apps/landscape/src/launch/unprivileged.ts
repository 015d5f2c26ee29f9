// SPDX-License-Identifier: EUPL-1.2
import { chown, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Who runs a server. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/** The first of these system users that exists, when this is root: most servers refuse to run as root. Everybody else runs it themselves. */
export async function serverUser(...names: readonly string[]): Promise<ServerUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  for (const name of [...names, 'nobody']) {
    const [, , uid, gid] = accounts.find(([known]) => known === name) ?? [];
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error(`/etc/passwd has none of ${[...names, 'nobody'].join(', ')}`);
}

/** A directory of its own for a server, which belongs to its user; removed at the end. */
export interface Workplace {
  readonly directory: string;
  remove(): Promise<void>;
}

/** Makes a workplace. @param name what it is for, part of the directory's name. */
export async function makeWorkplace(name: string, user: ServerUser | undefined): Promise<Workplace> {
  const directory = await mkdtemp(join(tmpdir(), `amtsbote-${name}-`));
  if (user !== undefined) await chown(directory, user.uid, user.gid);
  return { directory, remove: () => rm(directory, { recursive: true, force: true }) };
}
