// SPDX-License-Identifier: EUPL-1.2
import { ozgCloudSubmissions } from '@amtsbote/adapters/forms-ozg-cloud/simulator';
import { describe, expect, it } from '@jest/globals';

import { LoadBalancer } from '../../apps/landscape/src/load-balancer.js';
import { atTheEnd } from './support/at-the-end.js';
import { bookkeeping, everythingArrived, query } from './support/bookkeeping.js';
import { eventually } from './support/eventually.js';
import { HubProcess } from './support/hub-process.js';
import { address, prepareTown } from './support/running-town.js';

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
