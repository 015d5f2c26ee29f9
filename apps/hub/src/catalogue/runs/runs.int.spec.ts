// SPDX-License-Identifier: EUPL-1.2
import { DeliveryError } from '@amtsbote/adapter-kit';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { anObject, aService, pagesOf, put, remove, startCatalogue, type TestCatalogue } from '../../../../../test/support/catalogue.js';

const services = (count: number, title = 'Leistung') =>
  Array.from({ length: count }, (_, index) => put(aService(`s${index}`, `${title} ${index}`)));

describe('a run', () => {
  let catalogue: TestCatalogue;
  beforeEach(async () => {
    catalogue = await startCatalogue({ vanishCountMin: 2, vanishShareMax: 0.5, retries: 1, retryMs: 1_000 });
  });
  afterEach(async () => catalogue.close());
  const keys = async () => Object.keys(await catalogue.current());
  const tables = async () =>
    (
      await catalogue.house.query<{ name: string }>("SELECT relname AS name FROM pg_class WHERE relname ~ '^catalogue_(stage|change)_'")
    ).map(({ name }) => name);
  const contents = async () =>
    (await catalogue.house.query<{ count: number }>('SELECT count(*)::int AS count FROM catalogue_content'))[0]?.count;

  it('takes a snapshot over: adds, changes, removes, and rewrites nothing that did not change', async () => {
    catalogue.source.reads = [
      pagesOf('snapshot', services(3)),
      pagesOf('snapshot', [...services(2), put(aService('s1', 'Anders')), put(aService('new', 'Neu'))]),
    ];
    const first = await catalogue.run();
    expect(first).toMatchObject({
      state: 'applied',
      mode: 'snapshot',
      version: 1,
      failure: null,
      counts: { added: 3, changed: 0, removed: 0, unchanged: 0 },
    });
    const second = await catalogue.run();
    expect(second).toMatchObject({ state: 'applied', version: 2, counts: { added: 1, changed: 1, removed: 1, unchanged: 1 } });
    await expect(keys()).resolves.toEqual(['service L100042:new', 'service L100042:s0', 'service L100042:s1']);
    expect((await catalogue.current())['service L100042:s1']).toEqual(aService('s1', 'Anders'));
    const history = await catalogue.house.query(
      'SELECT object_id AS id, from_version AS "from", to_version AS "to" FROM catalogue_object ORDER BY 1, 2',
    );
    expect(history).toEqual([
      { id: 'new', from: 2, to: null },
      { id: 's0', from: 1, to: null },
      { id: 's1', from: 1, to: 2 },
      { id: 's1', from: 2, to: null },
      { id: 's2', from: 1, to: 2 },
    ]);
    await expect(tables()).resolves.toEqual([]);
  });

  it('makes no version and writes no content when nothing changed', async () => {
    catalogue.source.reads = [pagesOf('snapshot', services(3))];
    await catalogue.run();
    const before = await contents();
    await expect(catalogue.run()).resolves.toMatchObject({
      state: 'applied',
      version: 1,
      counts: { unchanged: 3, added: 0, changed: 0, removed: 0 },
    });
    await expect(contents()).resolves.toBe(before);
    await expect(catalogue.house.query('SELECT version FROM catalogue_version')).resolves.toEqual([{ version: 1 }]);
  });

  it('takes increments over in their order; removing what is not there is counted, not an error', async () => {
    catalogue.source.reads = [
      pagesOf('increments', services(2)),
      pagesOf(
        'increments',
        [remove('service', 's0'), put(aService('s1', 'Zweite')), remove('service', 'nie')],
        [put(aService('s0', 'Wieder da'))],
      ),
    ];
    await catalogue.run();
    const run = await catalogue.run();
    expect(run).toMatchObject({ state: 'applied', counts: { added: 0, changed: 2, removed: 0, unknownRemovals: 1 } });
    const current = await catalogue.current();
    expect(current['service L100042:s0']).toEqual(aService('s0', 'Wieder da'));
    expect(current['service L100042:s1']).toEqual(aService('s1', 'Zweite'));
  });

  it('tells objects of different kinds and agencies apart that have the same id', async () => {
    const objects = [
      aService('1', 'A'),
      anObject('organisation', '1'),
      anObject('service', '1', {}, ''),
      anObject('service', '1', {}, 'S100'),
    ];
    catalogue.source.reads = [pagesOf('snapshot', objects.map(put))];
    await catalogue.run();
    await expect(keys()).resolves.toEqual(['organisation L100042:1', 'service :1', 'service L100042:1', 'service S100:1']);
  });

  it('forgets what came from a document that turned out to be unusable, and keeps what another document said of the same object', async () => {
    const [good, bad, end] = pagesOf(
      'snapshot',
      [put(aService('s0', 'Gut'))],
      [put(aService('s0', 'Schlecht')), put(aService('s9', 'Schlecht'))],
      [],
    );
    if (good === undefined || bad === undefined || end === undefined) throw new Error('three pages');
    catalogue.source.reads = [[good, bad, { ...end, document: bad.document, isWithdrawn: true }]];
    await expect(catalogue.run()).resolves.toMatchObject({ state: 'applied', counts: { added: 1 } });
    await expect(catalogue.current()).resolves.toEqual({ 'service L100042:s0': aService('s0', 'Gut') });
    // The content of the withdrawn page is gone with it.
    await expect(contents()).resolves.toBe(1);
  });

  it('removes nothing when a document of a snapshot was withdrawn: nobody knows what it described (objects of an isolated file vanished)', async () => {
    const [first, lost, end] = pagesOf('snapshot', [put(aService('s0', 'Neu'))], [put(aService('s1', 'Neu'))], []);
    if (first === undefined || lost === undefined || end === undefined) throw new Error('three pages');
    catalogue.source.reads = [
      pagesOf('snapshot', services(4)),
      [first, lost, { ...lost, changes: [], isWithdrawn: true }, { ...end, changes: [remove('service', 's3')] }],
    ];
    await catalogue.run();
    const run = await catalogue.run();
    expect(run).toMatchObject({ state: 'applied', counts: { added: 0, changed: 1, removed: 1, unchanged: 2 } });
    await expect(keys()).resolves.toEqual(['service L100042:s0', 'service L100042:s1', 'service L100042:s2']);
    expect((await catalogue.current())['service L100042:s1']).toEqual(aService('s1', 'Leistung 1'));
    await expect(catalogue.queries.findings(run.id, 0, 10)).resolves.toMatchObject([
      { severity: 'muss', code: 'catalogue/document-withdrawn', document: 'block-1' },
    ]);
  });

  it('does not remove what a finding names as there and not taken', async () => {
    const [page] = pagesOf('snapshot', [put(aService('s0', 'Neu'))]);
    if (page === undefined) throw new Error('one page');
    const finding = {
      severity: 'muss' as const,
      code: 'test/no-subject',
      message: 'Not taken.',
      document: 'block-0',
      kind: 'service' as const,
    };
    catalogue.source.reads = [
      pagesOf('snapshot', services(3)),
      [{ ...page, findings: [{ ...finding, key: { schemeAgencyId: 'L100042', id: 's1' } }] }],
    ];
    await catalogue.run();
    await expect(catalogue.run()).resolves.toMatchObject({ state: 'applied', counts: { changed: 1, removed: 1, unchanged: 1 } });
    await expect(keys()).resolves.toEqual(['service L100042:s0', 'service L100042:s1']);
  });

  it('stores what PostgreSQL cannot hold as replacement characters in keys and lookups, and the document as it came', async () => {
    const odd = aService('ungew\u00f6hnlich\t\\N', 'Titel mit \0 und \ud800 \\ Tab\t');
    catalogue.source.reads = [pagesOf('snapshot', [put(odd)])];
    await expect(catalogue.run()).resolves.toMatchObject({ state: 'applied' });
    expect(Object.values(await catalogue.current())).toEqual([odd]);
  });

  describe('that does not get to its end', () => {
    beforeEach(async () => {
      catalogue.source.reads = [pagesOf('snapshot', services(3))];
      await catalogue.run();
    });
    const untouched = async () => {
      await expect(keys()).resolves.toEqual(['service L100042:s0', 'service L100042:s1', 'service L100042:s2']);
      await expect(tables()).resolves.toEqual([]);
      await expect(contents()).resolves.toBe(3);
    };

    it('sweeps nothing when the last page is missing', async () => {
      catalogue.source.reads = [pagesOf('snapshot', [put(aService('x', 'X'))]).map((page) => ({ ...page, isLast: false }))];
      await expect(catalogue.run()).resolves.toMatchObject({ state: 'failed', failure: { kind: 'refused', code: 'catalogue/incomplete' } });
      await untouched();
    });

    it('deletes nothing when the snapshot is empty', async () => {
      catalogue.source.reads = [pagesOf('snapshot', [])];
      await expect(catalogue.run()).resolves.toMatchObject({ state: 'failed', failure: { code: 'catalogue/empty-snapshot' } });
      await untouched();
    });

    it('changes nothing when the source refuses in the middle', async () => {
      const refuse = () => {
        throw DeliveryError.refused('catalogue-fake/broken', 'The file is broken.');
      };
      catalogue.source.reads = [[...pagesOf('snapshot', [put(aService('x', 'X'))], []).slice(0, 1), refuse]];
      await expect(catalogue.run()).resolves.toMatchObject({ state: 'failed', failure: { code: 'catalogue-fake/broken' } });
      await untouched();
    });

    it('tries again after a pause when the source was not reached, and gives up after the last try', async () => {
      const fail = () => {
        throw DeliveryError.unavailable('catalogue-fake/away', 'Nobody answers.');
      };
      catalogue.source.reads = [[fail]];
      const waiting = await catalogue.run();
      expect(waiting).toMatchObject({ state: 'reading', failures: 1, failure: { code: 'catalogue-fake/away' } });
      catalogue.house.clock.advance(999);
      await catalogue.work();
      expect(await catalogue.find(waiting.id)).toMatchObject({ state: 'reading' });
      catalogue.house.clock.advance(1);
      await catalogue.work();
      expect(await catalogue.find(waiting.id)).toMatchObject({ state: 'failed', failure: { code: 'catalogue-fake/away' } });
      await untouched();
    });
  });
});
