// SPDX-License-Identifier: EUPL-1.2
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import {
  ADMIN,
  anObject,
  aService,
  pagesOf,
  put,
  remove,
  SOURCE,
  startCatalogue,
  type TestCatalogue,
} from '../../../../../test/support/catalogue.js';
import { TENANT } from '../../../../../test/support/house.js';

const KEY = '99050012104000';
const services = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => put(aService(`s${from + index}`, `Leistung ${from + index}`)));
const theService = (cents: number) =>
  aService('gewerbe', 'Gewerbe anmelden', {
    leikaKeys: [{ key: KEY }],
    fees: [{ fees: [{ rule: { kind: 'fixed', amount: { cents } } }] }],
  });
const office = (id: string, area = '057110000000') =>
  anObject('organisation', id, {
    names: [{ language: 'de', text: `Amt ${id}` }],
    competences: [{ serviceId: { value: 'gewerbe' }, areaIds: [{ value: area }], role: { code: '01' } }],
  });

describe('a run that would do harm', () => {
  let catalogue: TestCatalogue;
  const keys = async () => Object.keys(await catalogue.current());
  beforeEach(async () => {
    catalogue = await startCatalogue(
      { vanishCountMin: 2, vanishShareMax: 0.5 },
      {
        config: {
          routes: [
            { name: 'gewerbe', match: { leikaKeys: [KEY] }, steps: [{ name: 'file', kind: 'filing', instance: 'eakte' }] },
            { name: 'filed', match: { formIds: ['filed'] }, steps: [{ name: 'file', kind: 'filing', instance: 'eakte' }] },
          ],
        },
      },
    );
    catalogue.source.reads = [pagesOf('snapshot', [...services(0, 6), put(theService(2600)), put(office('ordnungsamt'))])];
    await catalogue.run();
  });
  afterEach(async () => catalogue.close());

  it('is held when too much of one kind would vanish; approved it goes on', async () => {
    catalogue.source.reads = [pagesOf('snapshot', [...services(0, 2), put(theService(2600)), put(office('ordnungsamt'))])];
    const held = await catalogue.run();
    expect(held).toMatchObject({
      state: 'held',
      hold: [{ reason: 'vanishing', detail: '4 of 7 objects of kind service would be removed.', kind: 'service', before: 7, removed: 4 }],
    });
    await expect(keys()).resolves.toHaveLength(8);
    // Nobody overtakes it.
    await expect(catalogue.commands.sync(ADMIN, SOURCE)).rejects.toMatchObject({ status: 409, code: 'run-open' });
    await catalogue.commands.approve(ADMIN, held.id);
    await catalogue.work();
    expect(await catalogue.find(held.id)).toMatchObject({ state: 'applied', approvedBy: 'admin:test', version: 2 });
    await expect(keys()).resolves.toHaveLength(4);
  });

  it('goes away when it is discarded, with everything it had staged', async () => {
    catalogue.source.reads = [pagesOf('snapshot', [put(aService('x', 'X')), put(theService(2600)), put(office('ordnungsamt'))])];
    const held = await catalogue.run();
    expect(held.state).toBe('held');
    await catalogue.commands.discard(ADMIN, held.id);
    await expect(catalogue.commands.approve(ADMIN, held.id)).rejects.toMatchObject({ status: 409, code: 'wrong-state' });
    await catalogue.cleaning.round();
    await expect(keys()).resolves.toHaveLength(8);
    await expect(catalogue.house.query("SELECT relname FROM pg_class WHERE relname ~ '^catalogue_(stage|change)_'")).resolves.toEqual([]);
    await expect(catalogue.house.query('SELECT count(*)::int AS n FROM catalogue_content')).resolves.toEqual([{ n: 8 }]);
  });

  it('tells what it breaks before it is applied: the office, the fee, the route, the open application', async () => {
    await catalogue.house.submit({ leikaKeys: [KEY] });
    catalogue.source.reads = [
      pagesOf('increments', [put(theService(3900)), remove('organisation', 'ordnungsamt'), put(office('buergeramt'))]),
    ];
    const held = await catalogue.run();
    expect(held).toMatchObject({ state: 'held', hold: [{ reason: 'impact' }] });
    const use = { tenant: TENANT, leikaKey: KEY, routes: ['gewerbe'], endpoints: [], openApplications: 1 };
    expect(held.impact).toEqual([
      { what: 'authority', before: 'L100042:ordnungsamt', after: 'L100042:buergeramt', ...use },
      { what: 'fee', before: '26.00 EUR', after: '39.00 EUR', ...use },
    ]);
    const view = await catalogue.views.of(null);
    expect((await catalogue.competences.find(KEY, TENANT, view)).authority?.id).toBe('ordnungsamt');
  });

  it('breaks a service that is in use: one line, not one for each of its parts', async () => {
    catalogue.source.reads = [pagesOf('increments', [remove('service', 'gewerbe')])];
    const { impact } = await catalogue.run();
    expect(impact).toEqual([expect.objectContaining({ what: 'service', before: 'L100042:gewerbe', after: null, routes: ['gewerbe'] })]);
  });

  it('only tells in a dry run, and leaves nothing behind', async () => {
    catalogue.source.reads = [pagesOf('snapshot', [...services(0, 3), put(aService('neu', 'Neu'))])];
    const run = await catalogue.run({ isDryRun: true });
    expect(run).toMatchObject({ state: 'checked', version: null, counts: { added: 1, removed: 5, unchanged: 3 } });
    expect(run.hold?.map(({ reason }) => reason)).toEqual(['vanishing', 'impact']);
    await expect(keys()).resolves.toHaveLength(8);
    await expect(catalogue.house.query('SELECT version FROM catalogue_head')).resolves.toEqual([{ version: 1 }]);
    await expect(catalogue.house.query('SELECT count(*)::int AS n FROM catalogue_content')).resolves.toEqual([{ n: 8 }]);
  });
});

