// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from '@jest/globals';

import { fieldsOf, FormItem, type FormValue, valueOf } from './form.js';

const field = (name: string, value: FormValue): FormItem => ({
  kind: 'field',
  name,
  label: name,
  type: 'text',
  value,
});
const group = (name: string, ...items: FormItem[]): FormItem => ({ kind: 'group', name, label: name, items });
const form = [field('a', '1'), group('g', field('b', null), group('h', field('a', '2'), field('c', false)))];

describe('a form', () => {
  it('gives its fields in order, with the groups above them', () => {
    expect([...fieldsOf(form)].map(({ path, field: { name, value } }) => [path.join('/'), name, value])).toEqual([
      ['', 'a', '1'],
      ['g', 'b', null],
      ['g/h', 'a', '2'],
      ['g/h', 'c', false],
    ]);
  });

  it('gives the first value of a name, and null for what was not answered or not asked', () => {
    expect([valueOf(form, 'a'), valueOf(form, 'b'), valueOf(form, 'c'), valueOf(form, 'z')]).toEqual(['1', null, false, null]);
  });

  it.each([
    ['a number that is none', field('x', Number.NaN)],
    ['an infinite number', field('x', Number.POSITIVE_INFINITY)],
    ['a value that is a tree', { ...field('x', ''), value: {} }],
    ['an unknown member', { ...field('x', ''), more: 1 }],
    ['an unknown kind', { ...field('x', ''), kind: 'row' }],
    ['a group without items', { kind: 'group', name: 'g', label: 'g' }],
  ])('has no room for %s', (_what, item) => expect(FormItem.safeParse(item).success).toBe(false));

  it('has room for every value type', () => {
    for (const value of ['', 'ä', 0, -1.5, true, null]) expect(FormItem.parse(field('x', value))).toMatchObject({ value });
  });
});
