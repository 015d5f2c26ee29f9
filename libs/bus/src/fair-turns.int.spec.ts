// SPDX-License-Identifier: EUPL-1.2
import { ManualClock } from '@amtsbote/platform';
import { openDatabase } from '@amtsbote/store';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';

import { createTestDatabase, type TestDatabase } from '../../../test/support/database.js';
import { PostgresQueue } from './postgres-queue.js';

const BURST = 100_000;
const LEASE_MS = 30_000;
const TYPES = ['application.submitted.v1'];
const [BIG, SMALL, THIRD] = ['057110000000', '057110000001', '057110000002'];

interface Plan {
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly Plan[];
}

describe('the queue beside a burst of 100,000 of one tenant', () => {
  let database: TestDatabase;
  let store: DataSource;
  const clock = new ManualClock('2026-01-31T11:00:00.000Z');
  const insert = (tenant: string, count: number): Promise<unknown> =>
    store.query(
      `INSERT INTO message (id, type, subject, tenant, available_at, envelope)
       SELECT gen_random_uuid(), $1, gen_random_uuid()::text, $2, $3, '{}' FROM generate_series(1, $4::int)`,
      [TYPES[0], tenant, clock.now(), count],
    );
  /** Who was served, by counts. */
  const served = async (queue: PostgresQueue, limit: number): Promise<Record<string, number>> => {
    const ids = (await queue.claim(TYPES, limit, LEASE_MS)).map(({ id }) => id);
    const rows = await store.query<{ tenant: string; count: number }[]>(
      'SELECT tenant, count(*)::int AS count FROM message WHERE id = ANY($1) GROUP BY tenant',
      [ids],
    );
    return Object.fromEntries(rows.map(({ tenant, count }) => [tenant, count]));
  };

  beforeAll(async () => {
    database = await createTestDatabase();
    store = await openDatabase({ url: database.url, connectionsMax: 10, statementMs: 60_000 });
    await insert(BIG, BURST);
  }, 120_000);
  afterAll(async () => {
    await store.destroy();
    await database.drop();
  });

  it('gives a batch to the one tenant as long as nobody else has anything', async () => {
    await expect(served(new PostgresQueue(store, clock), 64)).resolves.toEqual({ [BIG]: 64 });
  });

  it('has the single message of another tenant in the next batch', async () => {
    await insert(SMALL, 1);
    await expect(served(new PostgresQueue(store, clock), 64)).resolves.toEqual({ [BIG]: 63, [SMALL]: 1 });
  });

  it('has it in the next but one, even when messages are claimed one by one', async () => {
    const queue = new PostgresQueue(store, clock);
    await served(queue, 1);
    await insert(SMALL, 1);
    const turns = [await served(queue, 1), await served(queue, 1)];
    expect(turns).toContainEqual({ [SMALL]: 1 });
  });

  it('lets tenants take turns while each has something', async () => {
    await insert(SMALL, 20);
    await insert(THIRD, 20);
    const queue = new PostgresQueue(store, clock);
    await expect(served(queue, 30)).resolves.toEqual({ [BIG]: 10, [SMALL]: 10, [THIRD]: 10 });
    const singly = [];
    for (let n = 0; n < 6; n += 1) singly.push(Object.keys(await served(queue, 1))[0]);
    expect(singly).toEqual([BIG, SMALL, THIRD, BIG, SMALL, THIRD]);
    await expect(served(queue, 30)).resolves.toEqual({ [BIG]: 14, [SMALL]: 8, [THIRD]: 8 });
  });

  it('gives several claimers at once full batches, and no message to two', async () => {
    const batches = await Promise.all(Array.from({ length: 6 }, () => new PostgresQueue(store, clock).claim(TYPES, 50, LEASE_MS)));
    const ids = batches.flat().map(({ id }) => id);
    expect(batches.map((batch) => batch.length)).toEqual([50, 50, 50, 50, 50, 50]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each(['before the table was analysed', 'afterwards'])('does not read the burst for that (%s)', async (when) => {
    const [sql, parameters] = await statementOf(clock);
    if (when === 'afterwards') await store.query('ANALYZE message');
    const [row] = await store.query<{ 'QUERY PLAN': { Plan: Plan }[] }[]>(`EXPLAIN (ANALYZE, FORMAT JSON) ${sql}`, parameters);
    const read = readFrom(row?.['QUERY PLAN'][0]?.Plan, 'message');
    expect(read).toBeGreaterThan(0);
    expect(read).toBeLessThan(3_000);
  });
});

/** The statement with which messages are claimed. */
async function statementOf(clock: ManualClock): Promise<[string, unknown[]]> {
  const asked: [string, unknown[]][] = [];
  const recording = {
    query: async (sql: string, parameters: unknown[] = []) => {
      asked.push([sql, parameters]);
      return [];
    },
  };
  await new PostgresQueue(recording, clock).claim(TYPES, 64, LEASE_MS);
  const [statement] = asked;
  if (statement === undefined) throw new Error('nothing was asked');
  return statement;
}

/** Rows that a plan read from a table. */
function readFrom(plan: Plan | undefined, table: string): number {
  if (plan === undefined) return 0;
  const rows = (plan['Actual Rows'] + (plan['Rows Removed by Filter'] ?? 0)) * plan['Actual Loops'];
  return (plan['Relation Name'] === table ? rows : 0) + (plan.Plans ?? []).reduce((sum, child) => sum + readFrom(child, table), 0);
}
