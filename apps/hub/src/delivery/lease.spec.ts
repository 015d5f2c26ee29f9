// SPDX-License-Identifier: EUPL-1.2
import { setImmediate } from 'node:timers/promises';

import { ManualClock } from '@amtsbote/platform';
import { describe, expect, it } from '@jest/globals';

import type { ClaimedStep } from './claims.js';
import { Lease } from './lease.js';

const LEASE_MS = 60_000;

describe('a lease that the store does not renew', () => {
  const leaseOn = (clock: ManualClock): Lease<typeof step> => {
    const step = { leaseUntil: new Date(clock.now().getTime() + LEASE_MS) } as ClaimedStep;
    const renew = (): Promise<boolean> => Promise.reject(new Error('store away'));
    return new Lease(step, LEASE_MS, { renew }, clock, new AbortController().signal);
  };

  it('is not held any more in its last tenth: the clock of whoever takes over may be ahead', () => {
    const clock = new ManualClock();
    const lease = leaseOn(clock);
    clock.advance(LEASE_MS * 0.9 - 1);
    expect(lease.isHeld()).toBe(true);
    clock.advance(1);
    expect(lease.isHeld()).toBe(false);
    lease.release();
  });

  it('stops the attempt at the same moment', async () => {
    const clock = new ManualClock();
    const lease = leaseOn(clock);
    for (let n = 0; n < 27; n += 1) {
      expect(lease.signal.aborted).toBe(false);
      clock.advance(2_000);
      for (let turn = 0; turn < 5; turn += 1) await setImmediate();
    }
    expect(lease.signal.aborted).toBe(true);
  });
});
