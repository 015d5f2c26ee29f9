// SPDX-License-Identifier: EUPL-1.2
import type { Application } from '@amtsbote/canonical';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { anObject, aService, pagesOf, put, startCatalogue, type TestCatalogue } from '../../../../../test/support/catalogue.js';
import { TENANT } from '../../../../../test/support/house.js';

const KEY = '99050012104000';
const step = (name: string) => ({ name, kind: 'filing' as const, instance: 'eakte' });
const office = (id: string) =>
  anObject('organisation', id, {
    names: [{ language: 'de', text: `Amt ${id}` }],
    competences: [{ serviceId: { value: 'gewerbe' }, areaIds: [{ value: TENANT }] }],
  });

describe('an application', () => {
  let catalogue: TestCatalogue;
  const take = async (...objects: Parameters<typeof put>[0][]) => {
    catalogue.source.reads = [pagesOf('snapshot', objects.map(put))];
    await catalogue.run();
  };
  const submitted = async (draft: Parameters<TestCatalogue['house']['submit']>[0] = {}) => {
    const id = await catalogue.house.submit({ leikaKeys: [KEY], ...draft });
    const [row] = await catalogue.house.query<{ route: string | null; document: Application }>(
      'SELECT route, document FROM application WHERE id = $1',
      [id],
    );
    return { route: row?.route, publicService: row?.document.publicService };
  };
  beforeEach(async () => {
    catalogue = await startCatalogue(
      { holdOnImpact: false, vanishShareMax: 1 },
      {
        config: {
          routes: [
            { name: 'to-the-old-office', match: { authorities: ['L100042:alt'] }, steps: [step('file')] },
            { name: 'to-the-new-office', match: { authorities: ['L100042:neu'] }, steps: [step('file')] },
            { name: 'to-everybody', match: {}, steps: [step('file')] },
          ],
        },
      },
    );
    await take(aService('gewerbe', 'Gewerbe anmelden', { leikaKeys: [{ key: KEY }] }), office('alt'));
  });
  afterEach(async () => catalogue.close());

  it('is routed by the office that is competent when it comes in, and keeps office and version', async () => {
    const before = await submitted();
    await take(aService('gewerbe', 'Gewerbe anmelden', { leikaKeys: [{ key: KEY }] }), office('neu'));
    expect(before).toMatchObject({
      route: 'to-the-old-office',
      publicService: { catalogueVersion: '1', authority: { schemeAgencyId: 'L100042', id: 'alt', name: 'Amt alt' } },
    });
    expect(await submitted()).toMatchObject({
      route: 'to-the-new-office',
      publicService: { catalogueVersion: '2', authority: { id: 'neu' } },
    });
    await expect(
      catalogue.house.query("SELECT document->'publicService'->'authority'->>'id' AS id FROM application ORDER BY received_at, id LIMIT 1"),
    ).resolves.toEqual([{ id: 'alt' }]);
  });

  it('whose sender names an office is not routed by another one', async () => {
    const { route, publicService } = await submitted({ authorityId: '4711' });
    expect({ route, authority: publicService?.authority }).toEqual({ route: 'to-everybody', authority: undefined });
    expect(publicService?.catalogueVersion).toBe('1');
  });

  it('for a service that nobody is competent for goes the way of those without an office', async () => {
    expect(await submitted({ leikaKeys: ['99102013104000'] })).toMatchObject({
      route: 'to-everybody',
      publicService: { catalogueVersion: '1' },
    });
    expect(await submitted({ leikaKeys: [] })).toMatchObject({ route: 'to-everybody' });
  });
});
