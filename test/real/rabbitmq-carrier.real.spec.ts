// SPDX-License-Identifier: EUPL-1.2
import { PostgresQueue } from '@amtsbote/bus';
import { aMessage, aSubject, carrierContract, held, pause, until } from '@amtsbote/bus/testing';
import { MESSAGES } from '@amtsbote/canonical';
import { systemClock } from '@amtsbote/platform';
import { openDatabase } from '@amtsbote/store';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Channel, type ChannelModel, connect } from 'amqplib';
import type { DataSource } from 'typeorm';

import { TcpProxy } from '../../apps/landscape/src/crash/tcp-proxy.js';
import type { RabbitServer } from '../../apps/landscape/src/launch/rabbitmq.js';
import { createMigratedDatabase, type TestDatabase } from '../support/database.js';
import { startRabbit } from '../support/real/real-rabbitmq.js';
import { RabbitBus } from './support/rabbit-bus.js';

const TYPE = 'application.submitted.v1';
/** RabbitMQ writes down every half second where new queues lie; what it does when it dies before that has a test of its own. */
const REMEMBERED_MS = 1_000;
/** Longer than a heartbeat of the tests' carriers, twice. */
const HALF_OPEN_MS = 30_000;

let server: RabbitServer;
let database: TestDatabase;
let store: DataSource;
beforeAll(async () => {
  server = await startRabbit();
  database = await createMigratedDatabase();
  store = await openDatabase({ url: database.url, connectionsMax: 6, statementMs: 30_000 });
}, 180_000);
afterAll(async () => {
  await store.destroy();
  await database.drop();
  await server.remove();
}, 60_000);

async function aBus(more: ConstructorParameters<typeof RabbitBus>[4] = {}): Promise<RabbitBus> {
  return new RabbitBus(server, database.url, store, await TcpProxy.start(() => server.port), more);
}

carrierContract({ name: 'rabbitmq', start: () => aBus() });

