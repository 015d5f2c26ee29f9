// SPDX-License-Identifier: EUPL-1.2
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';

import { createTestDatabase, type TestDatabase } from '../../../test/support/database.js';
import { databaseOptions, migrate, openDatabase } from './database.js';
import { prepared } from './prepared.js';
import { affected, returning } from './sql.js';

describe('the store', () => {
  let database: TestDatabase;
  const open: DataSource[] = [];
  const settings = () => ({ url: database.url, connectionsMax: 4, statementMs: 5_000 });
  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(async () => {
    for (const source of open.splice(0)) await source.destroy();
    await database.drop();
  });

  it('is migrated once by six processes that start at the same time', async () => {
    open.push(...(await Promise.all(Array.from({ length: 6 }, () => openDatabase(settings())))));
    const [store] = open;
    const rows = await store?.query('SELECT name FROM schema_migration');
    expect(rows).toHaveLength(store?.migrations.length ?? -1);
  });

  it('is left as it is by a second migration', async () => {
    const store = await openDatabase(settings());
    open.push(store);
    await store.query("INSERT INTO instance_state (instance, paused, changed_at) VALUES ('eakte', true, now())");
    await migrate(store);
    await expect(store.query('SELECT instance FROM instance_state')).resolves.toEqual([{ instance: 'eakte' }]);
  });

  it('keeps marked statements prepared on each connection, and runs every other as it comes', async () => {
    const store = await openDatabase(settings());
    open.push(store);
    const marked = prepared('SELECT $1::int + 1 AS sum');
    const runner = store.createQueryRunner();
    for (const n of [1, 2, 3]) {
      await expect(runner.query(marked, [n])).resolves.toEqual([{ sum: n + 1 }]);
      await expect(runner.query('SELECT $1::int + 2 AS sum', [n])).resolves.toEqual([{ sum: n + 2 }]);
    }
    await expect(runner.query(marked, ['x'])).rejects.toThrow('invalid input syntax');
    await expect(runner.query('SELECT statement FROM pg_prepared_statements')).resolves.toEqual([{ statement: marked }]);
    await runner.release();
  });

  it('has a table with every column of every entity', async () => {
    const store = await openDatabase(settings());
    open.push(store);
    for (const { target } of store.entityMetadatas) await expect(store.manager.find(target)).resolves.toEqual([]);
    expect(store.entityMetadatas.length).toBeGreaterThan(5);
  });

  it('can be taken back to an empty database', async () => {
    const store = await openDatabase(settings());
    open.push(store);
    for (const _migration of store.migrations) await store.undoLastMigration({ transaction: 'all' });
    const tables = await store.query("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'");
    expect(tables).toEqual([{ table_name: 'schema_migration' }]);
  });

  it('holds no connection when its migration failed', async () => {
    const blocker = await new DataSource(databaseOptions(settings())).initialize();
    open.push(blocker);
    await blocker.query('CREATE TABLE application (wrong int)');
    await expect(openDatabase(settings())).rejects.toThrow('already exists');
    const [others] = await blocker.query<{ count: number }[]>(
      "SELECT count(*)::int AS count FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'amtsbote' AND pid <> pg_backend_pid() AND state <> 'idle'",
    );
    expect(others).toEqual({ count: 0 });
    // The lock of the failed migration is free again.
    await expect(blocker.query('SELECT pg_try_advisory_lock(7238401) AS free')).resolves.toEqual([{ free: true }]);
  });

  it('cuts off statements that take longer than configured', async () => {
    const store = await openDatabase({ ...settings(), statementMs: 200 });
    open.push(store);
    await expect(store.query('SELECT pg_sleep(5)')).rejects.toThrow('statement timeout');
  });

  it('tells rows of RETURNING and numbers of rows touched, also for none', async () => {
    const store = await openDatabase(settings());
    open.push(store);
    const insert = 'INSERT INTO instance_state (instance, changed_at) VALUES ($1, now()) ON CONFLICT DO NOTHING RETURNING instance';
    await expect(returning(store, insert, ['a'])).resolves.toEqual([{ instance: 'a' }]);
    await expect(returning(store, insert, ['a'])).resolves.toEqual([]);
    const update = 'UPDATE instance_state SET paused = true WHERE instance = $1';
    await expect(returning(store, `${update} RETURNING instance`, ['a'])).resolves.toEqual([{ instance: 'a' }]);
    await expect(returning(store, `${update} RETURNING instance`, ['b'])).resolves.toEqual([]);
    await expect(affected(store, update, ['a'])).resolves.toBe(1);
    await expect(affected(store, update, ['b'])).resolves.toBe(0);
  });
});
