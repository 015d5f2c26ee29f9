// SPDX-License-Identifier: EUPL-1.2
import { type DeliveryInfo, enqueue, PostgresQueue, RabbitCarrier, type RabbitEvents, type RabbitSettings, Waker } from '@amtsbote/bus';
import type { BusUnderTest, ConsumerSettings, TestConsumer, TestHandler } from '@amtsbote/bus/testing';
import { type Message, MESSAGES } from '@amtsbote/canonical';
import { systemClock, systemRandomness } from '@amtsbote/platform';
import { openDatabase } from '@amtsbote/store';
import type { DataSource } from 'typeorm';

import { TcpProxy } from '../../../apps/landscape/src/crash/tcp-proxy.js';
import type { RabbitServer } from '../../../apps/landscape/src/launch/rabbitmq.js';

let buses = 0;

/** What the carriers of a bus told. */
export interface Told {
  readonly away: string[];
  back: number;
  readonly blocked: string[];
  readonly foreign: string[];
  givenUp: number;
  readonly discarded: string[];
  store: number;
}

/** A bus over RabbitMQ with queues of its own; every consumer has connections of its own, as a process has. */
export class RabbitBus implements BusUnderTest {
  readonly prefix = `t${process.pid}-${(buses += 1)}`;
  readonly told: Told = { away: [], back: 0, blocked: [], foreign: [], givenUp: 0, discarded: [], store: 0 };
  private readonly waker: Waker;
  private readonly consumers: TestConsumer[] = [];

  constructor(
    private readonly server: RabbitServer,
    private readonly databaseUrl: string,
    readonly store: DataSource,
    /** Shared by all consumers, to be cut and silenced. */
    readonly wire: TcpProxy,
    private readonly more: Partial<RabbitSettings> = {},
  ) {
    this.waker = new Waker(store);
  }

  async publish(messages: readonly Message[]): Promise<void> {
    await this.store.transaction((sql) => enqueue(sql, messages));
    this.waker.wakeHere();
  }

  async publishAndRollBack(messages: readonly Message[]): Promise<void> {
    const rolledBack = new Error('rolled back');
    await this.store
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
    await this.store.query(
      `INSERT INTO message (id, type, subject, tenant, available_at, envelope) VALUES ($1, 'application.submitted.v1', $2, '057110000000', now(), '{"odd": 1}')`,
      [id, subject],
    );
    this.waker.wakeHere();
  }

  async consume(handler: TestHandler, settings: Partial<ConsumerSettings> = {}): Promise<TestConsumer> {
    const own = await openDatabase({ url: this.databaseUrl, connectionsMax: 6, statementMs: 30_000 });
    // A wire of its own behind the common one: a process that dies takes its connections with it.
    const line = await TcpProxy.start(() => this.wire.port);
    const carrier = this.carrier(own, line, settings);
    for (const type of Object.keys(MESSAGES))
      carrier.addHandler(type, (message: Message, info: DeliveryInfo) => handler(message, info.delivery), true);
    await new Promise<void>((resolve, reject) =>
      carrier.listen((error) => (error === undefined ? resolve() : reject(new Error('the carrier does not listen', { cause: error })))),
    );
    let over: Promise<void> | undefined;
    const consumer: TestConsumer = {
      pause: () => carrier.pause(),
      resume: () => carrier.resume(),
      close: () =>
        (over ??= carrier.close().then(async () => {
          await own.destroy();
          await line.stop();
        })),
      crash: async () => {
        carrier.pause();
        await own.destroy();
        await line.stop();
        // It waits for handlers that hang until the test lets them go; nothing it does reaches anybody any more.
        over ??= carrier.close().catch(() => undefined);
      },
    };
    this.consumers.push(consumer);
    return consumer;
  }

  async waiting(): Promise<number> {
    const [row] = await this.store.query<{ count: number }[]>('SELECT count(*)::int AS count FROM message');
    return row?.count ?? 0;
  }
  deadLetters(): ReturnType<BusUnderTest['deadLetters']> {
    return this.store.query('SELECT id, reason, deliveries FROM dead_letter');
  }
  async redrive(): Promise<number> {
    const count = await new PostgresQueue(this.store, systemClock).redrive(null, null);
    this.waker.wakeHere();
    return count;
  }
  async stop(): Promise<void> {
    await Promise.all(this.consumers.map((consumer) => consumer.close()));
    this.waker.close();
    await this.wire.stop();
    await this.store.query('TRUNCATE message, dead_letter');
  }

  private carrier(own: DataSource, line: TcpProxy, settings: Partial<ConsumerSettings>): RabbitCarrier {
    const { told } = this;
    const events: RabbitEvents = {
      handlerFailed: () => undefined,
      died: () => undefined,
      storeFailed: () => (told.store += 1),
      brokerAway: ({ message }) => told.away.push(message),
      brokerBack: () => (told.back += 1),
      brokerBlocked: (reason) => told.blocked.push(reason),
      triggerGivenUp: () => (told.givenUp += 1),
      queueDiscarded: (queue) => told.discarded.push(queue),
      foreignTrigger: (queue) => told.foreign.push(queue),
    };
    const all: RabbitSettings = {
      inFlightMax: 8,
      leaseMs: 30_000,
      pollMs: 50,
      deliveriesMax: 5,
      isStoreTrouble: () => false,
      ...settings,
      url: line.via(this.server.url),
      prefix: this.prefix,
      prefetch: 16,
      queuedMax: 500,
      resendMs: settings.leaseMs ?? 2_000,
      heartbeatMs: 1_000,
      reconnectMaxMs: 400,
      answerMs: 2_000,
      ...this.more,
    };
    const house = { clock: systemClock, randomness: systemRandomness, name: this.prefix };
    return new RabbitCarrier(new PostgresQueue(own, systemClock), this.waker, house, all, events);
  }
}
