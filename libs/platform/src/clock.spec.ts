// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from '@jest/globals';

import { ManualClock, systemClock } from './clock.js';

describe('ManualClock', () => {
  it('stands still until it is moved', () => {
    const clock = new ManualClock('2026-02-01T00:00:00.000Z');
    expect(clock.now()).toEqual(new Date('2026-02-01T00:00:00.000Z'));
    clock.advance(1_500);
    expect(clock.now()).toEqual(new Date('2026-02-01T00:00:01.500Z'));
  });

  it('wakes those whose time has come, in the order of their times', async () => {
    const clock = new ManualClock();
    const woken: string[] = [];
    const sleep = (name: string, ms: number): Promise<void> => clock.sleep(ms).then(() => void woken.push(name));
    const [late, early] = [sleep('late', 200), sleep('early', 100)];
    void sleep('later', 300);
    clock.advance(99);
    await Promise.resolve();
    expect(woken).toEqual([]);
    clock.advance(101);
    await Promise.all([late, early]);
    expect(woken).toEqual(['early', 'late']);
  });

  it.each([0, -5])('lets nobody sleep for %i ms', async (ms) => {
    await expect(new ManualClock().sleep(ms)).resolves.toBeUndefined();
  });

  it('wakes with the reason when told to stop, before and during sleep', async () => {
    const clock = new ManualClock();
    const stop = new AbortController();
    const sleeping = clock.sleep(100, stop.signal);
    stop.abort(new Error('enough'));
    await expect(sleeping).rejects.toThrow('enough');
    await expect(clock.sleep(100, stop.signal)).rejects.toThrow('enough');
    clock.advance(100);
  });
});

describe('systemClock', () => {
  it('tells the time of the machine', () => {
    const before = Date.now();
    expect(systemClock.now().getTime()).toBeGreaterThanOrEqual(before);
  });

  it('wakes early only when told to', async () => {
    const stop = new AbortController();
    const sleeping = systemClock.sleep(60_000, stop.signal);
    stop.abort();
    await expect(sleeping).rejects.toMatchObject({ name: 'AbortError' });
    await expect(systemClock.sleep(1)).resolves.toBeUndefined();
  });
});
