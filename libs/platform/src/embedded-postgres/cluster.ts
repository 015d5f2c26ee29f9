// SPDX-License-Identifier: EUPL-1.2
import { chmod, lchown, mkdtemp, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { type Binaries } from './binaries.js';
import { codeOf, EmbeddedPostgresError, messageOf } from './errors.js';
import { type Home } from './home.js';
import { isAlive, run, type ServerUser } from './process.js';

export const SUPERUSER = 'amtsbote';

/** The major version that wrote the cluster; `undefined` when there is no cluster yet. */
export async function clusterVersion(home: Home): Promise<number | undefined> {
  const version = await readFile(join(home.cluster, 'PG_VERSION'), 'utf8').catch(() => undefined);
  return version === undefined ? undefined : Number.parseInt(version, 10);
}

/**
 * Makes the cluster unless it exists. It is prepared elsewhere and moved into place in one step, so an interrupted attempt leaves
 * nothing half-made and of two processes doing it at the same time one wins.
 * @param durable whether the new files are flushed to disk.
 */
export async function ensureCluster(home: Home, binaries: Binaries, password: string, durable: boolean): Promise<void> {
  if ((await clusterVersion(home)) !== undefined) return prepareExisting(home);
  await removeAbandoned(home);
  const workspace = await mkdtemp(join(home.directory, `init-${process.pid}-`));
  try {
    const passwordFile = join(workspace, 'password');
    await writeFile(passwordFile, password, { mode: 0o600 });
    if (home.user) {
      await give(workspace, home.user);
      await give(passwordFile, home.user);
    }
    const made = join(workspace, 'cluster');
    const args = [
      '-D',
      made,
      '-U',
      SUPERUSER,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      ...localeFor(binaries),
    ];
    const { code, output } = await run(join(binaries.directory, 'initdb'), [...args, ...(durable ? [] : ['--no-sync'])], home.user);
    if (code !== 0) throw new EmbeddedPostgresError(`The database in ${home.directory} could not be created: ${output}`);
    await rename(made, home.cluster);
    if (durable) await flushDirectory(home.directory);
  } catch (error) {
    const othersWon = ['ENOTEMPTY', 'EEXIST'].includes(codeOf(error) ?? '') && (await clusterVersion(home)) !== undefined;
    if (!othersWon) throw error;
  } finally {
    await rm(workspace, { recursive: true, force: true });
  }
}

/** Without it a power failure could undo the renaming, and with it everything that was committed since. */
async function flushDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** Sorting and case rules that do not depend on what the host has installed, and do not change when the host is upgraded. */
function localeFor({ major }: Binaries): readonly string[] {
  return major >= 17 ? ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'] : ['--locale=C.UTF-8'];
}

/** PostgreSQL refuses data that belongs to somebody else or that others may read, as after restoring a backup as root. */
async function prepareExisting({ cluster, user }: Home): Promise<void> {
  const { uid, mode } = await stat(cluster);
  if (user && uid !== user.uid) await chownTree(cluster, user);
  if ((mode & 0o077) !== 0) await chmod(cluster, 0o700);
}

async function chownTree(path: string, user: ServerUser): Promise<void> {
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const child = join(path, entry.name);
    if (entry.isDirectory()) await chownTree(child, user);
    else await give(child, user);
  }
  // Last, so that an interrupted change of owner is noticed and completed next time.
  await give(path, user);
}

async function give(path: string, { uid, gid }: ServerUser): Promise<void> {
  await lchown(path, uid, gid).catch((error: unknown) => {
    throw new EmbeddedPostgresError(
      `${path} cannot be given to the user with id ${uid}, who runs the database because PostgreSQL refuses to run as root ` +
        `(${messageOf(error)}). Run the hub as an ordinary user, or set DATABASE_URL to a PostgreSQL server of your own.`,
      { cause: error },
    );
  });
}

async function removeAbandoned(home: Home): Promise<void> {
  for (const name of await readdir(home.directory)) {
    const pid = /^init-(\d+)-/.exec(name)?.[1];
    if (pid !== undefined && !(await isAlive(Number(pid)))) await rm(join(home.directory, name), { recursive: true, force: true });
  }
}
