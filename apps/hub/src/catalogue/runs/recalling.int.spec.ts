// SPDX-License-Identifier: EUPL-1.2
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { aService, pagesOf, put, remove, SOURCE, startCatalogue, type TestCatalogue } from '../../../../../test/support/catalogue.js';

const services = (count: number) => Array.from({ length: count }, (_, index) => put(aService(`s${index}`, `Leistung ${index}`)));

describe('what was read before', () => {
  let catalogue: TestCatalogue;
  beforeEach(async () => {
    catalogue = await startCatalogue({ vanishShareMax: 1, holdOnImpact: false });
    catalogue.source.handwriting = 'neat';
    catalogue.source.reads = [pagesOf('snapshot', services(3))];
    await catalogue.run();
  });
  afterEach(async () => catalogue.close());
  /** Runs, and counts what was recognised meanwhile. */
  const recognised = async (): Promise<number> => {
    const before = catalogue.source.recognised.length;
    expect(await catalogue.run({ isFull: true })).toMatchObject({ state: 'applied' });
    return catalogue.source.recognised.length - before;
  };
  const contents = async () => (await catalogue.house.query<{ n: number }>('SELECT count(*)::int AS n FROM catalogue_content'))[0]?.n;

  it('is recognised, counted as unchanged, and not written again', async () => {
    expect(catalogue.source.recognised).toEqual([]);
    await expect(recognised()).resolves.toBe(3);
    expect((await catalogue.runs.list([SOURCE], 1))[0]).toMatchObject({
      counts: { added: 0, changed: 0, removed: 0, unchanged: 3 },
      version: 1,
    });
    await expect(contents()).resolves.toBe(3);
  });

  it('is recognised again with what was to be said about it', async () => {
    catalogue.source.remarks = '{"findings":[]}';
    catalogue.source.reads = [pagesOf('snapshot', [...services(3), put(aService('new', 'Neu'))])];
    await recognised();
    catalogue.source.remarks = undefined;
    await recognised();
    expect(catalogue.source.recognised.slice(-4).map(([, remarks]) => remarks)).toEqual([null, null, null, '{"findings":[]}']);
  });

  it('is read once more when it is written otherwise, makes no version, and is recognised from then on', async () => {
    catalogue.source.handwriting = 'hasty';
    await expect(recognised()).resolves.toBe(0);
    await expect(recognised()).resolves.toBe(3);
    expect(await catalogue.run({ isFull: true })).toMatchObject({ version: 1, counts: { unchanged: 3, changed: 0 } });
    await expect(contents()).resolves.toBe(3);
  });

  it('is not marked by a trial', async () => {
    catalogue.source.handwriting = 'hasty';
    expect(await catalogue.run({ isFull: true, isDryRun: true })).toMatchObject({ state: 'checked' });
    await expect(recognised()).resolves.toBe(0);
  });

  it('counts in its place among other changes: the last one holds', async () => {
    const [first, second, third] = services(3);
    if (first === undefined || second === undefined || third === undefined) throw new Error('three were made');
    const other = put(aService('s1', 'Anders'));
    catalogue.source.reads = [
      pagesOf('increments', [remove('service', 's0'), other, first], [second, other, third, remove('service', 's2')]),
    ];
    await expect(recognised()).resolves.toBe(3);
    await expect(catalogue.current()).resolves.toEqual({
      'service L100042:s0': first.op === 'put' && first.object,
      'service L100042:s1': aService('s1', 'Anders'),
    });
  });

  it('is what the catalogue says now: an earlier state is read again, and recognised once the catalogue has gone back to it', async () => {
    const changed = pagesOf('snapshot', [put(aService('s0', 'Anders')), ...services(3).slice(1)]);
    catalogue.source.reads = [changed];
    await expect(recognised()).resolves.toBe(2);
    expect(await catalogue.run({ kind: 'rollback', targetVersion: 1 })).toMatchObject({ state: 'applied' });
    await expect(recognised()).resolves.toBe(2);
    expect(await catalogue.run({ kind: 'rollback', targetVersion: 1 })).toMatchObject({ state: 'applied' });
    catalogue.source.reads = [pagesOf('snapshot', services(3))];
    await expect(recognised()).resolves.toBe(3);
  });

  it('belongs to its source', async () => {
    const run = await catalogue.find(1);
    await catalogue.house.query('UPDATE catalogue_object SET source_no = source_no + 1');
    const recall = catalogue.recalling.of(run);
    await expect(recall(['00'.repeat(24)])).resolves.toEqual(new Map());
    const [row] = await catalogue.house.query<{ digest: string }>("SELECT encode(digest, 'hex') AS digest FROM catalogue_object LIMIT 1");
    await expect(recall([row?.digest ?? ''])).resolves.toEqual(new Map());
    await expect(catalogue.recalling.of({ sourceNo: run.sourceNo + 1 })([row?.digest ?? ''])).resolves.toEqual(
      new Map([[row?.digest, null]]),
    );
  });
});
