// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { isStorable, storableJson } from './storable-json.js';

describe('JSON for PostgreSQL', () => {
  it.each([
    ['a NUL', 'a\u0000b', 'a\ufffdb'],
    ['a lone first half of a pair', 'a\ud83d', 'a\ufffd'],
    ['a lone second half', '\ude00a', '\ufffda'],
    ['a whole pair', '😀', '😀'],
    ['a backslash before what looks like an escape', '\\u0000 \\\u0000', '\\u0000 \\\ufffd'],
    ['other control characters', '\u0001\n\t"', '\u0001\n\t"'],
  ])('with %s', (_what, text, stored) => {
    expect(JSON.parse(storableJson({ [text]: [text] }))).toEqual({ [stored]: [stored] });
  });

  it('is the same value when everything in it is storable, and storable whatever it is', () => {
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(text, fc.string({ unit: fc.constantFrom('\\', 'u', '0', '\u0000', '\ud83d', '\ude00', '"') }))),
        (value) => {
          const stored = JSON.parse(storableJson(value)) as string[][];
          for (const [index, pair] of value.entries()) {
            for (const [side, before] of pair.entries()) {
              const after = stored[index]?.[side] ?? '';
              expect(isStorable(after)).toBe(true);
              expect(after).toHaveLength(before.length);
              if (isStorable(before)) expect(after).toBe(before);
            }
          }
        },
      ),
    );
  });
});
