// SPDX-License-Identifier: EUPL-1.2
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { type Process, processOf, startHouse, type TestHouse, withDatabase } from '../../../../test/support/house.js';
import { RateLimits } from './rate-limits.js';

const INSTANCE = { adapter: 'dms-fake', concurrency: 4, attemptMs: 10_000, leaseMs: 60_000 };
const work = async (): Promise<boolean> => true;
const noWork = async (): Promise<boolean> => false;

describe('the rate of an instance', () => {
  let house: TestHouse;
  let second: Process;
  beforeEach(async () => {
    house = await startHouse({ config: { instances: { eakte: { ...INSTANCE, rate: { perMinute: 7, burst: 2 } } } } });
    second = await house.startProcess('second');
  });
  afterEach(async () => house.close());

  const rate = { perMinute: 7, burst: 2 };
  const places = async ({ gates }: Pick<Process, 'gates'>, wanted = Number.POSITIVE_INFINITY): Promise<number> => {
    const admission = await gates.admit('eakte', wanted, work);
    gates.left('eakte', admission.places);
    return admission.places;
  };

  it('lets a burst through, then one after another at an even pace, whichever process asks', async () => {
    expect([await places(house), await places(second), await places(house)]).toEqual([2, 0, 0]);
    const started: number[] = [];
    for (let ms = 0; ms <= 120_000; ms += 50) {
      house.clock.advance(50);
      started.push((await places(ms % 100 === 0 ? house : second)) + (await places(ms % 100 === 0 ? second : house)));
    }
    expect(Math.max(...started)).toBe(1);
    expect(started.reduce((sum, n) => sum + n, 0)).toBe(14);
  });

  it('is shared by processes that ask at the same moment', async () => {
    const granted = await Promise.all([house, second, house, second, house, second].map((process) => places(process, 1)));
    expect(granted.reduce((sum, n) => sum + n, 0)).toBe(2);
  });

  it('saves nothing up beyond its burst', async () => {
    await places(house);
    house.clock.advance(60 * 60_000);
    expect([await places(second), await places(second)]).toEqual([2, 0]);
  });

  it('is not used up by questions that find nothing to do, nor by places that nobody took', async () => {
    for (let n = 0; n < 5; n += 1) expect((await house.gates.admit('eakte', 4, noWork)).places).toBe(0);
    const admission = await house.gates.admit('eakte', 4, work);
    expect(admission.places).toBe(2);
    await house.gates.unused(admission, 2);
    expect(await places(house)).toBe(2);
  });

  it('names the moment from which it lets the next one through, and not a moment too early', async () => {
    const limits = new RateLimits(house.house);
    await limits.take('eakte', rate, 2);
    for (let n = 0; n < 20; n += 1) {
      const refused = await limits.take('eakte', rate, 1);
      expect(refused.count).toBe(0);
      house.clock.advance((refused.nextAt?.getTime() ?? 0) - house.clock.now().getTime());
      expect((await limits.take('eakte', rate, 1)).count).toBe(1);
    }
  });

  it('does not ask the store again while it knows that it is closed', async () => {
    await places(house);
    await places(house);
    const database = new Proxy(house.house.database, {
      get: () => {
        throw new Error('the store was asked');
      },
    });
    const limits = new RateLimits(withDatabase(house.house, database));
    Object.assign(limits, { closedUntil: new Map([['eakte', new Date(house.clock.now().getTime() + 1)]]) });
    await expect(limits.take('eakte', rate, 1)).resolves.toMatchObject({ count: 0 });
  });

  it('leaves other instances alone', async () => {
    await places(house);
    expect((await house.gates.admit('epayment', 4, work)).places).toBe(4);
  });

  it('is waited for by the runner itself: what it held back goes out at its time, with no sweeper and no trigger', async () => {
    for (let n = 0; n < 5; n += 1) await house.submit();
    const { runner } = processOf(house.house);
    await runner.drain('eakte');
    const started = async (): Promise<number> => (await house.query('SELECT 1 FROM attempt')).length;
    const becomes = async (count: number): Promise<void> => {
      while ((await started()) < count) await new Promise((resolve) => setTimeout(resolve, 5));
    };
    await becomes(2);
    for (const count of [3, 4, 5]) {
      // The runner's alarm is set after its claim; only then the clock may move on.
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(await started()).toBe(count - 1);
      house.clock.advance(60_000 / 7 + 2);
      await becomes(count);
    }
    await runner.finish(1_000);
  });
});
