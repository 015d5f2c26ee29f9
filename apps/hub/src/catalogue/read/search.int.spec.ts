// SPDX-License-Identifier: EUPL-1.2
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { aService, pagesOf, put, startCatalogue, type TestCatalogue } from '../../../../../test/support/catalogue.js';
import type { ServiceWishes } from './search.js';

const text = (code: string, html: string, language = 'de') => ({ type: { code }, content: [{ language, html }] });

describe('searching services', () => {
  let catalogue: TestCatalogue;
  const found = async (wishes: ServiceWishes) => (await catalogue.search.search(wishes, null, 50)).items.map(({ id }) => id);
  beforeEach(async () => {
    catalogue = await startCatalogue();
    const services = [
      aService('hund', 'Hundesteuer: Hund anmelden', { leikaKeys: [{ key: '99102013104000' }], areaIds: [{ value: '057110000000' }] }),
      aService('gewerbe', 'Gewerbe anmelden', { leikaKeys: [{ key: '99050012104000' }], categories: [{ id: { value: 'wirtschaft' } }] }),
      aService('geburt', 'x', {
        texts: [
          text('03', 'Geburtsurkunde ausstellen'),
          text('03', 'Issue birth certificates', 'en'),
          text('06', '<p>Sie können die Urkunde auch für Häuser der Gemeinde anmelden.</p>'),
        ],
        areaIds: [{ value: '09779194' }],
      }),
      aService('haus', 'Hausanschluss', { terms: [{ terms: [{ names: [{ language: 'de', text: 'Kanalanschluss' }] }] }] }),
    ];
    catalogue.source.reads = [pagesOf('snapshot', services.map(put))];
    await catalogue.run();
  });
  afterEach(async () => catalogue.close());

  it.each([
    ['another form of the word', 'Anmeldungen Gewerbe', ['gewerbe']],
    ['umlauts, however they are written', 'haeuser', ['haus', 'geburt']],
    ['a beginning of a compound', 'Hundesteuer', ['hund']],
    ['short titles before long ones, and titles before texts', 'anmelden', ['gewerbe', 'hund', 'geburt']],
    ['stop words narrow nothing', 'die Anmeldung für das Gewerbe', ['gewerbe']],
    ['English', 'certificate of birth', ['geburt']],
    ['a search word that is in no text', 'Kanalanschluss', ['haus']],
    ['a slip of the pen', 'Hundestuer', ['hund']],
    ['two slips, one word right', 'Gewrbe anmeldn', ['gewerbe']],
    ['any of the words when not all of them fit', 'Gewerbe Kanalanschluss', ['gewerbe', 'haus']],
    ['nothing for what is nowhere', 'Quastenflosser', []],
    ['letters of a query language are letters', "Gewerbe & ! (anmelden) ' \\ :*", ['gewerbe']],
  ])('finds %s', async (_, q, expected) => {
    await expect(found({ q })).resolves.toEqual(expected);
  });

  it.each([
    ['a LeiKa key', { leikaKey: '99102013104000' }, ['hund']],
    ['a category', { category: 'wirtschaft' }, ['gewerbe']],
    ['a place: what is described for it, and for everywhere', { ars: '057110000000' }, ['hund', 'gewerbe', 'haus']],
    ['a place that was described by its AGS', { ars: '097790194194' }, ['gewerbe', 'geburt', 'haus']],
    ['a place, with words', { ars: '057110000000', q: 'anmelden' }, ['gewerbe', 'hund']],
  ])('is narrowed by %s', async (_, wishes, expected) => {
    await expect(found(wishes)).resolves.toEqual(expected);
  });

  it('is narrowed by time of change, as far as the catalogue knows it', async () => {
    catalogue.house.clock.advance(60_000);
    const since = catalogue.house.clock.now();
    catalogue.source.reads = [pagesOf('increments', [put(aService('neu', 'Neu anmelden'))])];
    await catalogue.run();
    await expect(found({ changedSince: since })).resolves.toEqual(['neu']);
    await expect(found({ changedSince: new Date(since.getTime() + 1) })).resolves.toEqual([]);
  });

  it('gives pages of one version, whatever is imported in between', async () => {
    const pages: string[][] = [];
    let cursor: string | undefined;
    do {
      const page = await catalogue.search.search({ q: 'anmelden' }, null, 1, cursor);
      pages.push(page.items.map(({ id }) => id));
      cursor = page.next;
      catalogue.source.reads = [pagesOf('increments', [put(aService(`mehr-${pages.length}`, 'Auch anmelden'))])];
      await catalogue.run();
    } while (cursor !== undefined);
    expect(pages).toEqual([['gewerbe'], ['hund'], ['geburt']]);
    await expect(found({ q: 'anmelden' })).resolves.toContain('mehr-1');
  });

  it.each(['x', 'W10', Buffer.from('[1,"all",-1]').toString('base64url'), Buffer.from('[1e99,"all",1]').toString('base64url')])(
    'refuses %p as a cursor',
    async (cursor) => {
      await expect(catalogue.search.search({ q: 'x' }, null, 1, cursor)).rejects.toMatchObject({ status: 400, code: 'not-a-cursor' });
    },
  );

  it('shows nothing to tenants the source is not for', async () => {
    await expect(catalogue.search.search({ q: 'anmelden' }, ['057110000001'], 10)).resolves.toMatchObject({ items: [] });
  });
});
