// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { readReference, Reference, referenceOf } from './reference.js';

const ALPHABET = Array.from('0123456789ABCDEFGHJKMNPQRSTVWXYZ');
const references = fc.uint8Array({ minLength: 5, maxLength: 5 }).map((bytes) => referenceOf(bytes));
/** The nine characters without hyphens. */
const charactersOf = (reference: string): string[] => Array.from(reference.replaceAll('-', ''));

describe('references', () => {
  it('look as they are described and are read back', () => {
    fc.assert(
      fc.property(references, (reference) => {
        expect(Reference.parse(reference)).toBe(reference);
        expect(readReference(reference)).toBe(reference);
      }),
    );
  });

  it('differ for every five bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 5, maxLength: 5 }), fc.uint8Array({ minLength: 5, maxLength: 5 }), (a, b) => {
        expect(referenceOf(a) === referenceOf(b)).toBe(Buffer.compare(a, b) === 0);
      }),
    );
  });

  it('begin with the first bits and have the check character at the end', () => {
    expect(referenceOf(Uint8Array.of(0, 0, 0, 0, 0))).toBe('0000-0000-0');
    expect(referenceOf(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff))).toMatch(/^ZZZZ-ZZZZ-/);
    expect(readReference('7KQ4-M2XD-P')).toBe('7KQ4-M2XD-P');
  });

  it('do not take 0 for Z', () => {
    const reference = referenceOf(Uint8Array.of(0, 0, 0, 0, 0));
    expect(readReference(reference.replace('0', 'Z'))).toBeNull();
  });

  it('betray every single wrong character, at every place', () => {
    fc.assert(
      fc.property(references, (reference) => {
        const right = charactersOf(reference);
        for (let place = 0; place < right.length; place += 1)
          for (const wrong of ALPHABET) if (wrong !== right[place]) expect(readReference(right.with(place, wrong).join(''))).toBeNull();
      }),
      { numRuns: 30 },
    );
  });

  it('betray every swap of neighbours, the one with the check character included', () => {
    fc.assert(
      fc.property(references, (reference) => {
        const right = charactersOf(reference);
        for (let place = 0; place + 1 < right.length; place += 1) {
          const [a = '', b = ''] = right.slice(place, place + 2);
          if (a !== b)
            expect(
              readReference(
                right
                  .with(place, b)
                  .with(place + 1, a)
                  .join(''),
              ),
            ).toBeNull();
        }
      }),
    );
  });

  it.each(['7kq4-m2xd-p', '7KQ4M2XDP', ' 7KQ4 M2XD P ', '7KQ4–M2XD–P', '7KQ4/M2XD.P'])('are understood as people write them: %p', (typed) =>
    expect(readReference(typed)).toBe('7KQ4-M2XD-P'),
  );

  it('are understood when O stands for 0 and I or L for 1', () => {
    fc.assert(
      fc.property(references, (reference) => {
        expect(readReference(reference.replaceAll('0', 'O').replaceAll('1', 'l'))).toBe(reference);
        expect(readReference(reference.replaceAll('0', 'o').replaceAll('1', 'I'))).toBe(reference);
      }),
    );
  });

  it.each(['', '7KQ4-M2XD', '7KQ4-M2XD-PP', '7KQ4-M2XD-U', 'ÄÖÜ', '💥'])('are not %p', (typed) => expect(readReference(typed)).toBeNull());
});
