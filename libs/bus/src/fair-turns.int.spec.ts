// SPDX-License-Identifier: EUPL-1.2
import { ManualClock } from '@amtsbote/platform';
import { openDatabase } from '@amtsbote/store';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';

import { createMigratedDatabase, type TestDatabase } from '../../../test/support/database.js';
import type { SqlRunner } from './bus.port.js';
import { PostgresQueue } from './postgres-queue.js';

const BURST = 100_000;
const LEASE_MS = 30_000;
const TYPES = ['application.submitted.v1'];
const [BIG, SMALL, THIRD, FOURTH] = ['057110000000', '057110000001', '057110000002', '057110000003'];

describe('the queue beside a burst of 100,000 of one tenant', () => {
  let database: TestDatabase;
  let store: DataSource;
  const clock = new ManualClock('2026-01-31T11:00:00.000Z');
  const insert = (tenant: string, count: number, subject: string | null = null): Promise<unknown> =>
    store.query(INSERT, [TYPES[0], tenant, clock.now(), count, subject]);
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
    database = await createMigratedDatabase();
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
    await expect(served(new PostgresQueue(store, clock), 64)).resolves.toEqual({ [BIG]: 32, [SMALL]: 1 });
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
    await expect(served(queue, 30)).resolves.toEqual({ [BIG]: 10, [SMALL]: 8, [THIRD]: 8 });
  });

  it('gives several claimers at once full batches, and no message to two', async () => {
    const batches = await Promise.all(Array.from({ length: 6 }, () => new PostgresQueue(store, clock).claim(TYPES, 50, LEASE_MS)));
    const ids = batches.flat().map(({ id }) => id);
    expect(batches.map((batch) => batch.length)).toEqual([50, 50, 50, 50, 50, 50]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('takes messages of the types it is asked for, and heads of their subjects alone', async () => {
    const first = '00000000-0000-4000-8000-000000000001';
    await insert(FOURTH, 2, first);
    const queue = new PostgresQueue(store, clock);
    await expect(queue.claim(['step.parked.v1'], 64, LEASE_MS)).resolves.toEqual([]);
    expect((await served(queue, 64))[FOURTH]).toBe(1);
    expect((await served(queue, 64))[FOURTH]).toBeUndefined();
  });
});

describe('what a claim reads of a burst', () => {
  let database: TestDatabase;
  let store: DataSource;
  const clock = new ManualClock('2026-01-31T11:00:00.000Z');

  beforeEach(async () => {
    database = await createMigratedDatabase();
    store = await openDatabase({ url: database.url, connectionsMax: 4, statementMs: 60_000 });
  }, 60_000);
  afterEach(async () => {
    await store.destroy();
    await database.drop();
  });

  const burst = async (sql: SqlRunner): Promise<void> => {
    await sql.query(INSERT, [TYPES[0], BIG, clock.now(), 20_000, null]);
    await sql.query(INSERT, [TYPES[0], SMALL, clock.now(), 1, null]);
  };

  it.each<[string, (sql: SqlRunner, claim: () => Promise<unknown>) => Promise<void>]>([
    ['the table was never analysed', burst],
    [
      'the table was analysed',
      async (sql) => {
        await burst(sql);
        await sql.query('ANALYZE message');
      },
    ],
    [
      'the statistics tell of an empty table, and the plan was made for it',
      async (sql, claim) => {
        await burst(sql);
        await sql.query('DELETE FROM message');
        await sql.query('VACUUM (ANALYZE) message');
        for (let n = 0; n < 10; n += 1) await claim();
        await burst(sql);
      },
    ],
    [
      'the statistics tell of a single subject of one tenant',
      async (sql, claim) => {
        await sql.query(INSERT, [TYPES[0], BIG, clock.now(), 20_000, '00000000-0000-4000-8000-000000000002']);
        await sql.query('ANALYZE message');
        for (let n = 0; n < 10; n += 1) await claim();
        await sql.query('DELETE FROM message');
        await burst(sql);
      },
    ],
  ])('is little when %s', async (_when, prepare) => {
    const runner = store.createQueryRunner();
    const claim = (): Promise<unknown[]> => new PostgresQueue(runner, clock).claim(TYPES, 64, LEASE_MS);
    await prepare(runner, claim);
    await runner.startTransaction();
    const before = await readIn(runner, 'message');
    await expect(claim()).resolves.toHaveLength(33);
    const read = (await readIn(runner, 'message')) - before;
    await runner.rollbackTransaction();
    await runner.release();
    expect(read).toBeGreaterThan(33);
    expect(read).toBeLessThan(500);
  });

  it('is nothing of a type that is left out, however much waits of it', async () => {
    await burst(store);
    await store.query(INSERT, ['step.parked.v1', BIG, clock.now(), 5, null]);
    const runner = store.createQueryRunner();
    await runner.startTransaction();
    const before = await readIn(runner, 'message');
    await expect(new PostgresQueue(runner, clock).post(['step.parked.v1'], 64, LEASE_MS)).resolves.toHaveLength(5);
    expect((await readIn(runner, 'message')) - before).toBeLessThan(100);
    await runner.rollbackTransaction();
    await runner.release();
  });
});

const INSERT = `
  INSERT INTO message (id, type, subject, tenant, available_at, envelope)
  SELECT gen_random_uuid(), $1, coalesce($5, gen_random_uuid()::text), $2, $3, '{}' FROM generate_series(1, $4::int)`;

/** Rows of a table that this connection read lately. */
async function readIn(sql: SqlRunner, table: string): Promise<number> {
  const [row] = await sql.query<{ read: number }>(
    'SELECT (seq_tup_read + coalesce(idx_tup_fetch, 0))::int AS read FROM pg_stat_xact_user_tables WHERE relname = $1',
    [table],
  );
  return row?.read ?? 0;
}
