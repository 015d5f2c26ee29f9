// SPDX-License-Identifier: EUPL-1.2
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { NscaleSimulator, TRADE_OFFICE } from './index.js';
import { parseNql, search } from './nql.js';
import { Repository } from './repository.js';

const create = (repository: Repository, objectclass: string, parentResourceKey: string, properties: Record<string, string>) =>
  repository.create({ objectclass, parentResourceKey, properties: Object.entries(properties).map(([name, value]) => ({ name, value })) });

describe('repository of the simulator', () => {
  const repository = (unique = TRADE_OFFICE.unique): Repository => new Repository({ ...TRADE_OFFICE, unique });

  it('pages through the hits of a search', () => {
    const area = repository([]);
    const parent = area.byPath('/Gewerbeamt/Akten').key;
    const keys = [1, 2, 3].map((number) => create(area, 'Akte', parent, { displayname: `Akte ${number}`, betreff: 'gleich' }).key);
    const page = (number: number) =>
      search(area, parseNql(`select displayname where betreff = "gleich" paging(number=${number}, size=2) count`));
    expect(page(1)).toMatchObject({ resultCount: 3, resultTable: { resourceKeys: keys.slice(0, 2), rows: [['Akte 1'], ['Akte 2']] } });
    expect(page(2)).toMatchObject({ resultCount: 3, resultTable: { resourceKeys: keys.slice(2) } });
  });

  it('searches below a folder, or in it alone', () => {
    const area = repository();
    const akte = create(area, 'Akte', area.byPath('/Gewerbeamt/Akten').key, { aktenschluessel: 'A' });
    create(area, 'Vorgang', akte.key, { amtsboteKey: 'V' });
    const count = (scope: string, root?: string) =>
      search(area, parseNql(`select resourceid where amtsboteKey = "V" scope ${scope}`), root)['resultCount'];
    expect([count('subtree'), count('onelevel'), count('onelevel', akte.key), count('subtree', akte.key)]).toEqual([1, 0, 1, 1]);
  });

  it.each([
    ['PropertyNotUnique', 'Akte', { aktenschluessel: 'A' }],
    ['UnknownIndexingProperty', 'Akte', { farbe: 'rot' }],
    ['UnknownObjectclass', 'Ordner', {}],
    ['ChildObjectclassNotAllowed', 'Vorgang', {}],
    ['PropertyValueTooLong', 'Akte', { aktenschluessel: 'x'.repeat(251) }],
  ])('refuses with %s', (code, objectclass, properties) => {
    const area = repository();
    const parent = area.byPath('/Gewerbeamt/Akten').key;
    create(area, 'Akte', parent, { aktenschluessel: 'A' });
    expect(() => create(area, objectclass, parent, properties)).toThrow(code);
  });

  it.each(['select', 'delete from x', 'select a where b = "c" or d = "e"', 'select a where b = "c"; x'])(
    'does not understand %p',
    (query) => {
      expect(() => parseNql(query)).toThrow('InvalidQuery');
    },
  );
});

describe('inspection of the simulator', () => {
  let nscale: NscaleSimulator;
  beforeEach(async () => {
    nscale = await new NscaleSimulator().start();
  });
  afterEach(() => nscale.stop());

  it('shows books and tree over HTTP, without a session', async () => {
    const akte = create(nscale.repository, 'Akte', nscale.repository.byPath('/Gewerbeamt/Akten').key, {
      displayname: 'A',
      aktenschluessel: 'A',
    });
    const books: unknown = await (await fetch(`${nscale.url}/_simulator/books`)).json();
    expect(books).toEqual({ akten: 1, vorgaenge: 0, documents: 0, versions: 0, contentBytes: 0, duplicates: [], changes: 1 });
    const tree: unknown = await (await fetch(`${nscale.url}/_simulator/tree`)).json();
    expect(tree).toEqual({ akten: [{ id: akte.key, title: 'A', vorgaenge: [] }], strays: 0, changes: 1 });
  });

  it('refuses everything else without a session', async () => {
    const answer = await fetch(`${nscale.baseUrl}/rest/repository/resources/x`);
    expect(answer.status).toBe(401);
  });

  it('takes a document of several content items and keeps versions of each', async () => {
    const { repository, sessions } = nscale;
    const akte = create(repository, 'Akte', repository.byPath('/Gewerbeamt/Akten').key, { aktenschluessel: 'A' });
    const vorgang = create(repository, 'Vorgang', akte.key, { amtsboteKey: 'V' });
    const form = new FormData();
    const items = ['a', 'b'].map((part) => ({ name: part, displayName: part, contentType: 'text/plain', part }));
    form.set(
      'document',
      JSON.stringify({ objectclass: 'Dokument', parentResourceKey: vorgang.key, properties: [], content: { contentType: 'mixed', items } }),
    );
    form.set('a', new Blob(['one']), 'a');
    form.set('b', new Blob(['three']), 'b');
    const headers = { cookie: `JSESSIONID=${sessions.open()}` };
    const created = await fetch(`${nscale.baseUrl}/rest/repository/documents/docarea/DA`, { method: 'POST', body: form, headers });
    expect(created.status).toBe(201);
    const [document] = [...repository.resources.values()].slice(-1);
    const content = `${nscale.baseUrl}/rest/repository/documents/${encodeURIComponent(document?.key ?? '')}/content`;
    await fetch(`${content}/items/1`, { method: 'PUT', body: 'sixty-six', headers });
    expect(document?.versions.map(({ items }) => items.map(({ length }) => length))).toEqual([
      [3, 5],
      [3, 9],
    ]);
    expect(await (await fetch(content, { headers })).json()).toMatchObject({ version: 2, items: [{ length: 3 }, { length: 9 }] });
  });
});
