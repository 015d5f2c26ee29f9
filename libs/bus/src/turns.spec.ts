// SPDX-License-Identifier: EUPL-1.2
import { ManualClock } from '@amtsbote/platform';
import { describe, expect, it } from '@jest/globals';

import { Turns } from './turns.js';

/** Lets everything run that waits for nothing but its turn. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('turns', () => {
  it('follow each other while there is something to do, then rest until the poll interval is over', async () => {
    const clock = new ManualClock();
    let [taken, left] = [0, 3];
    const turns = new Turns(clock, 500, async () => {
      taken += 1;
      left -= 1;
      return left > 0;
    });
    turns.start();
    await settle();
    expect(taken).toBe(3);
    clock.advance(499);
    await settle();
    expect(taken).toBe(3);
    clock.advance(1);
    await settle();
    expect(taken).toBe(4);
    await turns.stop();
  });

  it('are not missed when somebody stirs during one that finds nothing', async () => {
    let taken = 0;
    const turns: Turns = new Turns(new ManualClock(), 500, async () => {
      taken += 1;
      if (taken === 1) turns.stir();
      return false;
    });
    turns.start();
    await settle();
    expect(taken).toBe(2);
    await turns.stop();
  });

  it('stop after the one under way', async () => {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    let taken = 0;
    const turns = new Turns(new ManualClock(), 500, () => {
      taken += 1;
      return promise;
    });
    turns.start();
    let stopped = false;
    const stopping = turns.stop().then(() => {
      stopped = true;
    });
    await settle();
    expect(stopped).toBe(false);
    resolve(true);
    await stopping;
    expect(taken).toBe(1);
  });
});
