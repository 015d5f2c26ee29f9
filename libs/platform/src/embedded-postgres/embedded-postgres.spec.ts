// SPDX-License-Identifier: EUPL-1.2
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';

import { type EmbeddedPostgres, EmbeddedPostgresError, startEmbeddedPostgres } from './index.js';

const isRoot = process.getuid?.() === 0;

let place: string;
let started: EmbeddedPostgres[];
let helpers: ChildProcess[];
let others: Server[];

beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'amtsbote-launcher-'));
  // A temporary directory is closed to others, and as root it is another user who runs the server.
  await chmod(place, 0o755);
  started = [];
  helpers = [];
  others = [];
});

afterEach(async () => {
  for (const helper of helpers) helper.kill('SIGKILL');
  for (const other of others) other.close();
  await Promise.all(started.map(async (server) => server.stop()));
  await rm(place, { recursive: true, force: true });
});

/** Throwaway settings, except where durability is what matters. */
async function start(dataDirectory: string, options: { port?: number; durable?: boolean; log?: (line: string) => void } = {}) {
  const server = await startEmbeddedPostgres({ dataDirectory, durable: false, ...options });
  started.push(server);
  return server;
}

async function query(server: EmbeddedPostgres, text: string): Promise<unknown[]> {
  const client = new Client({ connectionString: server.url() });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

/** Starts the database in another Node process, which stays until it is killed. */
async function startInAnotherProcess(dataDirectory: string): Promise<{ owner: ChildProcess; pid: number; adopted: boolean }> {
  const loader = new URL('../../../../test/support/import-source.mjs', import.meta.url).href;
  const script = `
    const { importSource } = await import(${JSON.stringify(loader)});
    const { startEmbeddedPostgres } = await importSource('libs/platform/src/embedded-postgres/index.ts');
    const server = await startEmbeddedPostgres({ dataDirectory: ${JSON.stringify(dataDirectory)}, durable: false });
    console.log(JSON.stringify({ pid: server.pid, adopted: server.adopted }));
    setInterval(() => undefined, 60_000);`;
  const owner = spawn(process.execPath, ['--no-warnings', '--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  helpers.push(owner);
  const line = await new Promise<string>((resolve, reject) => {
    owner.stdout.once('data', (chunk: Buffer) => {
      resolve(chunk.toString());
    });
    owner.once('exit', (code) => {
      reject(new Error(`the other process ended with code ${String(code)}`));
    });
  });
  return { owner, ...(JSON.parse(line) as { pid: number; adopted: boolean }) };
}

async function killed(process: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => process.once('exit', resolve));
  process.kill('SIGKILL');
  await ended;
}

describe('an embedded PostgreSQL', () => {
  it('keeps its data over a restart', async () => {
    const first = await start(join(place, 'data'), { durable: true });
    expect(first.adopted).toBe(false);
    await query(first, "CREATE TABLE kept AS SELECT 'Änderung' AS word");
    await first.stop();
    await first.stop();
    await expect(query(first, 'SELECT 1')).rejects.toThrow();

    const second = await start(join(place, 'data'), { durable: true });
    expect(second.adopted).toBe(false);
    expect(await query(second, 'SELECT lower(upper(word)) AS word FROM kept')).toEqual([{ word: 'änderung' }]);
    expect(await query(second, 'SHOW fsync')).toEqual([{ fsync: 'on' }]);
  });

  it('listens on the loopback address only and wants the password', async () => {
    const server = await start(join(place, 'data'));
    expect(
      await query(server, "SELECT name, setting FROM pg_settings WHERE name IN ('listen_addresses', 'unix_socket_directories') ORDER BY 1"),
    ).toEqual([
      { name: 'listen_addresses', setting: '127.0.0.1' },
      { name: 'unix_socket_directories', setting: '' },
    ]);
    expect((await stat(join(place, 'data', 'password'))).mode & 0o777).toBe(0o600);
    const url = new URL(server.url());
    url.password = 'guessed';
    await expect(new Client({ connectionString: url.href }).connect()).rejects.toMatchObject({ code: '28P01' });
  });

  it('makes databases, copies them from a template and drops them with connections open', async () => {
    const server = await start(join(place, 'data'));
    expect(await server.createDatabase('model')).toBe(true);
    expect(await server.createDatabase('model')).toBe(false);
    const client = new Client({ connectionString: server.url('model') });
    await client.connect();
    await client.query('CREATE TABLE copied ()');
    await client.end();
    await server.createDatabase('copy "of" model', { template: 'model' });
    const copy = new Client({ connectionString: server.url('copy "of" model') });
    copy.on('error', () => undefined);
    await copy.connect();
    expect((await copy.query('SELECT * FROM copied')).rows).toEqual([]);
    await server.dropDatabase('copy "of" model');
    expect(await query(server, "SELECT 1 FROM pg_database WHERE datname LIKE 'copy%'")).toEqual([]);
  });

  it('keeps values of failed statements out of its log', async () => {
    const server = await start(join(place, 'data'));
    await query(server, 'CREATE TABLE person (name text PRIMARY KEY)');
    await query(server, "INSERT INTO person VALUES ('Erika Mustermann')");
    await expect(query(server, "INSERT INTO person VALUES ('Erika Mustermann')")).rejects.toThrow('duplicate key');
    const log = await readFile(server.logFile, 'utf8');
    expect(log).toContain('duplicate key');
    expect(log).not.toContain('Mustermann');
  });

  it('is adopted, and then stopped, after its owner was killed', async () => {
    const { owner, pid } = await startInAnotherProcess(join(place, 'data'));
    await killed(owner);
    const adopted = await start(join(place, 'data'));
    expect(adopted).toMatchObject({ adopted: true, pid });
    expect(await query(adopted, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await adopted.stop();
    expect(existsSync(join(place, 'data', 'cluster', 'postmaster.pid'))).toBe(false);
  });

  it('recovers committed data right after a crash of the server', async () => {
    const crashed = await start(join(place, 'data'), { durable: true });
    await query(crashed, 'CREATE TABLE kept AS SELECT 1 AS one');
    // Somebody busy at that moment delays the end of what remains of the crashed server.
    const busy = new Client({ connectionString: crashed.url() });
    busy.on('error', () => undefined);
    await busy.connect();
    const sleeping = busy.query('SELECT pg_sleep(1)').catch(() => undefined);
    await crashed.kill();
    const restarted = await start(join(place, 'data'), { durable: true });
    await sleeping;
    expect(restarted.adopted).toBe(false);
    expect(await query(restarted, 'SELECT one FROM kept')).toEqual([{ one: 1 }]);
  });

  it.each([
    ['a process that is gone', 2 ** 22 + 1],
    ['a process that is something else', process.pid],
  ])('starts in spite of a stale pid file naming %s', async (_case, pid) => {
    const first = await start(join(place, 'data'));
    const file = join(place, 'data', 'cluster', 'postmaster.pid');
    const lines = (await readFile(file, 'utf8')).split('\n');
    const { uid, gid } = await stat(file);
    await first.stop();
    await writeFile(file, [String(pid), ...lines.slice(1)].join('\n'), { mode: 0o600 });
    await chown(file, uid, gid);
    const second = await start(join(place, 'data'));
    expect(second.adopted).toBe(false);
    expect(await query(second, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('is one server however many start it at once', async () => {
    const data = join(place, 'data');
    const [a, b, c, d] = await Promise.all([startInAnotherProcess(data), startInAnotherProcess(data), start(data), start(data)]);
    expect(new Set([a.pid, b.pid, c.pid, d.pid]).size).toBe(1);
    expect([a, b, c, d].filter(({ adopted }) => !adopted)).toHaveLength(1);
    expect(await query(c, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('says so when the given port is in use', async () => {
    const other = createServer();
    others.push(other);
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    const refused = start(join(place, 'data'), { port });
    await expect(refused).rejects.toThrow(EmbeddedPostgresError);
    await expect(refused).rejects.toThrow(`Port ${port} on 127.0.0.1 is in use`);
    await new Promise((resolve) => other.close(resolve));
    expect((await start(join(place, 'data'), { port })).port).toBe(port);
  });

  it('refuses data whose password is lost instead of making a new one', async () => {
    const server = await start(join(place, 'data'));
    await server.stop();
    await rm(join(place, 'data', 'password'));
    await expect(start(join(place, 'data'))).rejects.toThrow('Restore it from the backup');
  });
});

// Only root's server runs as another user than the hub.
(isRoot ? describe : describe.skip)('an embedded PostgreSQL of root', () => {
  it('keeps its data elsewhere when its user cannot reach the data directory, and finds it again', async () => {
    const closed = join(place, 'closed');
    await mkdir(join(closed, 'data'), { recursive: true });
    await chmod(closed, 0o700);
    const notes: string[] = [];
    const first = await start(join(closed, 'data'), { log: (line) => notes.push(line) });
    const target = await readlink(join(closed, 'data', 'moved-to'));
    try {
      expect(notes.join()).toContain(target);
      await query(first, 'CREATE TABLE kept AS SELECT 1 AS one');
      await first.stop();
      const second = await start(join(closed, 'data'));
      expect(await query(second, 'SELECT one FROM kept')).toEqual([{ one: 1 }]);
      await second.stop();
    } finally {
      await first.stop();
      await rm(target, { recursive: true });
    }
    await expect(start(join(closed, 'data'))).rejects.toThrow('does not exist any more');
  });

  it('opens a data directory that only root could enter', async () => {
    await mkdir(join(place, 'data'), { mode: 0o700 });
    const server = await start(join(place, 'data'));
    expect(existsSync(join(place, 'data', 'cluster'))).toBe(true);
    expect(await query(server, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});
