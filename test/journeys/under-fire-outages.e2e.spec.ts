// SPDX-License-Identifier: EUPL-1.2
import { ozgCloudSubmissions } from '@amtsbote/adapters/forms-ozg-cloud/simulator';
import { describe, expect, it } from '@jest/globals';

import { atTheEnd } from './support/at-the-end.js';
import { bookkeeping, everythingArrived, query } from './support/bookkeeping.js';
import { eventually } from './support/eventually.js';
import { JumpingClock } from './support/jumping-clock.js';
import { startTown } from './support/running-town.js';

const HOUR_MS = 3_600_000;

describe('a DMS that is down for 72 hours', () => {
  it('does not stop the intake, and everything arrives afterwards without a stampede', async () => {
    const clock = new JumpingClock();
    const running = atTheEnd(
      await startTown({
        clock,
        // A webhook may be on its way while time jumps.
        habits: { nowMs: clock.nowMs, toleranceMs: 3 * HOUR_MS },
      }),
    );
    const { town } = running;
    const submissions = ozgCloudSubmissions({ count: 72, seed: 5 });
    town.dms.fail('down');
    const before = town.dms.requests.length;
    for (const submission of submissions) {
      expect(await running.formServer.send(submission)).toMatchObject({ kind: 'answered', status: 202 });
      clock.jump(HOUR_MS);
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
    await eventually(async () => expect((await bookkeeping(running)).vorgaenge).toBe(0));
    // 72 applications waiting up to 72 hours: the open circuit lets a probe through now and then, not every application all the time.
    expect(town.dms.requests.length - before).toBeLessThan(72 * 8);
    expect(await query(running.environment, "SELECT name, instance, failure->>'code' AS code FROM step WHERE state = 'parked'")).toEqual(
      [],
    );
    town.dms.heal();
    town.dms.atOnceMax = 0;
    await eventually(async () => {
      // Between attempts only: by the clock a lease would be over, and whoever holds it would not act any more.
      const [working] = await query<{ count: number }>(
        running.environment,
        "SELECT count(*)::int AS count FROM step WHERE state = 'running'",
      );
      if (working?.count === 0) clock.jump(HOUR_MS / 6);
      expect(await bookkeeping(running)).toMatchObject(everythingArrived(72));
    }, 240_000);
    expect(town.dms.atOnceMax).toBeLessThanOrEqual(8);
  }, 360_000);
});

describe('a DMS whose answers get lost after it has acted', () => {
  it('is asked first: everything is found, nothing is filed twice', async () => {
    const running = atTheEnd(await startTown());
    running.town.dms.fail({ fault: 'answerLost', match: /^POST .*\/(folders|documents)/, times: 8 });
    const answers = await running.formServer.sendAll(ozgCloudSubmissions({ count: 4, uploads: 2, seed: 9 }), 4);
    expect(answers).toHaveLength(4);
    await eventually(async () => expect(await bookkeeping(running)).toMatchObject(everythingArrived(4)), 60_000);
    const doubts = await query<{ count: number }>(
      running.environment,
      "SELECT count(*)::int AS count FROM attempt WHERE outcome = 'outcomeUnknown'",
    );
    expect(doubts[0]?.count).toBeGreaterThan(0);
  }, 90_000);
});
