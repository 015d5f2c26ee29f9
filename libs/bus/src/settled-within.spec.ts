// SPDX-License-Identifier: EUPL-1.2
import { ManualClock } from '@amtsbote/platform';
import { describe, expect, it } from '@jest/globals';

import { isSettledWithin } from './settled-within.js';

describe('waiting for something no longer than so long', () => {
  it('knows what was kept and what was broken in time', async () => {
    const clock = new ManualClock();
    await expect(isSettledWithin(clock, 100, Promise.resolve('kept'))).resolves.toBe(true);
    await expect(isSettledWithin(clock, 100, Promise.reject(new Error('broken')))).resolves.toBe(true);
  });

  it('gives up what never comes', async () => {
    const clock = new ManualClock();
    const waiting = isSettledWithin(clock, 100, new Promise(() => undefined));
    clock.advance(100);
    await expect(waiting).resolves.toBe(false);
  });
});
