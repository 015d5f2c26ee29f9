// SPDX-License-Identifier: EUPL-1.2
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { anObject, aService, pagesOf, put, remove, startCatalogue, type TestCatalogue } from '../../../../../test/support/catalogue.js';

const KEY = '99050012104000';
const NOERDLINGEN = '097790194194';

/** An office that is competent in an area. */
const office = (id: string, area: string | undefined, role = '01') =>
  anObject('organisation', id, {
    names: [{ language: 'de', text: `Amt ${id}` }],
    competences: [{ serviceId: { value: 'gewerbe' }, areaIds: area === undefined ? [] : [{ value: area }], role: { code: role } }],
  });

describe('competence', () => {
  let catalogue: TestCatalogue;
  beforeEach(async () => {
    catalogue = await startCatalogue({ holdOnImpact: false, vanishShareMax: 1 });
  });
  afterEach(async () => catalogue.close());
  const take = async (...objects: Parameters<typeof put>[0][]) => {
    catalogue.source.reads = [pagesOf('increments', objects.map(put))];
    await catalogue.run();
  };
  const at = async (ars: string, version?: number) =>
    catalogue.competences.find(KEY, ars, await catalogue.views.of(null, version === undefined ? {} : { version }));
  const service = () => aService('gewerbe', 'Gewerbe anmelden', { leikaKeys: [{ key: KEY }] });

  it('is inherited from Bund, Land, Kreis and Verband; the narrowest area wins', async () => {
    const levels = ['000000000000', '09', '09779', '097790194', NOERDLINGEN];
    await take(service());
    for (const [index, area] of levels.entries()) {
      await take(office(`stufe-${index}`, area));
      expect((await at(NOERDLINGEN)).authority).toMatchObject({ id: `stufe-${index}`, name: `Amt stufe-${index}`, role: '01' });
    }
    expect((await at('097790194195')).authority?.id).toBe('stufe-3');
    expect((await at('097790200200')).authority?.id).toBe('stufe-2');
    expect((await at('091620000000')).authority?.id).toBe('stufe-1');
    expect((await at('057110000000')).authority?.id).toBe('stufe-0');
  });

  it.each([
    ['the AGS of a municipality', '09779194', NOERDLINGEN, true],
    ['the AGS of another municipality in the same Kreis', '09779195', NOERDLINGEN, false],
    ['the AGS of a kreisfreie Stadt', '05315000', '053150000000', true],
    ['a key of twelve digits for a Kreis', '097790000000', NOERDLINGEN, true],
    ['no area at all: everywhere', undefined, NOERDLINGEN, true],
    ['words instead of a key', 'Bayern', NOERDLINGEN, false],
  ])('understands %s', async (_, area, ars, expected) => {
    await take(service(), office('amt', area));
    expect((await at(ars)).authority?.id === 'amt').toBe(expected);
  });

  it('prefers the competent office over places to ask, and names others with the same right', async () => {
    await take(service(), office('auskunft', '09779', '03'), office('b', '09779', '01'), office('a', '09779', '01'));
    expect(await at(NOERDLINGEN)).toMatchObject({ authority: { id: 'a' }, alternatives: [{ id: 'b' }] });
  });

  it('is found in both shapes, with online service, form, fees and deadlines', async () => {
    const ids = { subjectId: { value: 'portal' }, serviceId: { value: 'gewerbe' }, areaIds: [{ value: '09' }] };
    await take(
      aService('gewerbe', 'Gewerbe anmelden', {
        leikaKeys: [{ key: KEY }],
        fees: [{ fees: [{ rule: { kind: 'fixed', amount: { cents: 2600 } } }] }],
        deadlines: [{ deadlines: [{ limit: { kind: 'duration', value: 4, unit: { code: 'WOCHE' } } }] }],
      }),
      anObject('competence', 'z1', ids),
      anObject('onlineService', 'portal', {
        names: [{ language: 'de', text: 'Portal' }],
        links: [{ uri: 'https://portal.example/gewerbe' }],
      }),
      anObject('form', 'formular', { competences: [{ serviceId: { value: 'gewerbe' } }] }),
    );
    expect(await at(NOERDLINGEN)).toMatchObject({
      service: { id: 'gewerbe', title: 'Gewerbe anmelden' },
      authority: null,
      onlineService: { id: 'portal', name: 'Portal', links: [{ uri: 'https://portal.example/gewerbe' }] },
      form: { id: 'formular' },
      fees: [{ fees: [{ rule: { kind: 'fixed', amount: { cents: 2600 } } }] }],
      deadlines: [{ deadlines: [{ limit: { value: 4 } }] }],
    });
  });

  it('takes what a municipality says otherwise for that municipality only', async () => {
    const own = anObject('specialisation', 'gewerbe-noe', {
      leikaKeys: [{ key: KEY }],
      serviceId: { value: 'gewerbe' },
      areaIds: [{ value: NOERDLINGEN }],
      texts: [{ type: { code: '03' }, content: [{ language: 'de', html: 'Gewerbe in Nördlingen' }] }],
    });
    await take(service(), own);
    expect((await at(NOERDLINGEN)).service?.title).toBe('Gewerbe in Nördlingen');
    expect((await at('097790194195')).service?.title).toBe('Gewerbe anmelden');
  });

  it('passes over what is not there, lists it, and finds it once it has come', async () => {
    const ids = { subjectKind: 'organisation', serviceId: { value: 'gewerbe' } };
    await take(
      service(),
      office('kreis', '09779'),
      anObject('competence', 'z1', { ...ids, subjectId: { value: 'gemeinde' }, areaIds: [{ value: NOERDLINGEN }] }),
      anObject('competence', 'z2', { ...ids, subjectId: { value: 'kreis' }, serviceId: { value: 'nie' } }),
    );
    expect((await at(NOERDLINGEN)).authority?.id).toBe('kreis');
    const dangling = async () =>
      (await catalogue.objects.dangling(await catalogue.views.of(null), 10)).map(({ refersTo, id, count }) => `${refersTo} ${id} ${count}`);
    await expect(dangling()).resolves.toEqual(['organisation gemeinde 1', 'service nie 1']);
    await take(anObject('organisation', 'gemeinde'));
    expect((await at(NOERDLINGEN)).authority?.id).toBe('gemeinde');
    await expect(dangling()).resolves.toEqual(['service nie 1']);
  });

  it('can be asked of every version, and goes with the office that stated it', async () => {
    await take(service(), office('alt', '09779'));
    catalogue.source.reads = [pagesOf('increments', [remove('organisation', 'alt'), put(office('neu', '09779'))])];
    await catalogue.run();
    expect((await at(NOERDLINGEN)).authority?.id).toBe('neu');
    expect(await at(NOERDLINGEN, 1)).toMatchObject({ version: 1, authority: { id: 'alt' } });
    expect((await at(NOERDLINGEN, 0)).service).toBeNull();
  });

  it('holds in valid time: before its beginning and after its end nobody is competent', async () => {
    const office2026 = office('amt', '09779');
    await take(service(), {
      ...office2026,
      validity: [{ start: '2026-02-01T00:00:00', end: '2026-03-01T00:00:00+01:00', notes: [] }],
    });
    const who = async (moment: string) =>
      (await catalogue.competences.find(KEY, NOERDLINGEN, await catalogue.views.of(null, { at: new Date(moment) }))).authority?.id;
    await expect(who('2026-01-31T22:59:59Z')).resolves.toBeUndefined();
    await expect(who('2026-01-31T23:00:00Z')).resolves.toBe('amt');
    await expect(who('2026-02-28T23:00:00Z')).resolves.toBeUndefined();
  });
});
