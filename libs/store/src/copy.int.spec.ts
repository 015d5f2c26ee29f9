// SPDX-License-Identifier: EUPL-1.2
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DataSource, type QueryRunner } from 'typeorm';

import { createTestDatabase, type TestDatabase } from '../../../test/support/database.js';
import { arrayLiteral, copyInto, copyLine } from './copy.js';
import { databaseOptions } from './database.js';

const ODD = ['', 'null', 'NULL', '\\N', '\\', '"', '{a,b}', 'a b', 'Tab\tEnde\r\n', "'", 'ä€😀', '\\x41'];

describe('copying rows', () => {
  let database: TestDatabase;
  let source: DataSource;
  let runner: QueryRunner;
  beforeEach(async () => {
    database = await createTestDatabase();
    source = await new DataSource(databaseOptions({ url: database.url, connectionsMax: 2, statementMs: 10_000 })).initialize();
    runner = source.createQueryRunner();
    await runner.query('CREATE TABLE copied (n int PRIMARY KEY, t text, f boolean)');
  });
  afterEach(async () => {
    await runner.release();
    await source.destroy();
    await database.drop();
  });
  const rows = () => runner.query('SELECT n, t, f FROM copied ORDER BY n');

  it('writes every text as it is', async () => {
    await copyInto(
      runner,
      'copied (n, t, f)',
      [...ODD, null].map((text, n) => copyLine([n, text, text === null])),
    );
    await expect(rows()).resolves.toEqual([...ODD, null].map((t, n) => ({ n, t, f: t === null })));
  });

  it('replaces the one character that cannot be stored', async () => {
    await copyInto(runner, 'copied (n, t)', [copyLine([1, 'a\0b'])]);
    await expect(rows()).resolves.toEqual([{ n: 1, t: 'a\uFFFDb', f: null }]);
  });

  it('writes more than fits into one piece, and nothing for no rows', async () => {
    await copyInto(runner, 'copied (n)', []);
    await copyInto(
      runner,
      'copied (n, t)',
      Array.from({ length: 5_000 }, (_, n) => copyLine([n, 'x'.repeat(100)])),
    );
    await expect(runner.query('SELECT count(*)::int AS n FROM copied')).resolves.toEqual([{ n: 5_000 }]);
  });

  it('fails as a whole, and the connection stays usable', async () => {
    await expect(copyInto(runner, 'copied (n)', [copyLine([1]), copyLine(['x'])])).rejects.toThrow('invalid input syntax');
    await expect(rows()).resolves.toEqual([]);
    await expect(copyInto(runner, 'nowhere (n)', [copyLine([1])])).rejects.toThrow('does not exist');
    await expect(rows()).resolves.toEqual([]);
  });

  it('fails with the reason why a row could not be made', async () => {
    const broken = (function* (): Generator<string> {
      yield copyLine([1]);
      throw new Error('no such row');
    })();
    await expect(copyInto(runner, 'copied (n)', broken)).rejects.toThrow('no such row');
    await expect(rows()).resolves.toEqual([]);
  });

  it('is rolled back with its transaction', async () => {
    await runner.startTransaction();
    await copyInto(runner, 'copied (n)', [copyLine([1])]);
    await runner.rollbackTransaction();
    await expect(rows()).resolves.toEqual([]);
  });

  it('understands array literals of any text and number', async () => {
    await expect(
      runner.query('SELECT $1::text[] AS t, $2::bigint[] AS n, $3::text[] AS e', [
        arrayLiteral(ODD),
        arrayLiteral([1, -2]),
        arrayLiteral([]),
      ]),
    ).resolves.toEqual([{ t: ODD, n: ['1', '-2'], e: [] }]);
  });
});
