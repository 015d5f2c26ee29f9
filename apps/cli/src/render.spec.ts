// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from '@jest/globals';

import { age, renderInstances, renderList, table } from './render.js';

const NOW = new Date('2026-01-31T10:00:00.000Z');

const CAPACITY = { concurrency: 4, ratePerMinute: null, perMinute: 12, placesUsed: 0.75, rateUsed: null };

describe('output for people', () => {
  it('puts columns side by side, as wide as they have to be', () => {
    expect(
      table(
        ['A', 'LONG'],
        [
          ['äöü', 'x'],
          ['b', ''],
        ],
      ),
    ).toBe('A    LONG\näöü  x\nb');
  });
  it.each([
    [null, '–'],
    ['2026-01-31T09:59:30.000Z', '30 s'],
    ['2026-01-31T09:55:00.000Z', '5 min'],
    ['2026-01-31T07:00:00.000Z', '3 h'],
    ['2026-01-21T10:00:00.000Z', '10 d'],
    ['2026-01-31T10:00:05.000Z', '0 s'],
  ])('says of %s that it was %s ago', (moment, expected) => {
    expect(age(moment, NOW)).toBe(expected);
  });
  it('says so when nothing fits', () => {
    expect(renderList([])).toBe('No application fits.');
  });
  it('names pause before circuit', () => {
    const instance = {
      name: 'eakte',
      type: 'dms-x',
      kind: 'dms',
      target: 't',
      pausedReason: 'repair',
      pausedBy: 'admin:a',
      openUntil: null,
      lastFailure: null,
      mayPause: true,
      breaker: 'open',
      due: 3,
      running: 0,
      awaiting: 0,
      parked: 1,
      capacity: { ...CAPACITY, remainingSeconds: 600, nearLimit: true },
    } as const;
    const rows = renderInstances(
      [
        { ...instance, paused: true, oldestDueAt: '2026-01-31T09:00:00.000Z' },
        { ...instance, paused: false, oldestDueAt: null, capacity: null },
      ],
      NOW,
    );
    expect(rows).toMatch(/paused \(repair\) .* 60 min +10 min \(near its limit\) .*\n.*circuit open .* – +t$/);
  });
});
