// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from '@jest/globals';

import { OneAtATime } from './one-at-a-time.js';

const never = new AbortController().signal;

describe('OneAtATime', () => {
  it('runs tasks of one key one after the other, in order', async () => {
    const turns = new OneAtATime();
    const log: string[] = [];
    const task = (name: string) => async (): Promise<void> => {
      log.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve, 5));
      log.push(`${name} ends`);
    };
    await Promise.all([turns.run('a', never, task('first')), turns.run('a', never, task('second'))]);
    expect(log).toEqual(['first begins', 'first ends', 'second begins', 'second ends']);
  });

  it('does not let one key wait for another', async () => {
    const turns = new OneAtATime();
    const held = Promise.withResolvers<undefined>();
    const slow = turns.run('a', never, () => held.promise);
    await expect(turns.run('b', never, async () => 'done')).resolves.toBe('done');
    held.resolve(undefined);
    await slow;
  });

  it('goes on after a task that failed', async () => {
    const turns = new OneAtATime();
    const failed = turns.run('a', never, async () => Promise.reject(new Error('no')));
    const next = turns.run('a', never, async () => 'next');
    await expect(failed).rejects.toThrow('no');
    await expect(next).resolves.toBe('next');
  });

  it('lets a waiter give up without running its task and without letting the one behind overtake', async () => {
    const turns = new OneAtATime();
    const held = Promise.withResolvers<string>();
    const impatient = new AbortController();
    const log: string[] = [];
    const first = turns.run('a', never, () => held.promise);
    const second = turns.run('a', impatient.signal, async () => log.push('second'));
    const third = turns.run('a', never, async () => log.push('third'));
    impatient.abort(new Error('time is over'));
    await expect(second).rejects.toThrow('time is over');
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(log).toEqual([]);
    held.resolve('first');
    await expect(first).resolves.toBe('first');
    await third;
    expect(log).toEqual(['third']);
  });
});
