// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from '@jest/globals';

import { momentOf, validTimeOf } from './moments.js';

describe('a moment', () => {
  it.each([
    ['2026-01-31T12:00:00Z', '2026-01-31T12:00:00.000Z'],
    ['2026-01-31T12:00:00+02:00', '2026-01-31T10:00:00.000Z'],
    ['2026-01-31T12:00:00.5Z', '2026-01-31T12:00:00.500Z'],
    // Without a zone: German time, in winter and in summer.
    ['2026-01-31T12:00:00', '2026-01-31T11:00:00.000Z'],
    ['2026-07-31T12:00:00', '2026-07-31T10:00:00.000Z'],
    ['2026-07-01', '2026-06-30T22:00:00.000Z'],
  ])('%s is read', (text, expected) => expect(momentOf(text)?.toISOString()).toBe(expected));

  it.each([undefined, '', 'morgen', '2026-13-01', '2026-01-31T25:00:00Z', '31.01.2026'])('%p is none', (text) => {
    expect(momentOf(text)).toBeUndefined();
  });
});

describe('valid time', () => {
  it.each([
    ['without periods is always', [], null],
    [
      'with both ends',
      [{ start: '2026-01-01T00:00:00Z', end: '2026-02-01T00:00:00Z' }],
      '{[2026-01-01T00:00:00.000Z,2026-02-01T00:00:00.000Z)}',
    ],
    [
      'with a gap',
      [{ end: '2026-01-01T00:00:00Z' }, { start: '2026-02-01T00:00:00Z' }],
      '{[,2026-01-01T00:00:00.000Z),[2026-02-01T00:00:00.000Z,)}',
    ],
    ['with ends that cannot be read is always', [{ start: 'bald', end: 'später' }], null],
    ['that ends before it begins is no period', [{ start: '2026-02-01T00:00:00Z', end: '2026-01-01T00:00:00Z' }], null],
  ])('%s', (_, periods, expected) => expect(validTimeOf(periods)).toBe(expected));
});
