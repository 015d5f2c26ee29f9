// SPDX-License-Identifier: EUPL-1.2
import { ozgCloudSubmissions } from '@amtsbote/adapters/forms-ozg-cloud/simulator';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { freePort } from '../../apps/landscape/src/free-port.js';
import type { RabbitServer } from '../../apps/landscape/src/launch/rabbitmq.js';
import { LoadBalancer } from '../../apps/landscape/src/load-balancer.js';
import { bookkeeping, everythingArrived } from '../journeys/support/bookkeeping.js';
import { eventually } from '../journeys/support/eventually.js';
import { HubProcess } from '../journeys/support/hub-process.js';
import { address, type PreparedTown, prepareTown } from '../journeys/support/running-town.js';
import { startRabbit } from '../support/real/real-rabbitmq.js';
import { impatientConfig } from './support/impatient-config.js';

const ROLES = ['intake', 'worker', 'ops'] as const;
type Role = (typeof ROLES)[number];

describe.each(['postgres', 'rabbitmq'] as const)('intake, worker and ops as processes of their own, carrier %s', (carrier) => {
  let broker: RabbitServer | undefined;
  const ends: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    if (carrier === 'rabbitmq') broker = await startRabbit();
  }, 120_000);
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  }, 60_000);
  afterAll(async () => {
    await broker?.remove();
  }, 60_000);

  /** Two processes of every role. */
  async function aHouse(prepared: PreparedTown): Promise<{ intake: LoadBalancer; ops: LoadBalancer; restart(role: Role): Promise<void> }> {
    const nowhere = `127.0.0.1:${await freePort()}`;
    const places = await Promise.all(ROLES.map(async (role) => ({ role, at: [await address(), await address()] as const })));
    const of = (role: Role): readonly { readonly HUB_URL: string; readonly HUB_PORT: string }[] =>
      places.find((place) => place.role === role)?.at ?? [];
    const balancer = async (role: Role): Promise<LoadBalancer> => {
      const started = await LoadBalancer.start(of(role).map(({ HUB_URL }) => HUB_URL));
      ends.push(() => started.stop());
      return started;
    };
    const [intake, ops] = [await balancer('intake'), await balancer('ops')];
    const start = async (role: Role, place: { HUB_URL: string; HUB_PORT: string }): Promise<HubProcess> => {
      // What stands in the DMZ reaches database and blobs, and nothing else.
      const dmz = {
        TOWN_PAYMENT_URL: `http://${nowhere}`,
        TOWN_DMS_URL: `http://${nowhere}`,
        TOWN_PORTAL_URL: `http://${nowhere}`,
        RABBITMQ_URL: `amqp://${nowhere}`,
      };
      const environment = {
        ...prepared.environment,
        HUB_BUS_CARRIER: carrier,
        ...(broker === undefined ? {} : { RABBITMQ_URL: broker.url }),
        ...(role === 'intake' ? dmz : {}),
        ...place,
        // Under which address others reach this role: the Fachverfahren collects where the ops role answers.
        HUB_URL: role === 'ops' ? ops.url : intake.url,
      };
      const hub = await HubProcess.start(environment, await impatientConfig({ roles: [role] }), place.HUB_URL);
      ends.push(() => hub.stop());
      return hub;
    };
    const running = new Map<Role, HubProcess[]>();
    for (const role of ROLES) running.set(role, await Promise.all(of(role).map((place) => start(role, place))));
    return {
      intake,
      ops,
      restart: async (role) => {
        for (const [index, place] of of(role).entries()) {
          // Whoever stops one makes sure that the other one is there.
          for (const balancer of [intake, ops]) await eventually(() => expect(balancer.inUse).toHaveLength(2));
          expect(await running.get(role)?.[index]?.stop()).toBe(0);
          await start(role, place);
        }
      },
    };
  }

  it('are restarted one after the other under load; nothing is refused, lost or done twice', async () => {
    const prepared = await prepareTown();
    ends.push(() => prepared.stop());
    const house = await aHouse(prepared);
    prepared.town.openOffice(house.ops.url);
    const formServer = prepared.formServerFor(house.intake.url);
    const submissions = ozgCloudSubmissions({ count: 1_000, seed: 41 })[Symbol.iterator]();
    const refused: unknown[] = [];
    let [sent, restarting] = [0, true];
    const send = async (): Promise<void> => {
      for (let next = submissions.next(); restarting && next.done !== true; next = submissions.next()) {
        const answer = await formServer.send(next.value);
        sent += 1;
        if (answer.kind !== 'answered' || answer.status !== 202) refused.push(answer);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    };
    const sending = Promise.all([send(), send()]);
    for (const role of ROLES) await house.restart(role);
    restarting = false;
    await sending;
    expect(refused).toEqual([]);
    expect(sent).toBeGreaterThan(10);
    await eventually(async () => expect(await bookkeeping(prepared)).toEqual(everythingArrived(sent)), 180_000);
  }, 400_000);
});