describe('a run that breaks more than the office', () => {
  let catalogue: TestCatalogue;
  beforeEach(async () => {
    catalogue = await startCatalogue(
      {},
      {
        config: {
          routes: [],
          endpoints: { gewerbe: { adapter: 'forms-fake', tenant: TENANT, options: { services: { gewerbe: KEY } } } },
        },
      },
    );
  });
  afterEach(async () => catalogue.close());
  const subject = (kind: 'onlineService' | 'form', id: string, uri: string) =>
    anObject(kind, id, {
      names: [{ language: 'de', text: id }],
      links: [{ uri }],
      competences: [{ serviceId: { value: 'gewerbe' }, areaIds: [{ value: '057110000000' }] }],
    });

  it('tells which online service and which form go, and which endpoint depends on it', async () => {
    catalogue.source.reads = [
      pagesOf('increments', [
        put(theService(2600)),
        put(subject('onlineService', 'portal', 'https://portal.example/alt')),
        put(subject('form', 'formular', 'https://formulare.example/1')),
      ]),
      pagesOf('increments', [put(subject('onlineService', 'portal', 'https://portal.example/neu')), remove('form', 'formular')]),
    ];
    await catalogue.run();
    const held = await catalogue.run();
    const use = { tenant: TENANT, leikaKey: KEY, routes: [], endpoints: ['gewerbe'], openApplications: 0 };
    expect(held).toMatchObject({ state: 'held', hold: [{ reason: 'impact' }] });
    expect(held.impact).toEqual([
      {
        what: 'onlineService',
        before: 'L100042:portal https://portal.example/alt',
        after: 'L100042:portal https://portal.example/neu',
        ...use,
      },
      { what: 'form', before: 'L100042:formular https://formulare.example/1', after: null, ...use },
    ]);
  });
});

