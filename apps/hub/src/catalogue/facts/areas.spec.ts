// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from '@jest/globals';

import { areaKeyOf, areaKeysAbove, narrownessOf } from './areas.js';

describe('an area key', () => {
  it.each([
    ['000000000000', ''],
    ['00', ''],
    ['05', '05'],
    ['050000000000', '05'],
    ['053150000000', '05315'],
    ['05315', '05315'],
    ['053150000', '05315'],
    ['097790194194', '097790194194'],
    ['097790194', '097790194'],
    // A municipality, a Verband and a district that end in zeros: only whole levels are cut.
    ['097790194190', '097790194190'],
    ['097790190000', '097790190'],
    ['057200000000', '05720'],
    // A district of ten, whose key ends in a zero, is not its Regierungsbezirk.
    ['05710', '05710'],
    ['09779194', '=09779194'],
    ['05315000', '05315'],
    [' 05 ', '05'],
    ['Bayern', '?Bayern'],
    ['1', '?1'],
    ['0577400280281', '?0577400280281'],
  ])('%s is kept as %p', (value, key) => expect(areaKeyOf({ value })).toBe(key));

  it('of a place finds itself and everything above it, and nothing beside or below', () => {
    const above = areaKeysAbove('097790194194');
    for (const own of ['000000000000', '09', '097', '09779', '097790194', '097790194194', '09779194'])
      expect(above).toContain(areaKeyOf({ value: own }));
    for (const other of ['05', '09778', '097790195', '097790194195', '09779195']) expect(above).not.toContain(areaKeyOf({ value: other }));
  });

  it('of a district finds no municipality in it', () => {
    expect(areaKeysAbove('09779')).toContain('09779');
    expect(areaKeysAbove('09779')).not.toContain('097790194194');
  });

  it('given as AGS finds the district and its own', () => {
    expect(areaKeysAbove('09779194')).toEqual(['', '0', '09', '097', '0977', '09779', '=09779194']);
  });

  it('is the narrower the lower its level; an AGS is as narrow as a municipality', () => {
    expect(['', '09', '09779', '097790194', '097790194194', '=09779194'].map(narrownessOf)).toEqual([0, 2, 5, 9, 12, 12]);
  });
});