describe('the carrier over RabbitMQ', () => {
  let bus: RabbitBus;
  let operator: ChannelModel;
  let channel: Channel;
  const loads: { readonly stop: () => Promise<void> }[] = [];
  beforeEach(async () => {
    bus = await aBus();
    operator = await connect(server.url);
    operator.on('error', () => undefined);
    channel = await operator.createChannel();
  });
  afterEach(async () => {
    for (const one of loads.splice(0)) await one.stop();
    await operator.close().catch(() => undefined);
    await bus.stop();
  });

  const queue = (): string => `${bus.prefix}.${TYPE}`;
  const isDone = async (): Promise<boolean> => (await bus.waiting()) === 0;
  /** Publishes from now on, until told to stop; in order per subject. */
  function load(subjects = 10): { readonly sent: Map<string, string[]>; readonly stop: () => Promise<void> } {
    const sent = new Map<string, string[]>();
    const going = new AbortController();
    const publishing = (async () => {
      for (let n = 0; !going.signal.aborted; n += 1) {
        const message = aMessage(aSubject(n % subjects));
        await bus.publish([message]);
        sent.set(message.subject, [...(sent.get(message.subject) ?? []), message.id]);
        await pause(5);
      }
    })();
    const stop = async (): Promise<void> => {
      going.abort();
      await publishing;
    };
    loads.push({ stop });
    return { sent, stop };
  }
  /** Takes everything, and keeps a book by subject; a message that comes again right after itself is in order. */
  async function bookkeeper(): Promise<Map<string, string[]>> {
    const got = new Map<string, string[]>();
    await bus.consume(
      async ({ id, subject }) => {
        const known = got.get(subject) ?? [];
        if (known.at(-1) !== id) got.set(subject, [...known, id]);
      },
      { leaseMs: 2_000 },
    );
    return got;
  }

  it('declares quorum queues with a dead-letter exchange for every type of the map, and carries no data', async () => {
    const hold = held();
    await bus.consume(async () => hold.released, { inFlightMax: 1 });
    for (const type of Object.keys(MESSAGES)) {
      const name = `${bus.prefix}.${type}`;
      await expect(channel.checkQueue(name)).resolves.toMatchObject({ queue: name, consumerCount: 1 });
      // Any other argument would be refused as not equivalent.
      await channel.assertQueue(name, {
        durable: true,
        deadLetterExchange: `${bus.prefix}.dead`,
        arguments: { 'x-queue-type': 'quorum', 'x-delivery-limit': 20 },
      });
    }
    const seen: Buffer[] = [];
    const { queue: copy } = await channel.assertQueue('', { exclusive: true });
    await channel.bindQueue(copy, `${bus.prefix}.triggers`, TYPE);
    await channel.consume(copy, (message) => message !== null && seen.push(message.content), { noAck: true });
    await bus.publish([aMessage(aSubject(1))]);
    await until('a trigger passes', () => seen.length === 1);
    expect(seen[0]?.toString()).toMatch(/^\d+ \d+$/);
    hold.release();
    await until('it is handled', isDone);
  });

  it('takes on messages while the broker is away, and keeps the order and loses nothing, when it is killed and started again under load', async () => {
    const got = await bookkeeper();
    await pause(REMEMBERED_MS);
    const { sent, stop } = load();
    const handled = (): number => [...got.values()].flat().length;
    await until('it flows', () => handled() >= 20, 60_000);
    await server.kill();
    await until('it is told', () => bus.told.away.length > 0);
    const [so, waiting] = [handled(), await bus.waiting()];
    await until('the outbox grows', async () => (await bus.waiting()) >= waiting + 50);
    await server.start();
    await until('it flows again', () => handled() >= so + 20, 60_000);
    await stop();
    await until('none is left', isDone, 60_000);
    expect(got).toEqual(sent);
    await until('it is told', () => bus.told.back > 0, 60_000);
    expect(bus.told.away.join()).not.toContain(server.password);
  }, 240_000);

  it('makes queues anew that the broker restored without a leader, as after it died right after it had made them', async () => {
    const got = await bookkeeper();
    await bus.publish([aMessage(aSubject(1))]);
    await until('it flows', isDone);
    await server.kill();
    await server.forgetQueueLogs();
    const { sent, stop } = load();
    await server.start();
    await until('it flows again', () => got.size > 5, 60_000);
    await stop();
    await until('none is left', isDone, 60_000);
    for (const [subject, ids] of sent) expect(got.get(subject)?.slice(-ids.length)).toEqual(ids);
    expect(bus.told.discarded).toContain(queue());
  }, 120_000);

  it('keeps the order and loses nothing when connections are cut again and again', async () => {
    const got = await bookkeeper();
    const { sent, stop } = load();
    for (let cut = 1; cut <= 5; cut += 1) {
      const so = [...got.values()].flat().length;
      await until('it flows', () => [...got.values()].flat().length >= so + 20, 60_000);
      bus.wire.break({ kind: 'refused' });
      bus.wire.cut();
      await pause(100);
      bus.wire.mend();
    }
    await stop();
    await until('none is left', isDone, 60_000);
    expect(got).toEqual(sent);
  }, 120_000);

  it('sends again what the broker took and never confirmed', async () => {
    await bus.stop();
    // A heartbeat would be the first answer to be lost.
    bus = await aBus({ heartbeatMs: 60_000 });
    const got = await bookkeeper();
    await bus.publish([aMessage(aSubject(2))]);
    await until('it flows', isDone);
    bus.wire.break({ kind: 'answerLost' });
    const message = aMessage(aSubject(1));
    await bus.publish([message]);
    await until('the broker has it', async () => {
      const [row] = await store.query<{ fence: string }[]>('SELECT fence FROM message');
      return row?.fence !== '0';
    });
    await until('its answer is lost', () => bus.told.away.length > 0);
    expect(await bus.waiting()).toBe(1);
    bus.wire.mend();
    await until('it is handled', isDone);
    expect(got.get(message.subject)).toEqual([message.id]);
  });

  it('notices a connection over which nothing comes any more, and goes on over a new one', async () => {
    const got = await bookkeeper();
    await bus.publish([aMessage(aSubject(1))]);
    await until('it flows', isDone);
    bus.wire.break({ kind: 'silent' });
    const message = aMessage(aSubject(2));
    await bus.publish([message]);
    await until('it is noticed', () => bus.told.away.length > 0, HALF_OPEN_MS);
    bus.wire.mend();
    await until('it is handled', isDone, HALF_OPEN_MS);
    expect(got.get(message.subject)).toEqual([message.id]);
  }, 90_000);

  it('loses nothing when somebody purges its queues', async () => {
    const hold = held();
    const got: string[] = [];
    await bus.consume(
      async ({ id }) => {
        await hold.released;
        got.push(id);
      },
      { inFlightMax: 1, leaseMs: 1_500 },
    );
    const messages = Array.from({ length: 40 }, (_, n) => aMessage(aSubject(n)));
    await bus.publish(messages);
    await until('some wait in the broker', async () => (await channel.checkQueue(queue())).messageCount > 0);
    expect((await channel.purgeQueue(queue())).messageCount).toBeGreaterThan(0);
    hold.release();
    await until('all are handled', isDone);
    expect(new Set(got)).toEqual(new Set(messages.map(({ id }) => id)));
  });

  it('makes its queues anew when somebody deletes them, and loses nothing', async () => {
    const got = await bookkeeper();
    const { sent, stop } = load();
    await until('it flows', () => got.size > 5);
    await channel.deleteQueue(queue());
    await channel.deleteExchange(`${bus.prefix}.triggers`);
    await pause(300);
    await stop();
    await until('all are handled', isDone, 30_000);
    expect(got).toEqual(sent);
    expect((await channel.checkQueue(queue())).consumerCount).toBe(1);
  }, 60_000);

  it('drops triggers that are doubled, late, made up or none at all', async () => {
    const started: string[] = [];
    const hold = held();
    await bus.consume(
      async ({ id }) => {
        started.push(id);
        await hold.released;
      },
      { leaseMs: 60_000 },
    );
    const message = aMessage(aSubject(1));
    await bus.publish([message]);
    await until('it is under way', () => started.length === 1);
    const [row] = await store.query<{ seq: string; fence: string }[]>('SELECT seq, fence FROM message');
    const bad = [`${row?.seq} ${Number(row?.fence) - 1}`, `${row?.seq} 0`, '999999 1', 'DROP TABLE message', '', 'x'.repeat(1_000_000)];
    for (const content of bad) channel.publish(`${bus.prefix}.triggers`, TYPE, Buffer.from(content));
    await until('what is none is told', () => bus.told.foreign.length === 3);
    await until('all are consumed', async () => (await channel.checkQueue(queue())).messageCount === 0);
    await pause(200);
    hold.release();
    await until('it is handled', isDone);
    expect(started).toEqual([message.id]);
    expect(await bus.deadLetters()).toEqual([]);
  });

  it('sends a message again whose trigger the broker gave up, without waiting for its reservation', async () => {
    await bus.stop();
    bus = await aBus({ resendMs: 3_600_000 });
    const message = aMessage(aSubject(1));
    const got: string[] = [];
    const consumer = await bus.consume(async ({ id }) => void got.push(id));
    consumer.pause();
    await bus.publish([message]);
    const [posted] = await new PostgresQueue(store, systemClock).post([TYPE], 1, 3_600_000);
    channel.publish(`${bus.prefix}.dead`, '', Buffer.from(`${posted?.seq} ${posted?.fence}`));
    await until('it is told', () => bus.told.givenUp === 1);
    consumer.resume();
    await until('it is handled', isDone);
    expect(got).toEqual([message.id]);
  });

  it('keeps no more than wanted in the broker; the outbox has the rest', async () => {
    await bus.stop();
    bus = await aBus({ queuedMax: 20, prefetch: 2 });
    const hold = held();
    await bus.consume(async () => hold.released, { inFlightMax: 1, leaseMs: 60_000 });
    await bus.publish(Array.from({ length: 400 }, (_, n) => aMessage(aSubject(n))));
    await until('some wait in the broker', async () => (await channel.checkQueue(queue())).messageCount > 10);
    await pause(500);
    expect((await channel.checkQueue(queue())).messageCount).toBeLessThanOrEqual(20);
    hold.release();
    await until('all are handled', isDone, 30_000);
  }, 60_000);
});
