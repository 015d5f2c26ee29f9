// SPDX-License-Identifier: EUPL-1.2
import type { CatalogueObject } from '@amtsbote/canonical';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import {
  ADMIN,
  anObject,
  aService,
  pagesOf,
  put,
  remove,
  startCatalogue,
  type TestCatalogue,
} from '../../../../../test/support/catalogue.js';
import { TENANT } from '../../../../../test/support/house.js';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const RUNS = 15;

describe('old versions', () => {
  let catalogue: TestCatalogue;
  beforeEach(async () => {
    catalogue = await startCatalogue({ vanishShareMax: 1, holdOnImpact: false, history: { days: 3, versions: 2 } });
  });
  afterEach(async () => catalogue.close());

  const take = async (...changes: ReturnType<typeof put>[]) => {
    catalogue.source.reads = [pagesOf('increments', changes)];
    return catalogue.run();
  };
  const days = (count: number) => catalogue.house.clock.advance(count * DAY_MS);
  /** Rounds until there is nothing more to do, the time of grace included. */
  const forget = async (size = 100) => {
    await catalogue.forgetting.round(size);
    catalogue.house.clock.advance(HOUR_MS);
    while (await catalogue.forgetting.round(size));
  };
  const objectsAt = async (version: number) => {
    const objects: Record<string, CatalogueObject> = {};
    for await (const object of catalogue.objects.all(await catalogue.views.asked(null, { version })))
      objects[`${object.kind} ${object.key.id}`] = object;
    return objects;
  };
  const count = async (table: string) => (await catalogue.house.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`))[0]?.n;
  const tables = async () => ({
    states: await count('catalogue_object'),
    contents: await count('catalogue_content'),
    services: await count('catalogue_service'),
    competences: await count('catalogue_competence'),
  });
  const history = async () => (await catalogue.queries.sources(null))[0]?.history;

  it('are removed once they are older than the days and more than the versions that are kept', async () => {
    await take(put(aService('a', 'Eins')), put(aService('b', 'Eins')), put(anObject('form', 'f')));
    days(2);
    await take(put(aService('a', 'Zwei')));
    days(2);
    await take(put(aService('a', 'Drei')), remove('service', 'b'));
    await forget();
    // Two versions in three days, but version 1 was what readers saw three days ago.
    expect(await history()).toMatchObject({ versions: 3, oldestVersion: 1, removedStates: 0 });
    days(2);
    await forget();
    expect(await history()).toMatchObject({ versions: 2, oldestVersion: 2, removedStates: 1, isRemoving: false });
    expect((await history())?.removedBytes).toBeGreaterThan(0);
    await expect(objectsAt(1)).rejects.toMatchObject({ status: 410, code: 'version-gone', extensions: { oldestVersion: 2 } });
    expect(Object.keys(await objectsAt(2))).toEqual(['form f', 'service a', 'service b']);
    expect(await tables()).toEqual({ states: 4, contents: 4, services: 3, competences: 0 });
    // However old: the newest ones stay.
    days(400);
    await forget();
    expect(await history()).toMatchObject({ versions: 2, oldestVersion: 2 });
    await expect(
      catalogue.house.query("SELECT data->>'oldestVersion' AS v, tenant FROM journal WHERE event = 'catalogue.history-removed'"),
    ).resolves.toEqual([
      { v: '1', tenant: TENANT },
      { v: '2', tenant: TENANT },
    ]);
  });

  it('that an application names can be read as they were, and no others between them', async () => {
    const first = await take(put(aService('a', 'Eins')), put(aService('b', 'Eins')));
    await catalogue.house.submit();
    const second = await take(put(aService('a', 'Zwei')));
    const third = await take(put(aService('a', 'Drei')));
    await take(put(aService('b', 'Vier')));
    await take(put(aService('b', 'Fünf')));
    days(10);
    await forget();
    expect(await history()).toMatchObject({ oldestVersion: 4, namedVersions: 1, removedStates: 1 });
    expect(await objectsAt(1)).toEqual({ 'service a': aService('a', 'Eins'), 'service b': aService('b', 'Eins') });
    for (const version of [2, 3]) await expect(objectsAt(version)).rejects.toMatchObject({ status: 410 });
    // Who wants to go back there or compare is told what there is; the named one can still be gone back to.
    await expect(catalogue.commands.rollback(ADMIN, third.id)).rejects.toMatchObject({
      status: 410,
      code: 'version-gone',
      message: expect.stringContaining('the oldest that can be read whole is 4'),
    });
    await expect(catalogue.queries.diff(first, second, undefined, 10)).rejects.toMatchObject({ status: 410 });
    await expect(catalogue.changes.since(2, await catalogue.views.of(null), 10)).rejects.toMatchObject({ status: 410 });
    await catalogue.commands.rollback(ADMIN, first.id);
    await catalogue.work();
    expect(await objectsAt(6)).toEqual(await objectsAt(1));
    // Without the application nobody needs it; what was opened again stays.
    await catalogue.house.query("UPDATE application SET document = document #- '{publicService,catalogueVersion}'");
    await forget();
    expect(await history()).toMatchObject({ namedVersions: 0 });
    await expect(objectsAt(1)).rejects.toMatchObject({ status: 410 });
    expect(Object.keys(await objectsAt(6))).toEqual(['service a', 'service b']);
  });

  it('are not removed while a run goes back to them', async () => {
    const first = await take(put(aService('a', 'Eins')));
    await take(put(aService('a', 'Zwei')));
    await take(put(aService('a', 'Drei')));
    const { id } = await catalogue.commands.rollback(ADMIN, first.id);
    days(10);
    // Asked for, and nobody has begun yet.
    await forget();
    expect(await history()).toMatchObject({ oldestVersion: 2, namedVersions: 1, removedStates: 0 });
    await catalogue.work();
    expect(await catalogue.find(id)).toMatchObject({ state: 'applied', counts: { changed: 1 } });
    expect(await objectsAt(4)).toEqual({ 'service a': aService('a', 'Eins') });
  });

  it('are removed in small steps that another process goes on with; readers have an hour', async () => {
    await take(...Array.from({ length: 7 }, (_, index) => put(aService(`s${index}`, 'Eins'))));
    await take(...Array.from({ length: 7 }, (_, index) => put(aService(`s${index}`, 'Zwei'))));
    await take(put(aService('x', 'Drei')));
    days(10);
    await catalogue.forgetting.round();
    // The promise is taken back, and nothing is gone yet.
    await expect(objectsAt(1)).rejects.toMatchObject({ status: 410 });
    catalogue.house.clock.advance(HOUR_MS - 1);
    await catalogue.forgetting.round();
    expect(await history()).toMatchObject({ isRemoving: true, removedStates: 0 });
    catalogue.house.clock.advance(1);
    await expect(catalogue.forgetting.round(3, 1)).resolves.toBe(true);
    expect(await history()).toMatchObject({ isRemoving: true, removedStates: 3 });
    const other = await catalogue.another('other');
    // One of them has the row of the source in hand: the other leaves it alone.
    await Promise.all([other.forgetting.round(2, 1), catalogue.forgetting.round(2, 1)]);
    while (await other.forgetting.round(2, 1));
    expect(await history()).toMatchObject({ isRemoving: false, removedStates: 7 });
    expect(await tables()).toMatchObject({ states: 8, contents: 8, services: 8 });
  });

  it('by any history: what is still promised reads as before, what is not is refused, and nothing is kept for nobody', async () => {
    const key = fc.constantFrom('a', 'b', 'c', 'd');
    const act = fc.oneof(
      { weight: 5, arbitrary: fc.record({ what: fc.constant('take' as const), key, text: fc.constantFrom('Eins', 'Zwei', undefined) }) },
      { weight: 2, arbitrary: fc.record({ what: fc.constant('wait' as const), days: fc.constantFrom(1, 2, 4) }) },
      { weight: 2, arbitrary: fc.record({ what: fc.constant('submit' as const) }) },
      { weight: 1, arbitrary: fc.record({ what: fc.constant('finish' as const) }) },
      { weight: 1, arbitrary: fc.record({ what: fc.constant('back' as const), to: fc.nat(20) }) },
      { weight: 3, arbitrary: fc.record({ what: fc.constant('forget' as const), size: fc.constantFrom(1, 2, 100) }) },
    );
    type Act = typeof act extends fc.Arbitrary<infer Value> ? Value : never;
    const kept = new Map<number, Record<string, CatalogueObject>>();
    let gone = 0;
    const perform = async (one: Act): Promise<void> => {
      switch (one.what) {
        case 'take':
          await take(one.text === undefined ? remove('service', one.key) : put(aService(one.key, one.text)));
          return;
        case 'wait': {
          days(one.days);
          return;
        }
        case 'submit':
          await catalogue.house.submit();
          return;
        case 'finish':
          // An application that is erased names no version any more.
          await catalogue.house.query(
            "UPDATE application SET document = document #- '{publicService,catalogueVersion}' WHERE id = (SELECT min(id::text)::uuid FROM application)",
          );
          return;
        case 'back': {
          const runs = await catalogue.house.query<{ id: number }>('SELECT id FROM catalogue_run WHERE version IS NOT NULL ORDER BY id');
          const run = runs[one.to % Math.max(1, runs.length)];
          if (run !== undefined)
            await catalogue.commands.rollback(ADMIN, run.id).catch((error: unknown) => expect(error).toMatchObject({ status: 410 }));
          await catalogue.work();
          return;
        }
        case 'forget':
          await forget(one.size);
      }
    };
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 15 }), async (acts) => {
        for (const one of acts) {
          await perform(one);
          const head = await catalogue.views.head();
          if (!kept.has(head)) kept.set(head, await objectsAt(head));
        }
        const named = new Set(
          (
            await catalogue.house.query<{ v: number }>(
              "SELECT (document #>> '{publicService,catalogueVersion}')::int AS v FROM application",
            )
          ).map(({ v }) => v),
        );
        const { oldestVersion = 0 } = (await history()) ?? {};
        for (const [version, then] of kept) {
          const isPromised = version >= oldestVersion || named.has(version);
          const now = await objectsAt(version).catch((error: unknown) => {
            expect([isPromised, (error as { code?: string }).code]).toEqual([false, 'version-gone']);
            return undefined;
          });
          if (now === undefined) gone += 1;
          else expect(now).toEqual(then);
        }
      }),
      { numRuns: RUNS },
    );
    // The property is about something: versions did go.
    expect(gone).toBeGreaterThan(0);
    await catalogue.house.query("UPDATE application SET document = document #- '{publicService,catalogueVersion}'");
    await take(put(aService('last', 'Eins')));
    await take(put(aService('last', 'Zwei')));
    days(10);
    await forget();
    await forget();
    const { oldestVersion = 0 } = (await history()) ?? {};
    await expect(
      catalogue.house.query('SELECT count(*)::int AS n FROM catalogue_object WHERE to_version <= $1', [oldestVersion]),
    ).resolves.toEqual([{ n: 0 }]);
    for (const [table, id] of [
      ['catalogue_content', 'id'],
      ['catalogue_service', 'content_id'],
      ['catalogue_competence', 'content_id'],
    ] as const)
      await expect(
        catalogue.house.query(
          `SELECT t.${id} FROM ${table} t WHERE NOT EXISTS (SELECT FROM catalogue_object o WHERE o.content_id = t.${id})`,
        ),
      ).resolves.toEqual([]);
  }, 120_000);
});
