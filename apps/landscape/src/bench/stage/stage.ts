// SPDX-License-Identifier: EUPL-1.2
import { randomBytes } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { createDatabase, dropDatabase, startEmbeddedPostgres } from '@amtsbote/platform';
import { Pool } from 'pg';

import { temporaryDirectory } from '../../launch/places.js';
import { LaunchError } from '../../launch/problem.js';
import type { Undoing } from '../../launch/undoing.js';
import type { BenchWish } from '../bench.js';

/** What all contenders of a bench stand on: one database server that keeps its promises, one directory on the same disk. */
export class Stage {
  private readonly pools = new Map<string, Pool>();

  private constructor(
    readonly directory: string,
    private readonly serverUrl: string,
    private readonly undoing: Undoing,
  ) {}

  /** Everything opened here ends with `undoing`. @throws LaunchError when the server is told not to keep what it confirmed. */
  static async open({ databaseUrl, say }: BenchWish, undoing: Undoing): Promise<Stage> {
    const directory = await temporaryDirectory();
    undoing.add('temporary directory', () => rm(directory, { recursive: true, force: true, maxRetries: 5 }));
    const stage = new Stage(directory, databaseUrl ?? (await embedded(directory, undoing, say)), undoing);
    await stage.checkDurable();
    return stage;
  }

  /** Makes an empty database. @returns its connection string. */
  async database(name: string): Promise<string> {
    const own = `bench_${name}_${randomBytes(4).toString('hex')}`;
    const { serverUrl } = this;
    await createDatabase(serverUrl, own);
    this.undoing.add(`database ${own}`, () => dropDatabase(serverUrl, own));
    const url = new URL(serverUrl);
    url.pathname = `/${own}`;
    return url.href;
  }

  /** Asks a database, on a connection beside those of the contenders. */
  async query<Row extends object>(url: string, query: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    return (await this.pool(url).query<Row>(query, [...parameters])).rows;
  }

  /** A directory of its own for one contender. */
  async place(name: string): Promise<string> {
    const path = join(this.directory, name);
    await mkdir(path, { recursive: true, mode: 0o700 });
    return path;
  }

  private pool(url: string): Pool {
    const present = this.pools.get(url);
    if (present !== undefined) return present;
    const pool = new Pool({ connectionString: url, max: 2 });
    // A connection that breaks while it is idle is replaced at the next question.
    pool.on('error', () => undefined);
    this.pools.set(url, pool);
    this.undoing.add('asking connections', () => pool.end());
    return pool;
  }

  /** Figures of a server that loses what it confirmed would be worth nothing. */
  private async checkDurable(): Promise<void> {
    for (const setting of ['fsync', 'synchronous_commit', 'full_page_writes']) {
      const [row] = await this.query<Record<string, string>>(this.serverUrl, `SHOW ${setting}`);
      const value = row?.[setting];
      if (value !== 'on') throw new LaunchError(`The database has ${setting} = ${value}: a bench measures durable work, it has to be on.`);
    }
  }
}

async function embedded(directory: string, undoing: Undoing, say: (line: string) => void): Promise<string> {
  const server = await startEmbeddedPostgres({ dataDirectory: join(directory, 'postgres'), durable: true, log: say });
  undoing.add('PostgreSQL', () => server.stop());
  return server.url();
}
