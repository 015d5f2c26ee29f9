// SPDX-License-Identifier: EUPL-1.2
import { ozgCloudSubmissions } from '@amtsbote/adapters/forms-ozg-cloud/simulator';
import { afterEach, describe, expect, it } from '@jest/globals';

import { BlobJanitor } from '../../apps/hub/src/intake/janitor.js';
import { bookkeeping, everythingArrived, query } from './support/bookkeeping.js';
import { eventually } from './support/eventually.js';
import { HubProcess } from './support/hub-process.js';
import { JumpingClock } from './support/jumping-clock.js';
import { LoadBalancer } from './support/load-balancer.js';
import { address, prepareTown, startTown } from './support/running-town.js';

/** The fun fair's deadline in Soest brings 1,700 applications (`npm run test:burst`); every test run takes a share of it. */
const BURST = Number(process.env['JOURNEY_BURST'] ?? 200);
const HOUR_MS = 3_600_000;

const ends: (() => Promise<unknown>)[] = [];
/** Ends in reverse order of beginning, whatever the test did. */
function atTheEnd<Thing extends { stop(): Promise<unknown> }>(thing: Thing): Thing {
  ends.push(() => thing.stop());
  return thing;
}
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
}, 60_000);

describe('the deadline of the fun fair', () => {
  it(`${BURST} applications with two attachments each in one burst: all delivered, none doubled, each in order, also when the hub is killed`, async () => {
    const prepared = atTheEnd(await prepareTown());
    const { town, environment, impatientConfig } = prepared;
    let hub = atTheEnd(await HubProcess.start(environment, impatientConfig));
    town.openOffice(hub.url);
    const sending = prepared.formServerFor(hub.url).sendAll(ozgCloudSubmissions({ count: BURST, uploads: 2, seed: 7 }), 16);
    const answers = await sending;
    expect(answers.filter((answer) => answer.kind !== 'answered' || answer.status !== 202)).toEqual([]);
    for (let kill = 1; kill <= 3; kill += 1) {
      const enough = ((await bookkeeping(prepared)).finished + BURST * kill) / (kill + 1);
      await eventually(
        async () => expect((await bookkeeping(prepared)).finished).toBeGreaterThan(Math.min(enough, BURST - 100) / 3),
        200_000,
      );
      await hub.kill();
      hub = atTheEnd(await HubProcess.start(environment, impatientConfig));
    }
    await eventually(async () => expect(await bookkeeping(prepared)).toMatchObject(everythingArrived(BURST)), 400_000);
  }, 600_000);
});

describe('a hub that is killed while applications come in', () => {
  it('loses none that it answered with 202, and senders who got no answer may send again', async () => {
    const count = 60;
    const prepared = atTheEnd(await prepareTown());
    const { town, environment, impatientConfig } = prepared;
    let hub = atTheEnd(await HubProcess.start(environment, impatientConfig));
    town.openOffice(hub.url);
    const formServer = prepared.formServerFor(hub.url);
    const unanswered = new Set(ozgCloudSubmissions({ count, uploads: 2, seed: 11 }));
    const send = async (): Promise<void> => {
      for (const submission of unanswered) {
        const answer = await formServer.send(submission);
        if (answer.kind === 'answered' && answer.status === 202) unanswered.delete(submission);
      }
    };
    const sending = Promise.all([send(), send(), send()]);
    for (let kill = 0; kill < 3; kill += 1) {
      await new Promise((resolve) => setTimeout(resolve, 700));
      await hub.kill();
      hub = atTheEnd(await HubProcess.start(environment, impatientConfig));
    }
    await sending;
    while (unanswered.size > 0) await send();
    await eventually(async () => expect(await bookkeeping(prepared)).toMatchObject(everythingArrived(count)), 150_000);
  }, 240_000);
});

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
    // The janitor goes by the age of files, and files do not jump: it would take what is just being written for left over since yesterday.
    await running.hub.app.get(BlobJanitor).finish();
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
      clock.jump(HOUR_MS / 6);
      expect(await bookkeeping(running)).toMatchObject(everythingArrived(72));
    }, 90_000);
    expect(town.dms.atOnceMax).toBeLessThanOrEqual(8);
  }, 180_000);
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

describe('a rolling restart of two hubs on one database', () => {
  it('refuses no submission and loses none', async () => {
    const prepared = atTheEnd(await prepareTown());
    const places = [await address(), await address()] as const;
    const start = async (place: (typeof places)[number]): Promise<HubProcess> =>
      atTheEnd(await HubProcess.start({ ...prepared.environment, ...place }));
    const hubs = [await start(places[0]), await start(places[1])];
    const balancer = atTheEnd(await LoadBalancer.start(places.map(({ HUB_URL }) => HUB_URL)));
    prepared.town.openOffice(balancer.url);
    const formServer = prepared.formServerFor(balancer.url);
    const submissions = ozgCloudSubmissions({ count: 400, seed: 13 })[Symbol.iterator]();
    const refused: unknown[] = [];
    let sent = 0;
    let restarting = true;
    const send = async (): Promise<void> => {
      for (let next = submissions.next(); restarting && next.done !== true; next = submissions.next()) {
        const answer = await formServer.send(next.value);
        sent += 1;
        if (answer.kind !== 'answered' || answer.status !== 202) refused.push(answer);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    const sending = Promise.all([send(), send()]);
    for (const [index, place] of places.entries()) {
      expect(await hubs[index]?.stop()).toBe(0);
      await start(place);
    }
    restarting = false;
    await sending;
    expect(refused).toEqual([]);
    expect(sent).toBeGreaterThan(10);
    await eventually(
      async () => expect(await bookkeeping(prepared)).toMatchObject({ received: sent, finished: sent, duplicateEffects: 0 }),
      120_000,
    );
  }, 240_000);
});

describe('a hub that is stopped while it files', () => {
  it('finishes or returns what it holds, and the next one completes it', async () => {
    const prepared = atTheEnd(await prepareTown());
    const { town, environment } = prepared;
    const hub = atTheEnd(await HubProcess.start(environment));
    town.dms.fail({ fault: 'slow', slowMs: 400 });
    await prepared.formServerFor(hub.url).sendAll(ozgCloudSubmissions({ count: 6, seed: 17 }), 6);
    await eventually(() => expect(town.dms.requests.length).toBeGreaterThan(3));
    expect(await hub.stop()).toBe(0);
    const held = await query<{ count: number }>(environment, "SELECT count(*)::int AS count FROM step WHERE state = 'running'");
    expect(held[0]?.count).toBe(0);
    town.dms.heal();
    const next = atTheEnd(await HubProcess.start(environment));
    town.openOffice(next.url);
    await eventually(async () => expect(await bookkeeping(prepared)).toMatchObject(everythingArrived(6)), 60_000);
  }, 120_000);
});
