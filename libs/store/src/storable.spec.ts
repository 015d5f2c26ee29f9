// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { storable } from './storable.js';

describe('storable', () => {
  it.each([
    ['a\u0000b', 'a\uFFFDb', 1],
    ['\uD83D', '\uFFFD', 1],
    ['\uDE00 behind', '\uFFFD behind', 1],
    ['\uDE00\uD83D', '\uFFFD\uFFFD', 2],
    ['Käse 😀 \uFFFD \u0001', 'Käse 😀 \uFFFD \u0001', 0],
    ['', '', 0],
  ])('%j becomes %j', (text, value, replaced) => expect(storable(text)).toEqual({ value, replaced }));

  it('reaches every text of a tree, keys included, and leaves the rest alone', () => {
    const tree = { 'k\u0000': ['\uD800', 1, true, null, { deep: 'x\u0000' }], __proto__x: 'ok' };
    expect(storable(tree)).toEqual({ value: { 'k\uFFFD': ['\uFFFD', 1, true, null, { deep: 'x\uFFFD' }], __proto__x: 'ok' }, replaced: 3 });
  });

  it('drops no member whose key would fall together with another one', () => {
    const { value } = storable({ 'a\u0000': 1, 'a\uD800': 2, 'a\uFFFD': 3 });
    expect(Object.values(value).sort()).toEqual([1, 2, 3]);
  });

  it('gives well-formed texts without U+0000, as long as before, and is finished after one turn', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.array(fc.constantFrom('\0', '\uD800', '\uDFFF', 'a')), (text, hostile) => {
        const mixed = text + hostile.join('');
        const { value } = storable(mixed);
        expect(value.isWellFormed()).toBe(true);
        expect(value).not.toContain('\0');
        expect(value).toHaveLength(mixed.length);
        expect(storable(value)).toEqual({ value, replaced: 0 });
      }),
    );
  });
});
