// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from '@jest/globals';

import { lastServed } from './whose-turn.js';

const rows = (...tenants: string[]): { tenant: string }[] => tenants.map((tenant) => ({ tenant }));

describe('whose turn it was last', () => {
  it.each([
    ['nobody was served: it stays', rows(), 'b', 'b'],
    ['one was served', rows('c'), 'b', 'c'],
    ['everybody once, beginning after b', rows('a', 'b', 'c', 'd'), 'b', 'b'],
    ['the round ended in its middle', rows('c', 'd', 'a', 'c', 'd'), 'b', 'd'],
    ['only one has more', rows('a', 'c', 'a', 'a'), 'b', 'a'],
    ['the very first round', rows('a', 'b'), '', 'b'],
  ])('%s', (_case, served, before, expected) => {
    expect(lastServed(served, before)).toBe(expected);
  });
});
