// SPDX-License-Identifier: EUPL-1.2
import { type BusUnderTest, carrierContract, type ConsumerSettings, type TestConsumer, type TestHandler } from '@amtsbote/bus/testing';
import { type Message, MESSAGES } from '@amtsbote/canonical';
import { systemClock } from '@amtsbote/platform';
import { openDatabase } from '@amtsbote/store';
import { afterAll, beforeAll } from '@jest/globals';
import type { DataSource } from 'typeorm';

import { createMigratedDatabase, type TestDatabase } from '../../../test/support/database.js';
import type { DeliveryInfo } from './bus.port.js';
import { enqueue } from './outbox.js';
import { PostgresCarrier } from './postgres-carrier.js';
import { PostgresQueue } from './postgres-queue.js';
import { Waker } from './waker.js';

let database: TestDatabase;
let store: DataSource;
beforeAll(async () => {
  database = await createMigratedDatabase();
  store = await open();
});
afterAll(async () => {
  await store.destroy();
  await database.drop();
});

function open(): Promise<DataSource> {
  return openDatabase({ url: database.url, connectionsMax: 6, statementMs: 30_000 });
}

/** Every consumer has connections of its own, as a process has. */
class PostgresBus implements BusUnderTest {
  private readonly waker = new Waker(store);
  private readonly consumers: TestConsumer[] = [];

  async publish(messages: Parameters<BusUnderTest['publish']>[0]): Promise<void> {
    await store.transaction((sql) => enqueue(sql, messages));
    this.waker.wakeHere();
  }
  async publishAndRollBack(messages: Parameters<BusUnderTest['publish']>[0]): Promise<void> {
    const rolledBack = new Error('rolled back');
    await store
      .transaction(async (sql) => {
        await enqueue(sql, messages);
        throw rolledBack;
      })
      .catch((error: unknown) => {
        if (error !== rolledBack) throw error;
      });
    this.waker.wakeHere();
  }
  async publishUnreadable(id: string, subject: string): Promise<void> {
    await store.query(
      `INSERT INTO message (id, type, subject, tenant, available_at, envelope) VALUES ($1, 'application.submitted.v1', $2, '057110000000', now(), '{"odd": 1}')`,
      [id, subject],
    );
    this.waker.wakeHere();
  }

  async consume(handler: TestHandler, settings: Partial<ConsumerSettings> = {}): Promise<TestConsumer> {
    const own = await open();
    const events = { handlerFailed: () => undefined, died: () => undefined, storeFailed: () => undefined };
    const carrier = new PostgresCarrier(
      new PostgresQueue(own, systemClock),
      this.waker,
      systemClock,
      { inFlightMax: 8, leaseMs: 30_000, pollMs: 50, deliveriesMax: 5, isStoreTrouble: () => false, ...settings },
      events,
    );
    for (const type of Object.keys(MESSAGES))
      carrier.addHandler(type, (message: Message, info: DeliveryInfo) => handler(message, info.delivery), true);
    carrier.listen(() => undefined);
    let over: Promise<void> | undefined;
    const consumer: TestConsumer = {
      pause: () => carrier.pause(),
      resume: () => carrier.resume(),
      close: () => (over ??= carrier.close().then(() => own.destroy())),
      crash: async () => {
        carrier.pause();
        await own.destroy();
        // It waits for handlers that hang until the test lets them go; nothing it does reaches the store any more.
        over ??= carrier.close().catch(() => undefined);
      },
    };
    this.consumers.push(consumer);
    return consumer;
  }

  async waiting(): Promise<number> {
    const [row] = await store.query<{ count: number }[]>('SELECT count(*)::int AS count FROM message');
    return row?.count ?? 0;
  }
  deadLetters(): ReturnType<BusUnderTest['deadLetters']> {
    return store.query('SELECT id, reason, deliveries FROM dead_letter');
  }
  async redrive(): Promise<number> {
    const count = await new PostgresQueue(store, systemClock).redrive(null, null);
    this.waker.wakeHere();
    return count;
  }
  async stop(): Promise<void> {
    await Promise.all(this.consumers.map((consumer) => consumer.close()));
    this.waker.close();
    await store.query('TRUNCATE message, dead_letter');
  }
}

carrierContract({ name: 'postgres', start: async () => new PostgresBus() });
