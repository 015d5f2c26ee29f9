// SPDX-License-Identifier: EUPL-1.2
import type { Impact, RunCounts } from '@amtsbote/ops-api';
import { describe, expect, it } from '@jest/globals';

import { holdsOf } from './guard.js';

const settings = { vanishShareMax: 0.1, vanishCountMin: 20, holdOnImpact: true };
const kind = (before: number, removed: number) => ({ before, removed, added: 0, changed: 0 });
const counts = (kinds: RunCounts['kinds']): RunCounts => ({ added: 0, changed: 0, removed: 0, unchanged: 0, unknownRemovals: 0, kinds });
const impact = { what: 'service' } as Impact;

describe('a run has to wait', () => {
  it.each([
    ['when more than the share vanishes', kind(1_000, 101), 1],
    ['not at the share itself', kind(1_000, 100), 0],
    ['not for a few, whatever their share', kind(20, 20), 0],
    ['for one more than a few', kind(21, 21), 1],
  ])('%s', (_, service, expected) => expect(holdsOf(counts({ service }), [], settings)).toHaveLength(expected));

  it('when all offices vanish, however many competences stay', () => {
    expect(holdsOf(counts({ organisation: kind(300, 300), competence: kind(1_000_000, 0) }), [], settings)).toEqual([
      {
        reason: 'vanishing',
        detail: '300 of 300 objects of kind organisation would be removed.',
        kind: 'organisation',
        before: 300,
        removed: 300,
      },
    ]);
  });

  it('for what it breaks, unless that is only to be reported', () => {
    expect(holdsOf(counts({}), [impact], settings).map(({ reason }) => reason)).toEqual(['impact']);
    expect(holdsOf(counts({}), [impact], { ...settings, holdOnImpact: false })).toEqual([]);
  });
});
