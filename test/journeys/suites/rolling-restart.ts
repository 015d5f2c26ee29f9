// SPDX-License-Identifier: EUPL-1.2
import { ozgCloudSubmissions } from '@amtsbote/adapters/forms-ozg-cloud/simulator';
import { describe, expect, it } from '@jest/globals';

import { LoadBalancer } from '../../../apps/landscape/src/load-balancer.js';
import { atTheEnd } from '../support/at-the-end.js';
import { bookkeeping } from '../support/bookkeeping.js';
import { eventually } from '../support/eventually.js';
import { HubProcess } from '../support/hub-process.js';
import { address, prepareTown } from '../support/running-town.js';
import type { JourneyCarrier } from './journey-carrier.js';

/** Two hubs behind a balancer, stopped and started one after the other under load. */
export function rollingRestart(carrier: JourneyCarrier): void {
  describe(`a rolling restart of two hubs on one database, carrier ${carrier.name}`, () => {
    it('refuses no submission and loses none', async () => {
      const prepared = atTheEnd(await prepareTown({ environment: carrier.environment() }));
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
}
