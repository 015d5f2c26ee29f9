// SPDX-License-Identifier: EUPL-1.2
import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';

import { codeOf, messageOf } from './errors.js';

/** Numeric ids of the system user the server runs as. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

export interface Finished {
  /** Exit code; `undefined` when the program could not be run at all or was ended by a signal. */
  readonly code: number | undefined;
  readonly output: string;
}

/** Nothing of the hub's own environment: it holds secrets, and variables such as PGPORT or LC_ALL would change what the server does. */
export const SERVER_ENVIRONMENT: Readonly<Record<string, string>> = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

/** Runs a short program to its end. Never rejects: what went wrong is in `code` and `output`. */
export async function run(file: string, args: readonly string[], user?: ServerUser): Promise<Finished> {
  return new Promise((resolve) => {
    const finish = (error: Error | null, stdout: string, stderr: string) => {
      const output = `${stdout}${stderr}`.trim();
      if (error === null) resolve({ code: 0, output });
      else resolve({ code: 'code' in error && typeof error.code === 'number' ? error.code : undefined, output: output || error.message });
    };
    try {
      // The current directory may be one that the other user cannot enter.
      execFile(file, args, { ...user, cwd: '/', env: { ...SERVER_ENVIRONMENT }, timeout: 120_000 }, finish);
    } catch (error) {
      resolve({ code: undefined, output: messageOf(error) });
    }
  });
}

export async function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Whether a process with this id exists and has not ended; one that ended but waits for its parent (a zombie) has ended. */
export async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it exists and belongs to somebody else.
    if (codeOf(error) !== 'EPERM') return false;
  }
  if (process.platform !== 'linux') return true;
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in parentheses and may itself contain some.
    return !['Z', 'X'].includes(stat.slice(stat.lastIndexOf(')') + 2)[0] ?? '');
  } catch {
    return false;
  }
}

export type Relation = 'ours' | 'unrelated' | 'unclear';

/**
 * Whether the process is the PostgreSQL server of this cluster, or one that merely got the same process id later. Looks at the command
 * line, not at the working directory: the latter is hidden from root in a container without CAP_SYS_PTRACE.
 */
export async function relationTo(pid: number, cluster: string): Promise<Relation> {
  if (!(await isAlive(pid))) return 'unrelated';
  if (process.platform === 'linux') {
    const args = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
    if (basename(args[0] ?? '') !== 'postgres') return 'unrelated';
    const [its, our] = await Promise.all([stat(args[args.indexOf('-D') + 1] ?? '').catch(() => undefined), stat(cluster)]);
    // Its directory may have been renamed to ours while it was running.
    if (its === undefined) return 'unclear';
    return its.ino === our.ino && its.dev === our.dev ? 'ours' : 'unrelated';
  }
  const { output } = await run('/bin/ps', ['-ww', '-o', 'args=', '-p', String(pid)]);
  if (!output.includes('postgres')) return 'unrelated';
  return output.includes(cluster) ? 'ours' : 'unclear';
}

export async function isServerOf(pid: number, cluster: string): Promise<boolean> {
  return (await relationTo(pid, cluster)) === 'ours';
}
