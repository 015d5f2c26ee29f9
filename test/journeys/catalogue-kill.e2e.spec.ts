// SPDX-License-Identifier: EUPL-1.2
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { aService, put } from '../support/catalogue.js';
import { CatalogueTown, type RunAnswer } from './support/catalogue-town.js';
import { eventually } from './support/eventually.js';

const services = (count: number, title: string) =>
  Array.from({ length: count }, (_, index) => put(aService(`s${index}`, `${title} ${index}`)));

/** What to hold fast so that a run gets as far as this state and no further. */
const OBSTACLES: [state: string, lock: string][] = [
  ['reading', 'LOCK TABLE catalogue_content IN EXCLUSIVE MODE'],
  ['comparing', 'LOCK TABLE catalogue_head IN ACCESS EXCLUSIVE MODE'],
  ['applying', 'SELECT version FROM catalogue_head FOR UPDATE'],
  // Everything is written but the version itself.
  ['applying', 'LOCK TABLE catalogue_version IN EXCLUSIVE MODE'],
];

describe('a hub that is killed in the middle of a run', () => {
  let town: CatalogueTown;
  let round = 0;
  beforeAll(async () => {
    town = await CatalogueTown.start();
    const { id } = (await (await town.push(services(30, 'Anfang'), 'snapshot')).json()) as RunAnswer;
    await eventually(async () => expect(await town.stateOf(id)).toBe('applied'));
  }, 60_000);
  afterAll(async () => {
    await town.stop();
  });
  afterEach(async () => {
    // Of a test that failed.
    await town.sql.query('ROLLBACK');
  });
  const titles = async () => {
    const { items } = await town.json<{ items: { title: { de: string } }[] }>('/catalogue/services?limit=200', 'READER_TOKEN');
    return [...new Set(items.map(({ title }) => title.de.replace(/ \d+$/, '')))].sort();
  };

  it.each(OBSTACLES)(
    'while it is %s goes on after its restart; readers saw the old catalogue or the new one (%s)',
    async (state, lock) => {
      const [before, after] = [await titles(), `Runde ${(round += 1)} neu`];
      await town.sql.query('BEGIN');
      await town.sql.query(lock);
      const { id } = (await (
        await town.push([...services(29, after), put(aService('zusatz', `${after} 1`))], 'snapshot')
      ).json()) as RunAnswer;
      await eventually(async () => expect(await town.stateOf(id)).toBe(state));
      if (state !== 'comparing') await expect(titles()).resolves.toEqual(before);
      await town.kill();
      await town.sql.query('ROLLBACK');
      expect(await town.stateOf(id)).toBe(state);
      await town.restart();
      await eventually(async () => expect(await town.run(id)).toMatchObject({ state: 'applied' }), 20_000);
      await expect(titles()).resolves.toEqual([after]);
      await eventually(async () => expect(await town.leftovers()).toEqual({ tables: [], contents: 0 }));
    },
    60_000,
  );

  it('while a run is held leaves the decision to the person', async () => {
    const { id } = (await (await town.push(services(3, 'Rest'), 'snapshot')).json()) as RunAnswer;
    await eventually(async () => expect(await town.stateOf(id)).toBe('held'));
    await town.kill();
    await town.restart();
    expect(await town.stateOf(id)).toBe('held');
    expect((await town.ask(`/ops/catalogue/runs/${id}/approve`, 'OPS_TOKEN', { method: 'POST' })).status).toBe(200);
    await eventually(async () => expect(await town.stateOf(id)).toBe('applied'));
    await expect(titles()).resolves.toEqual(['Rest']);
  }, 60_000);
});
