// SPDX-License-Identifier: EUPL-1.2
import { PostgresQueue } from '@amtsbote/bus';
import { type Message, parseMessage } from '@amtsbote/canonical';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import {
  ADMIN,
  anObject,
  aService,
  FakeSource,
  pagesOf,
  put,
  remove,
  startCatalogue,
  type TestCatalogue,
} from '../../../../../test/support/catalogue.js';
import { TENANT } from '../../../../../test/support/house.js';

const KEY = '99050012104000';
const office = (id: string) =>
  anObject('organisation', id, {
    names: [{ language: 'de', text: `Amt ${id}` }],
    competences: [{ serviceId: { value: 'gewerbe' }, areaIds: [{ value: TENANT }], role: { code: '01' } }],
  });

describe('a change of the catalogue', () => {
  let catalogue: TestCatalogue;
  const land = new FakeSource();
  beforeEach(async () => {
    catalogue = await startCatalogue(
      {},
      {
        others: { land },
        config: {
          routes: [{ name: 'gewerbe', match: { leikaKeys: [KEY] }, steps: [{ name: 'file', kind: 'filing', instance: 'eakte' }] }],
        },
      },
    );
    catalogue.source.reads = [pagesOf('increments', [put(aService('gewerbe', 'Gewerbe anmelden', { leikaKeys: [{ key: KEY }] }))])];
    land.reads = [pagesOf('increments', [put(office('alt'))])];
  });
  afterEach(async () => catalogue.close());
  const messages = async () => {
    const rows = await catalogue.house.query<{ envelope: unknown }>(
      "SELECT envelope FROM message WHERE type LIKE 'catalogue.%' ORDER BY seq",
    );
    return rows.map(({ envelope }) => parseMessage(envelope) as Message<'catalogue.changed.v1'>);
  };
  const fromLand = async () => catalogue.run({ source: 'land' });
  const handled = async () => {
    for (const { tenant, data } of await messages()) await catalogue.rechecking.recheck(tenant, data);
    await catalogue.work();
  };

  it('is said on the bus with the version it made, for going back as for going on; nothing is said when nothing changed', async () => {
    const first = await catalogue.run();
    await catalogue.run();
    catalogue.source.reads = [pagesOf('increments', [put(aService('hund', 'Hundesteuer anmelden'))])];
    await catalogue.run();
    await catalogue.commands.rollback(ADMIN, first.id);
    await catalogue.work();
    expect((await messages()).map(({ subject, tenant, data }) => [subject, tenant, data])).toEqual([
      ['catalogue/katalog', TENANT, { source: 'katalog', run: 1, version: 1, cause: 'sync', added: 1, changed: 0, removed: 0 }],
      ['catalogue/katalog', TENANT, { source: 'katalog', run: 3, version: 2, cause: 'sync', added: 1, changed: 0, removed: 0 }],
      ['catalogue/katalog', TENANT, { source: 'katalog', run: 4, version: 3, cause: 'rollback', added: 0, changed: 0, removed: 1 }],
    ]);
  });

  it('is said only when it is kept: not by a dry run, not by a held one, not by one whose end cannot be written', async () => {
    await catalogue.run({ isDryRun: true });
    await catalogue.run();
    await fromLand();
    const before = await messages();
    land.reads = [pagesOf('increments', [remove('organisation', 'alt')])];
    await expect(fromLand()).resolves.toMatchObject({ state: 'held' });
    await catalogue.house.query(
      "CREATE FUNCTION refuse() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'the disk is full'; END $$ LANGUAGE plpgsql; " +
        "CREATE TRIGGER refuse BEFORE UPDATE ON catalogue_run FOR EACH ROW WHEN (NEW.state = 'applied') EXECUTE FUNCTION refuse()",
    );
    catalogue.source.reads = [pagesOf('increments', [put(aService('hund', 'Hundesteuer anmelden'))])];
    await expect(catalogue.run()).resolves.toMatchObject({ state: 'applying', version: null });
    expect(await messages()).toEqual(before);
  });

  it('waits in the queue of the bus in the order of versions', async () => {
    await catalogue.run();
    catalogue.source.reads = [pagesOf('increments', [put(aService('hund', 'Hundesteuer anmelden'))])];
    await catalogue.run();
    const queue = new PostgresQueue(catalogue.house.house.database, catalogue.house.clock);
    const versions: unknown[] = [];
    for (;;) {
      const claimed = await queue.claim(['catalogue.changed.v1'], 10, 60_000);
      if (claimed.length === 0) break;
      versions.push(...claimed.map(({ envelope }) => (parseMessage(envelope) as Message<'catalogue.changed.v1'>).data.version));
      await queue.acknowledge(claimed);
    }
    expect(versions).toEqual([1, 2]);
  });

  it('by another source lets a held run go on whose reason went away', async () => {
    await catalogue.run();
    await fromLand();
    land.reads = [pagesOf('increments', [remove('organisation', 'alt')])];
    const held = await fromLand();
    expect(held).toMatchObject({ state: 'held', impact: [{ what: 'authority', before: 'L100042:alt', after: null }] });
    // The municipality itself says now that the office is another one: what the Land removes is in nobody's way any more.
    catalogue.source.reads = [pagesOf('increments', [put(office('aaa'))])];
    const other = await catalogue.run();
    expect(other).toMatchObject({ state: 'held', impact: [{ what: 'authority', after: 'L100042:aaa' }] });
    await catalogue.commands.approve(ADMIN, other.id);
    await catalogue.work();
    expect(await catalogue.find(held.id)).toMatchObject({ state: 'held' });
    await handled();
    expect(await catalogue.find(held.id)).toMatchObject({ state: 'applied', approvedBy: null });
  });

  it('by another source brings the report of a held run up to date; what comes late or twice finds nothing to do', async () => {
    await catalogue.run();
    await fromLand();
    land.reads = [pagesOf('increments', [remove('organisation', 'alt')])];
    const held = await fromLand();
    catalogue.source.reads = [pagesOf('increments', [put(aService('hund', 'Hundesteuer anmelden'))])];
    await catalogue.run();
    const [late] = await messages();
    if (late === undefined) throw new Error('nothing was said');
    await expect(catalogue.rechecking.recheck(TENANT, late.data)).resolves.toEqual([]);
    await handled();
    expect(await catalogue.find(held.id)).toMatchObject({ state: 'held', impact: held.impact, hold: held.hold });
    const judged = await catalogue.house.query('SELECT judged_version AS v FROM catalogue_run WHERE id = $1', [held.id]);
    expect(judged).toEqual([{ v: 3 }]);
    for (const { tenant, data } of await messages()) await expect(catalogue.rechecking.recheck(tenant, data)).resolves.toEqual([]);
  });

  it('tells whoever keeps a copy what to fetch and what to drop, page by page', async () => {
    await catalogue.run();
    await fromLand();
    catalogue.source.reads = [
      pagesOf('increments', [remove('service', 'nie'), put(aService('hund', 'Hundesteuer')), put(aService('pass', 'Pass'))]),
    ];
    await catalogue.run();
    const view = await catalogue.views.of(null);
    const ops = (items: readonly { op: string; source: string; key: string }[]) =>
      items.map(({ op, source, key }) => `${op} ${source} ${key}`);
    const all = await catalogue.changes.since(0, view, 10);
    expect([all.version, ops(all.items)]).toEqual([
      3,
      ['put land L100042:alt', 'put katalog L100042:gewerbe', 'put katalog L100042:hund', 'put katalog L100042:pass'],
    ]);
    const first = await catalogue.changes.since(1, view, 2);
    catalogue.source.reads = [pagesOf('increments', [remove('service', 'hund')])];
    await catalogue.run();
    // The second page belongs to the version of the first one, whatever happened in between.
    const rest = await catalogue.changes.since(1, await catalogue.views.of(null), 2, first.next);
    expect([...ops(first.items), ...ops(rest.items), rest.version]).toEqual([
      'put land L100042:alt',
      'put katalog L100042:hund',
      'put katalog L100042:pass',
      3,
    ]);
    const then = await catalogue.changes.since(3, await catalogue.views.of(null), 10);
    expect([then.version, ops(then.items), then.next]).toEqual([4, ['remove katalog L100042:hund'], undefined]);
    await expect(catalogue.changes.since(9, view, 10)).rejects.toMatchObject({ status: 404, code: 'unknown-version' });
    await expect(catalogue.changes.since(1, view, 10, 'WzFd')).rejects.toMatchObject({ status: 400 });
  });
});
