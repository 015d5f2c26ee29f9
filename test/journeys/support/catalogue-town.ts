// SPDX-License-Identifier: EUPL-1.2
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { CatalogueChange } from '@amtsbote/canonical';
import { Client } from 'pg';

import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { HubProcess } from './hub-process.js';
import { address } from './running-town.js';

const CONFIG = 'test/fixtures/config/catalogue.yaml';
const aSecret = (): string => randomBytes(24).toString('base64url');

/** The part of a run's answer that tests look at. */
export interface RunAnswer {
  readonly id: number;
  readonly state: string;
  readonly version: number | null;
  readonly failure: { readonly code: string } | null;
  readonly counts: { readonly added: number; readonly changed: number; readonly removed: number; readonly unchanged: number } | null;
}

/** A real hub process with a catalogue, which can be killed, and a connection to its database. */
export class CatalogueTown {
  private process: HubProcess | undefined;

  private constructor(
    readonly environment: Readonly<Record<string, string>>,
    private readonly database: TestDatabase,
    private readonly directory: string,
    readonly sql: Client,
    private readonly configFile: string,
  ) {}

  /** @param more of the environment, for configurations that read more. */
  static async start(configFile = CONFIG, more: Readonly<Record<string, string>> = {}): Promise<CatalogueTown> {
    const directory = await mkdtemp(join(tmpdir(), 'amtsbote-catalogue-'));
    const database = await createTestDatabase();
    const tokens = Object.fromEntries(['OPS_TOKEN', 'PUSH_TOKEN', 'READER_TOKEN', 'NEIGHBOUR_TOKEN'].map((name) => [name, aSecret()]));
    const environment = {
      DATABASE_URL: database.url,
      ...(await address()),
      HUB_BLOBS: join(directory, 'blobs'),
      HUB_RECEIPT_SECRET: aSecret() + aSecret(),
      ...tokens,
      ...more,
    };
    const sql = new Client({ connectionString: database.url });
    await sql.connect();
    const town = new CatalogueTown(environment, database, directory, sql, configFile);
    await town.restart();
    return town;
  }

  async restart(): Promise<void> {
    this.process = await HubProcess.start(this.environment, this.configFile);
  }
  async kill(): Promise<void> {
    await this.process?.kill();
  }
  async stop(): Promise<void> {
    await this.process?.stop();
    await this.sql.end();
    await this.database.drop();
    await rm(this.directory, { recursive: true, force: true });
  }
  get url(): string {
    return this.environment['HUB_URL'] ?? '';
  }

  /** Asks the hub under a token of the environment. */
  async ask(
    path: string,
    token = 'OPS_TOKEN',
    init: { method?: string; body?: string; headers?: Record<string, string> } = {},
  ): Promise<Response> {
    const headers = { authorization: `Bearer ${this.environment[token] ?? ''}`, ...init.headers };
    return fetch(`${this.url}${path}`, { ...init, headers });
  }
  async json<Answer>(path: string, token = 'OPS_TOKEN'): Promise<Answer> {
    return (await (await this.ask(path, token)).json()) as Answer;
  }

  /** Pushes a document as an editorial system does. */
  async push(changes: readonly CatalogueChange[], mode: 'snapshot' | 'increments', name = 'lieferung'): Promise<Response> {
    return this.ask(`/catalogue/sources/redaktion/documents?mode=${mode}&name=${name}`, 'PUSH_TOKEN', {
      method: 'POST',
      body: JSON.stringify(changes),
      headers: { 'content-type': 'application/octet-stream' },
    });
  }

  async run(id: number): Promise<RunAnswer> {
    return this.json<RunAnswer>(`/ops/catalogue/runs/${id}`);
  }
  /** State of a run, also while no hub runs. */
  async stateOf(id: number): Promise<string> {
    const { rows } = await this.sql.query<{ state: string }>('SELECT state FROM catalogue_run WHERE id = $1', [id]);
    return rows[0]?.state ?? 'none';
  }
  /** Tables of runs, and contents that belong to no version. */
  async leftovers(): Promise<{ tables: string[]; contents: number }> {
    const tables = await this.sql.query<{ name: string }>(
      "SELECT relname AS name FROM pg_class WHERE relname ~ '^catalogue_(stage|change)_'",
    );
    const contents = await this.sql.query<{ n: number }>(
      'SELECT count(*)::int AS n FROM catalogue_content c WHERE NOT EXISTS (SELECT FROM catalogue_object o WHERE o.content_id = c.id)',
    );
    return { tables: tables.rows.map(({ name }) => name), contents: contents.rows[0]?.n ?? -1 };
  }
}
