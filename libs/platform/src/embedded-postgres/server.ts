// SPDX-License-Identifier: EUPL-1.2
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';

import { Client } from 'pg';

import { type Binaries } from './binaries.js';
import { SUPERUSER } from './cluster.js';
import { codeOf, EmbeddedPostgresError } from './errors.js';
import { type Home } from './home.js';
import { isAlive, isServerOf, relationTo, SERVER_ENVIRONMENT, sleep } from './process.js';

/** Recovery after a crash replays at most about a gigabyte of log by default. */
const READY_WITHIN_MS = 300_000;
const FAST_STOP_WITHIN_MS = 60_000;
const IMMEDIATE_STOP_WITHIN_MS = 10_000;
const LOG_BYTES_MAX = 10_000_000;

export interface Running {
  readonly pid: number;
  readonly port: number;
}

/** Why a server that was started ended at once. */
export interface Refusal {
  readonly kind: 'busy' | 'port' | 'broken';
  /** The last lines it wrote to its log. */
  readonly reason: string;
}

export function isRefusal(outcome: Running | Refusal): outcome is Refusal {
  return 'kind' in outcome;
}

/** The connection string of a database on a local server. */
export function connectionUrl(port: number, password: string, database: string): string {
  return `postgres://${SUPERUSER}:${encodeURIComponent(password)}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
}

/** The server that is running on this cluster according to its own pid file, whoever started it. Removes a misleading pid file. */
export async function findRunning({ cluster }: Home): Promise<Running | undefined> {
  const file = join(cluster, 'postmaster.pid');
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const [pid = 0, , , port = 0] = text.split('\n').map(Number);
  // A server that is just starting has not written all of it yet.
  if (!(pid > 0 && port > 0)) return undefined;
  const relation = await relationTo(pid, cluster);
  if (relation === 'ours') return { pid, port };
  // A file of a process that is gone is replaced by the next server. One whose process id now belongs to something else (or to a
  // zombie) would make that server refuse, so it goes; looked at once more, because somebody may have started a server meanwhile.
  const isMisleading = relation === 'unrelated' && signal(pid, 0);
  if (isMisleading && (await readFile(file, 'utf8').catch(() => '')) === text) await rm(file, { force: true });
  return undefined;
}

/**
 * Waits until the server of this cluster answers to the password.
 * @returns whether it is; `false` when it ended before.
 */
export async function untilReady(home: Home, { pid, port }: Running, password: string): Promise<boolean> {
  const deadline = Date.now() + READY_WITHIN_MS;
  while (await isServerOf(pid, home.cluster)) {
    if (await answers(connectionUrl(port, password, 'postgres'))) return true;
    if (Date.now() > deadline) {
      throw new EmbeddedPostgresError(
        `The database in ${home.directory} did not become ready within ${READY_WITHIN_MS / 1000} s; see ${home.logFile}.`,
      );
    }
    await sleep(20);
  }
  return false;
}

/** `false` while it is starting up or shutting down. */
async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  // Without a listener the end of the server during the question would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch (error) {
    if (codeOf(error) === '28P01') {
      throw new EmbeddedPostgresError(
        'The running database does not accept the password kept beside its data. Restore the file "password" that belongs to it.',
        {
          cause: error,
        },
      );
    }
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Starts a server and waits until it is ready or has given up. */
export async function launch(home: Home, binaries: Binaries, port: number, password: string, durable: boolean): Promise<Running | Refusal> {
  await limitLog(home.logFile);
  const log = await open(home.logFile, 'a', 0o600);
  const { size: logStart } = await log.stat();
  let child: ChildProcess;
  try {
    child = spawn(join(binaries.directory, 'postgres'), serverArguments(home, port, durable), {
      ...home.user,
      // A process group of its own: Ctrl-C in the terminal is for the hub, which still needs its database to finish in order.
      detached: true,
      cwd: '/',
      env: { ...SERVER_ENVIRONMENT },
      stdio: ['ignore', log.fd, log.fd],
    });
    await once(child, 'spawn');
  } finally {
    await log.close();
  }
  child.unref();
  const pid = child.pid ?? 0;
  // The pid file is not there from the first moment; the process itself is.
  if (await untilReady(home, { pid, port }, password)) return { pid, port };
  // Another process may be writing to the same log, so the decisive line need not be among the last ones.
  const written = (await readFile(home.logFile)).subarray(logStart).toString('utf8').trim();
  return { kind: kindOfRefusal(written), reason: written.split('\n').slice(-5).join(' | ') };
}

function kindOfRefusal(log: string): Refusal['kind'] {
  if (/could not bind|could not create any TCP\/IP sockets/.test(log)) return 'port';
  // The first: processes of a server that has just crashed are still ending. The second: somebody else started one.
  if (/pre-existing shared memory block|lock file .* already exists|bogus data in lock file|lock file .* is empty/.test(log)) return 'busy';
  return 'broken';
}

function serverArguments({ cluster }: Home, port: number, durable: boolean): readonly string[] {
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 200,
    shared_buffers: '128MB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_checkpoints: 'off',
    // Causes of a refused start are recognised by their English text.
    lc_messages: 'C',
    // Details and statements would bring applicants' data into the log file ("Key (name)=(…) already exists").
    log_error_verbosity: 'terse',
    log_min_error_statement: 'panic',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  return ['-D', cluster, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}

async function limitLog(file: string): Promise<void> {
  const size = (await stat(file).catch(() => undefined))?.size ?? 0;
  if (size > LOG_BYTES_MAX) await rename(file, `${file}.1`);
}

/**
 * Ends the server in order: connections are closed, everything is written. If that takes too long it is ended at once, which loses
 * nothing either, but makes the next start recover.
 * @throws EmbeddedPostgresError when it cannot be ended.
 */
export async function stopServer(home: Home, { pid }: Running): Promise<void> {
  const steps = [
    ['SIGINT', FAST_STOP_WITHIN_MS],
    ['SIGQUIT', IMMEDIATE_STOP_WITHIN_MS],
  ] as const;
  for (const [name, withinMs] of steps) {
    if (!(await isServerOf(pid, home.cluster))) return;
    signal(pid, name);
    if (await untilGone(pid, withinMs)) return;
  }
  throw new EmbeddedPostgresError(`The database server with process id ${pid} does not end; see ${home.logFile}.`);
}

/** Ends the server as a crash would. */
export async function crashServer(home: Home, { pid }: Running): Promise<void> {
  if (!(await isServerOf(pid, home.cluster))) return;
  signal(pid, 'SIGKILL');
  await untilGone(pid, IMMEDIATE_STOP_WITHIN_MS);
}

async function untilGone(pid: number, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  while (Date.now() < deadline) {
    if (!(await isAlive(pid))) return true;
    await sleep(10);
  }
  return false;
}

/** @returns whether there is such a process. */
function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return false;
    if (name === 0) return true;
    throw error;
  }
}

/** A port that can be listened on, `wanted` itself unless it is 0; `undefined` when `wanted` is in use. */
export async function freePort(wanted: number): Promise<number | undefined> {
  const probe = createServer();
  try {
    probe.listen(wanted, '127.0.0.1');
    await once(probe, 'listening');
  } catch (error) {
    if (codeOf(error) === 'EADDRINUSE') return undefined;
    throw error;
  }
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  return typeof address === 'object' ? address?.port : undefined;
}
