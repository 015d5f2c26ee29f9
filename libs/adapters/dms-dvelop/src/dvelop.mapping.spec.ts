// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { inOrderOfCreation } from './dvelop.mapping.js';
import { DvelopOptions } from './dvelop.options.js';
import { expanded, ObjectAnswer, valuesOf } from './dvelop.wire.js';

describe('address templates', () => {
  it.each([
    ['/dms/r/{repositoryid}', { repositoryid: 'a b/ü' }, '/dms/r/a%20b%2F%C3%BC'],
    ['/o2m/{dmsobjectid}{?sourceid}', {}, '/o2m/'],
    ['/o2m/{dmsobjectid}{?sourceid}', { dmsobjectid: 'D1', sourceid: '/s' }, '/o2m/D1?sourceid=%2Fs'],
    ['/srm{?a,b,c}', { c: '3', a: '1' }, '/srm?a=1&c=3'],
    ['/srm?x=1{&a,b}', { b: '2' }, '/srm?x=1&b=2'],
  ])('%s with %j become %s', (template, values, expected) => {
    expect(expanded(template, values)).toBe(expected);
  });

  it.each(['/a{+b}', '/a{#b}', '/a{b*}', '/a{b:3}', '/a{}'])('of another form (%s) are not guessed at', (template) => {
    expect(expanded(template, { b: '1' })).toBeUndefined();
  });

  it('without a variable that has to be sent are refused: the answer would be to another question', () => {
    expect(expanded('/srm{?sourceid}', { sourceid: '1', sourceproperties: 'x' }, ['sourceid', 'sourceproperties'])).toBeUndefined();
  });

  it('carry every value to the other side unchanged', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (path, query) => {
        const address = new URL(expanded('/r/{p}/x{?q}', { p: path, q: query }) ?? '', 'http://a.example');
        expect(address.searchParams.get('q')).toBe(query);
        expect(address.origin).toBe('http://a.example');
      }),
    );
  });
});

describe('objects', () => {
  const object = (properties: unknown): ObjectAnswer => ObjectAnswer.parse({ id: 'D1', sourceProperties: properties });

  it.each([
    [[{ key: 'a', value: 'x' }], ['x']],
    [[{ key: 'a', value: 'x', values: { '1': 'x', '2': 'y' } }], ['x', 'y']],
    [[{ key: 'a', values: ['x', 'y'] }], ['x', 'y']],
    [[{ key: 'a', value: null }], []],
    [[{ key: 'b', value: 'x' }], undefined],
  ])('of %j have the values %j', (properties, expected) => {
    expect(valuesOf(object(properties), 'a')).toEqual(expected);
  });

  it('are in order of creation by their running numbers, and in none without', () => {
    const ids = (...all: string[]): string[] | undefined => inOrderOfCreation(all.map((id) => ({ id })))?.map(({ id }) => id);
    expect(ids('D000000010', 'D000000009')).toEqual(['D000000009', 'D000000010']);
    expect(ids('D10', 'D9')).toEqual(['D9', 'D10']);
    expect(ids('D10', 'P9')).toBeUndefined();
    expect(ids('GDYQ3PJKrT8', 'D9')).toBeUndefined();
  });
});

describe('options', () => {
  const target = { category: 'A', keyProperty: 'k', titleProperty: 't', title: '"x"' };
  const options = (akte: object): unknown => ({
    ...{ baseUrl: 'https://a.example', repositoryId: 'r', apiKey: 'x', akte: { ...target, key: '"x"', ...akte } },
    ...{ vorgang: target, document: { category: 'D', keyProperty: 'k' } },
  });

  it.each([{ properties: { k: '"x"' } }, { properties: { t: '"x"' } }, { titleProperty: 'k' }])(
    'refuse key or title set twice: %j',
    (akte) => {
      expect(DvelopOptions.safeParse(options({})).success).toBe(true);
      expect(DvelopOptions.safeParse(options(akte)).success).toBe(false);
    },
  );
});
