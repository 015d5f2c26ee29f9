// SPDX-License-Identifier: EUPL-1.2
import { type Binaries, findBinaries } from './binaries.js';
import { clusterVersion, ensureCluster } from './cluster.js';
import { createDatabase, dropDatabase } from './databases.js';
import { EmbeddedPostgresError } from './errors.js';
import { type Home, openHome, readOrMakePassword } from './home.js';
import { sleep } from './process.js';
import { connectionUrl, crashServer, findRunning, freePort, isRefusal, launch, type Running, stopServer, untilReady } from './server.js';

/** What remains of a crashed server needs up to some seconds to end. */
const RETRY_FOR_MS = 15_000;
const RETRY_AFTER_MS = 250;

export interface EmbeddedPostgresOptions {
  /** Holds the cluster (`cluster/`), the superuser's password (`password`) and the server's log (`postgres.log`). Made if missing. */
  readonly dataDirectory: string;
  /** TCP port on 127.0.0.1. 0 or absent: a free one, another at each start. */
  readonly port?: number;
  /** Takes one line, in English and without personal data, for each thing an operator should know. */
  readonly log?: (line: string) => void;
  /** `false` turns off everything that protects data in a crash: only for clusters that are thrown away. Default `true`. */
  readonly durable?: boolean;
}

export interface EmbeddedPostgres {
  /** Connection string as superuser; without a name that of the maintenance database `postgres`. Contains the password. */
  url(database?: string): string;
  readonly port: number;
  /** Process id of the server. */
  readonly pid: number;
  /** Whether the server was running already, left behind by a process that was killed or started by another one. */
  readonly adopted: boolean;
  /** PostgreSQL's log. */
  readonly logFile: string;
  /** @returns whether it was created; `false` when there was one of that name already. */
  createDatabase(name: string, options?: { readonly template?: string }): Promise<boolean>;
  /** Drops a database if it exists, ending every connection to it. */
  dropDatabase(name: string): Promise<void>;
  /** Ends the server in order and waits for its end, also when it was adopted. Calling it again does nothing. */
  stop(): Promise<void>;
  /** For tests: ends the server like a crash. */
  kill(): Promise<void>;
}

/**
 * Starts PostgreSQL on a data directory, or adopts the server that is already running there. Safe to call from several processes at
 * once: what is shared is made in one atomic step each, and whoever comes second adopts.
 * @throws EmbeddedPostgresError when no server can be started; the message says what to do.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const log = options.log ?? (() => undefined);
  if (process.platform === 'win32') {
    throw new EmbeddedPostgresError('The embedded database is not available on Windows: set DATABASE_URL to a PostgreSQL server.');
  }
  const home = await openHome(options.dataDirectory, log);
  const password = await readOrMakePassword(home);
  const { running, adopted } = await startOrAdopt(home, password, { port: options.port ?? 0, durable: options.durable ?? true, log });
  if (adopted) log(`Adopted the database server that was running already on port ${running.port} (process ${running.pid}).`);
  return handleFor(home, running, password, adopted);
}

interface Wishes {
  readonly port: number;
  readonly durable: boolean;
  readonly log: (line: string) => void;
}

async function startOrAdopt(home: Home, password: string, { port, durable, log }: Wishes): Promise<{ running: Running; adopted: boolean }> {
  const deadline = Date.now() + RETRY_FOR_MS;
  let binaries: Binaries | undefined;
  for (;;) {
    const running = await findRunning(home);
    if (running && (await untilReady(home, running, password))) return { running, adopted: true };
    binaries ??= await findBinaries(home.user, await clusterVersion(home), log);
    await ensureCluster(home, binaries, password, durable);
    const free = await freePort(port);
    const outcome =
      free === undefined ? { kind: 'port' as const, reason: 'in use' } : await launch(home, binaries, free, password, durable);
    if (!isRefusal(outcome)) return { running: outcome, adopted: false };
    const isWorthRetrying = outcome.kind === 'busy' || (outcome.kind === 'port' && port === 0);
    // Whatever was in the way may be the server of this very cluster, started a moment ago by another process: then it is adopted.
    const isHopeless = !isWorthRetrying && (await findRunning(home)) === undefined;
    if (isHopeless || Date.now() > deadline) throw failure(home, port, outcome.kind, outcome.reason);
    if (outcome.kind === 'busy') await sleep(RETRY_AFTER_MS);
  }
}

function failure(home: Home, port: number, kind: 'busy' | 'port' | 'broken', reason: string): EmbeddedPostgresError {
  switch (kind) {
    case 'port':
      return new EmbeddedPostgresError(
        `Port ${port} on 127.0.0.1 is in use by another program. Choose another port for the database, or 0 for a free one.`,
      );
    case 'busy':
      return new EmbeddedPostgresError(
        `The database in ${home.directory} could not be started within ${RETRY_FOR_MS / 1000} s because another server still holds it: ${reason}. ` +
          'Look for remaining postgres processes (ps -ef | grep postgres), end them and start again.',
      );
    case 'broken':
      return new EmbeddedPostgresError(
        `The database in ${home.directory} could not be started: ${reason || 'no message'}. The full log is ${home.logFile}.`,
      );
  }
}

function handleFor(home: Home, running: Running, password: string, adopted: boolean): EmbeddedPostgres {
  const url = (database = 'postgres') => connectionUrl(running.port, password, database);
  let stopped: Promise<void> | undefined;
  return {
    url,
    port: running.port,
    pid: running.pid,
    adopted,
    logFile: home.logFile,
    createDatabase: async (name, options) => createDatabase(url(), name, options),
    dropDatabase: async (name) => dropDatabase(url(), name),
    stop: async () => (stopped ??= stopServer(home, running)),
    kill: async () => crashServer(home, running),
  };
}
