// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { areFormItems, fieldsOf, FormItem, type FormValue, valueOf } from './form.js';

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

describe('the quick look at form items', () => {
  const value = fc.oneof(fc.constantFrom(null, true, 1.5, NaN, Infinity, '', 'x', '2026-01-31', undefined, {}, []), fc.string());
  const text = fc.oneof(fc.string(), fc.constantFrom('x'.repeat(500), 'x'.repeat(501), 'x'.repeat(2_001), undefined, null, 1));
  const { item } = fc.letrec<{ item: unknown }>((tie) => ({
    item: fc.oneof(
      { depthSize: 'small' },
      fc.record(
        {
          kind: fc.constantFrom('field', 'group', 'x'),
          name: text,
          label: text,
          type: fc.constantFrom('text', 'number', 'date', 'boolean', 'x'),
          value,
        },
        { requiredKeys: ['kind'] },
      ),
      fc.record({ kind: fc.constant('field'), name: fc.string(), label: fc.string(), type: fc.constantFrom('text', 'date'), value }),
      fc.record({ kind: fc.constant('group'), name: fc.string(), label: fc.string(), items: fc.array(tie('item'), { maxLength: 4 }) }),
      fc.record(
        { kind: fc.constant('group'), name: fc.string(), label: fc.string(), items: value, more: value },
        { requiredKeys: ['kind'] },
      ),
      value,
    ),
  }));

  it('judges as the schema does, whatever it is shown', () => {
    let [right, wrong] = [0, 0];
    fc.assert(
      fc.property(item, (shown) => {
        const isRight = FormItem.safeParse(shown).success;
        if (isRight) right += 1;
        else wrong += 1;
        expect(areFormItems([shown])).toBe(isRight);
      }),
      { numRuns: 3_000 },
    );
    expect(Math.min(right, wrong)).toBeGreaterThan(100);
  });

  it('takes nothing for a list that is none', () => {
    expect([areFormItems([]), areFormItems({ length: 0 }), areFormItems(null), areFormItems(undefined)]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});
