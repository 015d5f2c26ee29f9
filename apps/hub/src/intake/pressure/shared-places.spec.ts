// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { SharedPlaces } from './shared-places.js';

const taken = (places: SharedPlaces, party: string, wanted: number): number =>
  Array.from({ length: wanted }, () => places.take(party)).filter(Boolean).length;

describe('shared places', () => {
  it('are all for a party that is the only one', () => {
    const places = new SharedPlaces(10, ['a']);
    expect(taken(places, 'a', 50)).toBe(10);
  });

  it('keep the share of those who have not come yet', () => {
    const places = new SharedPlaces(20, ['a', 'b']);
    expect(taken(places, 'a', 50)).toBe(15);
    expect(taken(places, 'b', 50)).toBe(5);
    expect(places.total).toBe(20);
  });

  it('are free again when they are left', () => {
    const places = new SharedPlaces(20, ['a', 'b']);
    expect(taken(places, 'a', 15)).toBe(15);
    expect(places.take('a')).toBe(false);
    places.leave('a');
    expect(places.take('a')).toBe(true);
  });

  it('are one at least for each of more parties than places', () => {
    const parties = ['a', 'b', 'c', 'd'];
    const places = new SharedPlaces(2, parties);
    expect(parties.map((party) => taken(places, party, 3))).toEqual([1, 1, 1, 1]);
  });

  it('are taken wholly or not at all', () => {
    const bytes = new SharedPlaces(1_000, ['a', 'b']);
    expect(bytes.reachable).toBe(750);
    expect(bytes.take('a', 751)).toBe(false);
    expect(bytes.total).toBe(0);
    expect(bytes.take('a', 750)).toBe(true);
    expect(bytes.take('b', 250)).toBe(true);
  });

  it('hold for whatever happens: never more than there are, and always the promised ones for everybody', () => {
    const acts = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.boolean(), fc.integer({ min: 1, max: 8 })), { maxLength: 60 });
    fc.assert(
      fc.property(acts, (steps) => {
        const places = new SharedPlaces(30, ['a', 'b', 'c']);
        const own = new Map<string, number>();
        for (const [party, takes, count] of steps) {
          const has = own.get(party) ?? 0;
          if (takes) {
            const got = places.take(party, count);
            if (has + count <= 5) expect(got).toBe(true);
            if (got) own.set(party, has + count);
          } else if (has >= count) {
            places.leave(party, count);
            own.set(party, has - count);
          }
          expect(places.total).toBeLessThanOrEqual(30);
        }
      }),
    );
  });
});
