// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { wordsOf } from './words.js';

describe('words of texts', () => {
  it('are different, in lower case, in their order, of two characters and more', () => {
    expect(wordsOf(['Gewerbe anmelden: GEWERBE, §\u00a014 a 2b', 'Änderung „gewerbe“'], 10)).toEqual([
      'gewerbe',
      'anmelden',
      '14',
      '2b',
      'änderung',
    ]);
  });

  it('are at most so many', () => {
    expect(wordsOf(['eins zwei drei', 'vier'], 2)).toEqual(['eins', 'zwei']);
  });

  it('are those of the text in lower case, whatever letters do when they are made small', () => {
    const letters = fc.constantFrom('a', 'B', 'ß', 'ẞ', 'Ä', 'İ', 'I', '1', ' ', '-', '漢', '𝒜');
    fc.assert(
      fc.property(fc.string({ unit: letters, maxLength: 40 }), (text) => {
        const plain = [...new Set(text.toLowerCase().match(/[\p{L}\p{N}]{2,60}/gu) ?? [])];
        // A letter that becomes two may make a word of what is none; that one is not looked for either.
        expect(plain).toEqual(expect.arrayContaining(wordsOf([text], 1_000).filter((word) => text.toLowerCase().includes(word))));
        if (!text.includes('İ')) expect(wordsOf([text], 1_000)).toEqual(plain);
      }),
    );
  });
});
