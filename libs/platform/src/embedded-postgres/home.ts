// SPDX-License-Identifier: EUPL-1.2
import { createHash, randomBytes } from 'node:crypto';
import { chmod, link, lstat, mkdir, readFile, readlink, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { codeOf, EmbeddedPostgresError, WAYS_OUT } from './errors.js';
import { run, type ServerUser } from './process.js';

/** Where things are that root's servers need and that the data directory's place cannot offer. */
export const SHARED_STATE_DIRECTORY = '/var/lib/amtsbote';

const MOVED_TO = 'moved-to';

/** One embedded database on disk: the cluster proper and, beside it, what the hub itself keeps. */
export interface Home {
  readonly directory: string;
  /** PostgreSQL's own data directory (PGDATA). */
  readonly cluster: string;
  readonly logFile: string;
  /** Who runs the server; `undefined`: whoever runs the hub. */
  readonly user: ServerUser | undefined;
}

/**
 * Finds or makes the place of the data. PostgreSQL refuses to run as root, so for root it is another user who has to reach it;
 * where that is impossible, a new cluster goes to {@link SHARED_STATE_DIRECTORY} and a link in the requested directory leads there.
 * @throws EmbeddedPostgresError when existing data belongs to another user, is out of reach or has vanished.
 */
export async function openHome(dataDirectory: string, log: (line: string) => void): Promise<Home> {
  const requested = await makeDirectory(resolve(dataDirectory));
  const moved = await followMove(requested);
  const directory = moved ?? requested;
  const owner = await ownerOf(join(directory, 'cluster'));
  if (process.getuid?.() !== 0) {
    if (owner !== undefined && owner.uid !== process.getuid?.()) {
      throw new EmbeddedPostgresError(
        `The database in ${directory} belongs to the user with id ${owner.uid}, and this process runs as ${String(process.getuid?.())}. ` +
          `Start it as that user (or as root), or change the owner: chown -R ${String(process.getuid?.())} ${directory}`,
      );
    }
    return homeAt(directory, undefined);
  }
  // Whoever owns existing data goes on running it, so that a start with sudo does not lock the owner out.
  const user = owner !== undefined && owner.uid !== 0 ? owner : await unprivilegedUser();
  if (await letIn(directory, user)) return homeAt(directory, user);
  if (owner !== undefined || moved !== undefined) {
    throw new EmbeddedPostgresError(
      `The database in ${directory} cannot be reached by the user with id ${user.uid} who has to run it, because PostgreSQL refuses to run as root. ` +
        'Give every directory above it the search permission (chmod o+x), or run the hub as an ordinary user.',
    );
  }
  return homeAt(await relocate(requested, user, log), user);
}

/**
 * The superuser's password: made once, then read. Safe against two processes making it at the same time.
 * @throws EmbeddedPostgresError when there is data, but no password that opens it.
 */
export async function readOrMakePassword(home: Home): Promise<string> {
  const file = join(home.directory, 'password');
  // Asked first: a cluster that another process makes in between has its password before.
  const hasData = (await ownerOf(home.cluster)) !== undefined;
  const known = await readFile(file, 'utf8').catch(ignoreMissing);
  if (known !== undefined) return known.trim();
  if (hasData) {
    throw new EmbeddedPostgresError(
      `${file} is missing, and without it the database beside it cannot be opened. Restore it from the backup that holds the database.`,
    );
  }
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  await writeFile(draft, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600, flag: 'wx', flush: true });
  try {
    await link(draft, file);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  } finally {
    await rm(draft);
  }
  return (await readFile(file, 'utf8')).trim();
}

/** The owner of a file or directory; `undefined` when there is none. */
export async function ownerOf(path: string): Promise<ServerUser | undefined> {
  const found = await stat(path).catch(ignoreMissing);
  return found && { uid: found.uid, gid: found.gid };
}

function homeAt(directory: string, user: ServerUser | undefined): Home {
  return { directory, cluster: join(directory, 'cluster'), logFile: join(directory, 'postgres.log'), user };
}

async function makeDirectory(path: string): Promise<string> {
  try {
    await mkdir(path, { recursive: true });
    return await realpath(path);
  } catch (error) {
    throw new EmbeddedPostgresError(
      `The data directory ${path} cannot be used (${codeOf(error) ?? 'unknown error'}). Name another one or give this user access to it.`,
      { cause: error },
    );
  }
}

async function followMove(requested: string): Promise<string | undefined> {
  const path = join(requested, MOVED_TO);
  const target = await readlink(path).catch(ignoreMissing);
  if (target === undefined) return undefined;
  // An empty new database in the place of a lost one would look like a hub without a single application.
  if ((await lstat(target).catch(ignoreMissing)) === undefined) {
    throw new EmbeddedPostgresError(
      `The database of ${requested} was kept in ${target}, which does not exist any more. Restore it, or remove ${path} to start with an empty database.`,
    );
  }
  return target;
}

/** Whether the user may enter the directory, after opening the directory itself (not those above it) for passing through. */
async function letIn(directory: string, user: ServerUser): Promise<boolean> {
  if (await canEnter(directory, user)) return true;
  const { mode, uid } = await stat(directory);
  if (uid !== 0) return false;
  await chmod(directory, (mode & 0o7777) | 0o011);
  if (await canEnter(directory, user)) return true;
  await chmod(directory, mode & 0o7777);
  return false;
}

/** Asked of the kernel as that user, because mode bits do not tell about access lists and network file systems. */
async function canEnter(directory: string, user: ServerUser): Promise<boolean> {
  const { code, output } = await run('/bin/sh', ['-c', 'cd "$1"', 'sh', directory], user);
  if (code === undefined) {
    throw new EmbeddedPostgresError(
      `PostgreSQL refuses to run as root, and becoming the user with id ${user.uid} failed (${output}). Run the hub as an ordinary user, or set DATABASE_URL to a PostgreSQL server of your own.`,
    );
  }
  return code === 0;
}

async function relocate(requested: string, user: ServerUser, log: (line: string) => void): Promise<string> {
  const target = join(SHARED_STATE_DIRECTORY, createHash('sha256').update(requested).digest('hex').slice(0, 16));
  await mkdir(target, { recursive: true });
  await chmod(SHARED_STATE_DIRECTORY, 0o755);
  await chmod(target, 0o711);
  if (!(await canEnter(target, user))) {
    throw new EmbeddedPostgresError(`Neither ${requested} nor ${target} can be reached by the user with id ${user.uid}. ${WAYS_OUT}`);
  }
  await symlink(target, join(requested, MOVED_TO)).catch((error: unknown) => {
    if (codeOf(error) !== 'EEXIST') throw error;
  });
  log(
    `PostgreSQL does not run as root, and the unprivileged user who runs it cannot reach ${requested}: the database is kept in ${target}, ` +
      `${join(requested, MOVED_TO)} leads there. Include it in backups.`,
  );
  return target;
}

async function unprivilegedUser(): Promise<ServerUser> {
  const accounts = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const nobody = accounts.split('\n').find((line) => line.startsWith('nobody:'));
  const [, , uid, gid] = (nobody ?? '').split(':').map(Number);
  return uid !== undefined && gid !== undefined && uid > 0 && gid > 0 ? { uid, gid } : { uid: 65_534, gid: 65_534 };
}

function ignoreMissing(error: unknown): undefined {
  if (codeOf(error) !== 'ENOENT') throw error;
  return undefined;
}
