// SPDX-License-Identifier: EUPL-1.2
import { ozgCloudSubmissions } from '@amtsbote/adapters/forms-ozg-cloud/simulator';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { TcpProxy } from '../../apps/landscape/src/crash/tcp-proxy.js';
import type { RabbitServer } from '../../apps/landscape/src/launch/rabbitmq.js';
import { bookkeeping, everythingArrived, finishedOf } from '../journeys/support/bookkeeping.js';
import { eventually } from '../journeys/support/eventually.js';
import type { HubProcess } from '../journeys/support/hub-process.js';
import { address, type PreparedTown, prepareTown } from '../journeys/support/running-town.js';
import { startRabbit } from '../support/real/real-rabbitmq.js';
import { hubOverRabbit } from './support/town-with-broker.js';

describe('a hub whose bus goes over RabbitMQ', () => {
  let broker: RabbitServer;
  const ends: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    broker = await startRabbit();
  }, 120_000);
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  }, 60_000);
  afterAll(async () => {
    await broker.remove();
  }, 60_000);

  async function aTown(): Promise<PreparedTown> {
    const prepared = await prepareTown();
    ends.push(() => prepared.stop());
    return prepared;
  }
  /** Queues of its own for every town. */
  async function aHub(prepared: PreparedTown, bus: object = {}, place = {}, over: Pick<RabbitServer, 'url'> = broker): Promise<HubProcess> {
    const prefix = `town-${new URL(prepared.environment['HUB_URL'] ?? '').port}`;
    const hub = await hubOverRabbit(prepared, over, { bus: { ...bus, rabbitmq: { prefix } } }, place);
    ends.push(() => hub.stop());
    return hub;
  }
  const finished = (prepared: PreparedTown, least: number): Promise<void> =>
    eventually(async () => expect(await finishedOf(prepared)).toBeGreaterThanOrEqual(least), 90_000);
  const arrived = (prepared: PreparedTown, count: number): Promise<void> =>
    eventually(async () => expect(await bookkeeping(prepared)).toEqual(everythingArrived(count)), 120_000);

  it('delivers everything once when the broker is killed and started again meanwhile', async () => {
    const count = 60;
    const prepared = await aTown();
    const hub = await aHub(prepared);
    prepared.town.openOffice(hub.url);
    const sending = prepared.formServerFor(hub.url).sendAll(ozgCloudSubmissions({ count, uploads: 1, seed: 5 }), 4);
    for (const least of [1, 20]) {
      await finished(prepared, least);
      await broker.kill();
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      await broker.start();
    }
    for (const answer of await sending) expect(answer).toMatchObject({ kind: 'answered', status: 202 });
    await arrived(prepared, count);
  }, 300_000);

  it('delivers everything once when connections to the broker are cut and go half-open meanwhile', async () => {
    const count = 60;
    const prepared = await aTown();
    const wire = await TcpProxy.start(() => broker.port);
    ends.push(() => wire.stop());
    const hub = await aHub(prepared, {}, {}, { url: wire.via(broker.url) });
    prepared.town.openOffice(hub.url);
    const sending = prepared.formServerFor(hub.url).sendAll(ozgCloudSubmissions({ count, uploads: 1, seed: 6 }), 4);
    for (const [least, kind] of [
      [1, 'refused'],
      [15, 'silent'],
      [30, 'answerLost'],
      [40, 'refused'],
    ] as const) {
      await finished(prepared, least);
      wire.break({ kind });
      if (kind === 'refused') wire.cut();
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      wire.mend();
    }
    for (const answer of await sending) expect(answer).toMatchObject({ kind: 'answered', status: 202 });
    await arrived(prepared, count);
  }, 300_000);

  it('is switched to the other carrier and back while it works, process by process, and loses nothing', async () => {
    const count = 80;
    const prepared = await aTown();
    const places = [await address(), await address()] as const;
    let [one, other] = [await aHub(prepared, {}, places[0]), await aHub(prepared, {}, places[1])];
    prepared.town.openOffice(one.url);
    const send = (seed: number): Promise<unknown> =>
      prepared.formServerFor(other.url).sendAll(ozgCloudSubmissions({ count: count / 4, seed }), 4);
    await send(21);
    for (const [index, carrier] of (['postgres', 'rabbitmq', 'postgres'] as const).entries()) {
      await one.kill();
      one = await aHub(prepared, { carrier }, places[0]);
      await send(31 + index);
      await other.stop();
      other = await aHub(prepared, { carrier }, places[1]);
    }
    await arrived(prepared, count);
  }, 300_000);
});
