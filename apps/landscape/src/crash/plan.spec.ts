// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { planOf } from './plan.js';

const wish = fc.record({
  seed: fc.nat(),
  kills: fc.integer({ min: 0, max: 60 }),
  carrier: fc.constantFrom('postgres' as const, 'rabbitmq' as const),
});

describe('the plan of a crash test', () => {
  it('is the same for the same wish, and another one for another seed', () => {
    fc.assert(fc.property(wish, (wanted) => expect(planOf(wanted)).toEqual(planOf(wanted))));
    expect(planOf({ seed: 1, kills: 5, carrier: 'postgres' })).not.toEqual(planOf({ seed: 2, kills: 5, carrier: 'postgres' }));
  });

  it('kills exactly as often as wanted, within its time, in order', () => {
    fc.assert(
      fc.property(wish, (wanted) => {
        const { disturbances, durationMs } = planOf(wanted);
        expect(disturbances.filter(({ kind }) => kind === 'kill')).toHaveLength(wanted.kills);
        const moments = disturbances.map(({ at }) => at);
        expect(moments).toEqual([...moments].sort((one, two) => one - two));
        expect(moments.every((at) => at >= 0 && at <= durationMs)).toBe(true);
      }),
    );
  });

  it('has everything in it that can go wrong, given time', () => {
    const { disturbances, load } = planOf({ seed: 3, kills: 3, carrier: 'rabbitmq', durationMs: 600_000 });
    const kinds = disturbances.map((one) =>
      one.kind === 'line' ? `line ${one.fault.kind}` : 'how' in one ? `${one.kind} ${one.how}` : one.kind,
    );
    expect([...new Set(kinds)].sort()).toEqual(
      [
        'broker kill',
        'broker stop',
        'cut',
        'database fast',
        'database immediate',
        'freeze',
        'kill',
        'line answerLost',
        'line refused',
        'line silent',
        'line slow',
        'target',
      ].sort(),
    );
    expect(disturbances.flatMap((one) => ('line' in one ? [one.line] : []))).toEqual(
      expect.arrayContaining(['broker', 'database-0', 'database-1', 'dms']),
    );
    expect([...new Set(load.map(({ manner }) => manner))].sort()).toEqual(['again', 'atOnce', 'oneShot', 'patient']);
  });

  it('leaves the broker alone where there is none', () => {
    const { disturbances } = planOf({ seed: 3, kills: 3, carrier: 'postgres', durationMs: 600_000 });
    expect(disturbances.filter((one) => one.kind === 'broker' || ('line' in one && one.line === 'broker'))).toEqual([]);
  });
});
