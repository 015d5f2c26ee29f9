// SPDX-License-Identifier: EUPL-1.2
import { aMessage, aSubject } from '@amtsbote/bus/testing';
import { ManualClock } from '@amtsbote/platform';
import { openDatabase } from '@amtsbote/store';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { ConfirmChannel } from 'amqplib';
import type { DataSource } from 'typeorm';

import { createMigratedDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { enqueue } from '../outbox.js';
import { PostgresQueue } from '../postgres-queue.js';
import { Relay } from './relay.js';
import { readTrigger, Topology, type Trigger } from './topology.js';

const RESEND_MS = 60_000;
const LEASE_MS = 30_000;

/** What a broker does with a trigger: takes and confirms it; takes it, and the answer is lost; never hears of it. */
type Fate = 'confirmed' | 'answer lost' | 'never heard';

/*
 * The seam of every outbox relay: publish confirmed → mark as sent. Lost between the two, the message is sent twice; marked first, it may never be
 * sent. Here the mark comes first, is a reservation that ends by itself, and its number makes every earlier trigger of the same message void.
 */
describe('the seam of a relay: confirmed by the broker, then marked as sent', () => {
  let database: TestDatabase;
  let store: DataSource;
  beforeAll(async () => {
    database = await createMigratedDatabase();
    store = await openDatabase({ url: database.url, connectionsMax: 4, statementMs: 30_000 });
  }, 60_000);
  afterAll(async () => {
    await store.destroy();
    await database.drop();
  });
  afterEach(async () => {
    await store.query('TRUNCATE message, dead_letter');
  });

  async function aTown(): Promise<{
    clock: ManualClock;
    broker: Trigger[];
    /** One turn of a relay in a process of its own, which is gone afterwards. */
    relay: (fate: Fate) => Promise<boolean>;
    take: (trigger: Trigger | undefined) => Promise<number>;
  }> {
    const clock = new ManualClock('2026-01-31T11:00:00.000Z');
    const broker: Trigger[] = [];
    const queue = new PostgresQueue(store, clock);
    await store.transaction((sql) => enqueue(sql, [aMessage(aSubject(1))]));
    const relay = async (fate: Fate): Promise<boolean> => {
      const owner = {
        types: () => ['application.submitted.v1'] as const,
        storeFailed: (error: unknown) => expect(error).toBeUndefined(),
        misses: () => undefined,
        isBlocked: () => false,
        crashAt: () => undefined,
      };
      const settings = { queuedMax: 100, resendMs: RESEND_MS, answerMs: 1_000 };
      const one = new Relay(new PostgresQueue(store, clock), new Topology('t'), clock, settings, owner);
      await one.setUp({ createConfirmChannel: async () => channelTo(broker, fate, () => setImmediate(() => one.stop())) } as never);
      return one.turn();
    };
    const take = async (trigger: Trigger | undefined): Promise<number> =>
      trigger === undefined ? 0 : (await queue.take([trigger], LEASE_MS)).length;
    return { clock, broker, relay, take };
  }

  it('confirmed, and the relay dies before it knows: sent again after a while, and only the later one counts', async () => {
    const { clock, broker, relay, take } = await aTown();
    await relay('answer lost');
    await expect(relay('confirmed')).resolves.toBe(false);
    clock.advance(RESEND_MS + 1);
    await expect(relay('confirmed')).resolves.toBe(true);
    expect(broker).toHaveLength(2);
    expect([await take(broker[0]), await take(broker[1]), await take(broker[0]), await take(broker[1])]).toEqual([0, 1, 0, 0]);
  });

  it('confirmed and taken, and the relay dies before it knows: nobody is told a second time', async () => {
    const { clock, broker, relay, take } = await aTown();
    await relay('answer lost');
    expect(await take(broker[0])).toBe(1);
    clock.advance(LEASE_MS - 1);
    await expect(relay('confirmed')).resolves.toBe(false);
    expect(broker).toHaveLength(1);
  });

  it('marked, and the relay dies before the broker hears of it: sent after a while', async () => {
    const { clock, broker, relay, take } = await aTown();
    await relay('never heard');
    expect(broker).toEqual([]);
    clock.advance(RESEND_MS + 1);
    await expect(relay('confirmed')).resolves.toBe(true);
    expect(await take(broker[0])).toBe(1);
  });

  it('confirmed, and the mark is lost with the database that wrote it: two equal triggers, one delivery', async () => {
    const { broker, relay, take } = await aTown();
    await relay('confirmed');
    // A failover to a database that had not got the last commit.
    await store.query('UPDATE message SET lease_until = NULL, fence = 0');
    await relay('confirmed');
    expect(broker).toHaveLength(2);
    expect([await take(broker[0]), await take(broker[1])]).toEqual([1, 0]);
  });
});

function channelTo(broker: Trigger[], fate: Fate, die: () => void): ConfirmChannel {
  const channel = {
    on: () => channel,
    assertExchange: async () => undefined,
    assertQueue: async () => ({ messageCount: 0 }),
    bindQueue: async () => undefined,
    publish: (_exchange: string, _key: string, content: Buffer, _options: unknown, confirm: (error: unknown) => void) => {
      const trigger = readTrigger(content);
      if (fate !== 'never heard' && trigger !== undefined) broker.push(trigger);
      if (fate === 'confirmed') confirm(null);
      else die();
    },
  };
  return channel as never;
}
