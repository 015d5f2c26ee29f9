// SPDX-License-Identifier: EUPL-1.2
import { setImmediate } from 'node:timers/promises';

import { ManualClock } from '@amtsbote/platform';
import { describe, expect, it } from '@jest/globals';

import { TimeLimit } from './time-limit.js';

describe('the time limit of an attempt', () => {
  it('is told by the clock of the house, not by that of the machine', async () => {
    const clock = new ManualClock();
    const { signal } = new TimeLimit(clock, 60_000, new AbortController().signal);
    clock.advance(59_999);
    await setImmediate();
    expect(signal.aborted).toBe(false);
    clock.advance(1);
    await setImmediate();
    expect(signal.reason).toMatchObject({ name: 'TimeoutError' });
  });

  it('is over for good when it is lifted', async () => {
    const clock = new ManualClock();
    const limit = new TimeLimit(clock, 60_000, new AbortController().signal);
    limit.lift();
    clock.advance(60_000);
    await setImmediate();
    expect(limit.signal.aborted).toBe(false);
  });

  it('keeps nobody waiting who leaves: the timer of an abandoned attempt held the process', async () => {
    const slept = Promise.withResolvers<unknown>();
    const sleep = (_ms: number, signal?: AbortSignal): Promise<void> =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => {
          slept.resolve('ended');
          reject(new Error('aborted'));
        });
      });
    const gone = new AbortController();
    const limit = new TimeLimit({ now: () => new Date(0), sleep }, 60_000, gone.signal);
    gone.abort();
    await expect(slept.promise).resolves.toBe('ended');
    expect(limit.signal.aborted).toBe(false);
  });
});