describe('going back', () => {
  let catalogue: TestCatalogue;
  beforeEach(async () => {
    catalogue = await startCatalogue();
    const withCursor = (cursor: string, ...changes: Parameters<typeof put>[0][]) =>
      pagesOf('increments', changes.map(put)).map((page) => ({ ...page, cursor }));
    catalogue.source.reads = [
      withCursor('1', aService('a', 'Eins'), aService('b', 'Eins')),
      [...withCursor('2', aService('a', 'Zwei'), aService('c', 'Zwei'))],
      pagesOf('increments', [remove('service', 'b'), put(aService('a', 'Drei'))]).map((page) => ({ ...page, cursor: '3' })),
    ];
  });
  afterEach(async () => catalogue.close());
  const titles = async () =>
    Object.fromEntries(
      Object.entries(await catalogue.current()).map(([key, object]) => [
        key.slice(-1),
        JSON.stringify(object).match(/Eins|Zwei|Drei/)?.[0],
      ]),
    );

  it('to a run restores exactly what it left, as a new version; nothing is written twice', async () => {
    const first = await catalogue.run();
    await catalogue.run();
    await catalogue.run();
    await expect(titles()).resolves.toEqual({ a: 'Drei', c: 'Zwei' });
    const before = await catalogue.house.query('SELECT count(*) FROM catalogue_content');
    const { id } = await catalogue.commands.rollback(ADMIN, first.id);
    await catalogue.work();
    expect(await catalogue.find(id)).toMatchObject({ state: 'applied', version: 4, counts: { added: 1, changed: 1, removed: 1 } });
    await expect(titles()).resolves.toEqual({ a: 'Eins', b: 'Eins' });
    await expect(catalogue.house.query('SELECT count(*) FROM catalogue_content')).resolves.toEqual(before);
    // The next read goes on where that run ended, so nothing that came after it is lost; and only when somebody asks.
    const [source] = await catalogue.queries.sources(null);
    expect(source?.pausedReason).toBe(`rolled back by run ${id}`);
    await catalogue.run();
    expect(catalogue.source.cursors).toEqual([null, '1', '2', '1']);
    expect((await catalogue.queries.sources(null))[0]?.pausedReason).toBeNull();
  });

  it('is possible by looking only: every version can be read as it was', async () => {
    for (let run = 0; run < 3; run += 1) await catalogue.run();
    const titleAt = async (version: number) =>
      (await catalogue.search.search({ version }, null, 10)).items.map(({ id, title }) => `${id} ${title.de ?? ''}`);
    await expect(titleAt(1)).resolves.toEqual(['a Eins', 'b Eins']);
    await expect(titleAt(2)).resolves.toEqual(['b Eins', 'a Zwei', 'c Zwei']);
    await expect(titleAt(3)).resolves.toEqual(['c Zwei', 'a Drei']);
    const key = { schemeAgencyId: 'L100042', id: 'a' };
    const { completeFrom, states } = await catalogue.objects.history(['service'], key, await catalogue.views.of(null));
    expect(completeFrom).toBe(0);
    expect(states.map(({ fromVersion, toVersion }) => [fromVersion, toVersion])).toEqual([
      [1, 2],
      [2, 3],
      [3, null],
    ]);
  });

  it('shows the difference between two runs in both directions, page by page', async () => {
    const [first, , third] = [await catalogue.run(), await catalogue.run(), await catalogue.run()];
    const forth = await catalogue.queries.diff(first, third, undefined, 10);
    expect(forth.items.map(({ op, id }) => `${op} ${id}`)).toEqual(['change a', 'remove b', 'add c']);
    const back = await catalogue.queries.diff(third, first, undefined, 10);
    expect(back.items.map(({ op, id }) => `${op} ${id}`)).toEqual(['change a', 'add b', 'remove c']);
    const page = await catalogue.queries.diff(first, third, undefined, 2);
    const rest = await catalogue.queries.diff(first, third, page.next, 2);
    expect([...page.items, ...rest.items]).toEqual(forth.items);
    expect(rest.next).toBeUndefined();
  });
});
