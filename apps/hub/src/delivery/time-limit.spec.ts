// SPDX-License-Identifier: EUPL-1.2
import { setImmediate } from 'node:timers/promises';

import { ManualClock } from '@amtsbote/platform';
import { describe, expect, it } from '@jest/globals';

import { TimeLimit } from './time-limit.js';

describe('the time limit of an attempt', () => {
  it('is told by the clock of the house, not by that of the machine', async () => {
    const clock = new ManualClock();
    const { signal } = new TimeLimit(clock, 60_000);
    clock.advance(59_999);
    await setImmediate();
    expect(signal.aborted).toBe(false);
    clock.advance(1);
    await setImmediate();
    expect(signal.reason).toMatchObject({ name: 'TimeoutError' });
  });

  it('is over for good when it is lifted', async () => {
    const clock = new ManualClock();
    const limit = new TimeLimit(clock, 60_000);
    limit.lift();
    clock.advance(60_000);
    await setImmediate();
    expect(limit.signal.aborted).toBe(false);
  });
});
