// SPDX-License-Identifier: EUPL-1.2
import { systemClock } from '@amtsbote/platform';
import { describe, expect, it } from '@jest/globals';

import { LeaseLost } from './effects.js';
import { persistently } from './persistently.js';

const AWAY = Object.assign(new Error('terminating connection due to administrator command'), { code: '57P01' });
/** Without waiting, but each pause counted. */
class CountingClock {
  pauses = 0;
  readonly now = () => systemClock.now();
  sleep = async (_ms: number, signal?: AbortSignal): Promise<void> => {
    this.pauses += 1;
    signal?.throwIfAborted();
  };
}

describe('writing down how an attempt ended', () => {
  it('goes on until the store is back', async () => {
    const clock = new CountingClock();
    let tries = 0;
    await persistently(
      async () => {
        tries += 1;
        if (tries < 4) throw AWAY;
      },
      clock,
      new AbortController().signal,
    );
    expect([tries, clock.pauses]).toEqual([4, 3]);
  });

  it('tries once more when its time is over, and then says what is wrong', async () => {
    const over = new AbortController();
    let tries = 0;
    const write = async (): Promise<void> => {
      tries += 1;
      if (tries === 2) over.abort();
      throw AWAY;
    };
    await expect(persistently(write, new CountingClock(), over.signal)).rejects.toBe(AWAY);
    expect(tries).toBe(3);
  });

  it.each([
    ['a lost lease', new LeaseLost('gone')],
    ['an error of our own', new TypeError('undefined is not a function')],
  ])('does not repeat %s', async (_, error) => {
    let tries = 0;
    const write = async (): Promise<void> => {
      tries += 1;
      throw error;
    };
    await expect(persistently(write, new CountingClock(), new AbortController().signal)).rejects.toBe(error);
    expect(tries).toBe(1);
  });
});
