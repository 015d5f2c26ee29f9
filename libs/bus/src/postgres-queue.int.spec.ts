// SPDX-License-Identifier: EUPL-1.2
import { aMessage, aSubject, until } from '@amtsbote/bus/testing';
import { ManualClock, systemClock } from '@amtsbote/platform';
import { openDatabase } from '@amtsbote/store';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';

import { createMigratedDatabase, type TestDatabase } from '../../../test/support/database.js';
import type { SqlRunner } from './bus.port.js';
import { enqueue } from './outbox.js';
import { PostgresCarrier } from './postgres-carrier.js';
import { PostgresQueue } from './postgres-queue.js';
import { Waker } from './waker.js';

const TYPES = ['application.submitted.v1'];
const LEASE_MS = 30_000;

let database: TestDatabase;
let store: DataSource;
beforeAll(async () => {
  database = await createMigratedDatabase();
  store = await openDatabase({ url: database.url, connectionsMax: 10, statementMs: 30_000 });
});
afterAll(async () => {
  await store.destroy();
  await database.drop();
});
afterEach(async () => {
  await store.query('TRUNCATE message, dead_letter');
});

/** A queue whose clock stands after everything that is published here. */
function aQueue(): { queue: PostgresQueue; clock: ManualClock } {
  const clock = new ManualClock('2026-01-31T11:00:00.000Z');
  return { queue: new PostgresQueue(store, clock), clock };
}

const publish = (count: number, subjects = count): Promise<void> =>
  enqueue(
    store.manager,
    Array.from({ length: count }, (_, n) => aMessage(aSubject(n % subjects))),
  );

describe('the queue in PostgreSQL', () => {
  it('gives no message to two claimers, and no claimer more than it asked for', async () => {
    const { queue } = aQueue();
    await publish(100);
    const claims = await Promise.all(Array.from({ length: 8 }, () => queue.claim(TYPES, 10, LEASE_MS)));
    expect(claims.every((claimed) => claimed.length <= 10)).toBe(true);
    const rest = await queue.claim(TYPES, 100, LEASE_MS);
    const ids = [...claims.flat(), ...rest].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toHaveLength(100);
  });

  it('claims heads of subjects only', async () => {
    const { queue } = aQueue();
    await publish(6, 2);
    const first = await queue.claim(TYPES, 10, LEASE_MS);
    expect(first).toHaveLength(2);
    await expect(queue.claim(TYPES, 10, LEASE_MS)).resolves.toEqual([]);
    await queue.acknowledge(first.slice(0, 1));
    await expect(queue.claim(TYPES, 10, LEASE_MS)).resolves.toHaveLength(1);
  });

  it('leaves what this process cannot handle to others', async () => {
    const { queue } = aQueue();
    await publish(1);
    await expect(queue.claim(['filing.requested.v1'], 10, LEASE_MS)).resolves.toEqual([]);
    await expect(queue.claim(TYPES, 10, LEASE_MS)).resolves.toHaveLength(1);
  });

  it('lets nobody acknowledge, release or bury with a fence that is no longer his', async () => {
    const { queue, clock } = aQueue();
    await publish(1);
    const [late] = await queue.claim(TYPES, 1, LEASE_MS);
    clock.advance(LEASE_MS + 1);
    const [now] = await queue.claim(TYPES, 1, LEASE_MS);
    if (late === undefined || now === undefined) throw new Error('nothing claimed');
    expect(now).toMatchObject({ id: late.id, deliveries: 2 });
    await queue.acknowledge([late]);
    await queue.release(late, 0);
    await queue.bury(late, 'late');
    await expect(store.query('SELECT lease_until FROM message')).resolves.toEqual([
      { lease_until: new Date(clock.now().getTime() + LEASE_MS) },
    ]);
    await queue.acknowledge([now]);
    await expect(store.query('SELECT 1 FROM message')).resolves.toEqual([]);
  });

  it('gives a released message again after its pause, not before', async () => {
    const { queue, clock } = aQueue();
    await publish(1);
    const [claimed] = await queue.claim(TYPES, 1, LEASE_MS);
    if (claimed === undefined) throw new Error('nothing claimed');
    await queue.release(claimed, 5_000);
    clock.advance(4_999);
    await expect(queue.claim(TYPES, 1, LEASE_MS)).resolves.toEqual([]);
    clock.advance(1);
    await expect(queue.claim(TYPES, 1, LEASE_MS)).resolves.toHaveLength(1);
  });

  it('redrives only dead letters of the tenants and ids named', async () => {
    const { queue } = aQueue();
    await publish(3);
    const claimed = await queue.claim(TYPES, 3, LEASE_MS);
    for (const message of claimed) await queue.bury(message, 'because');
    await expect(queue.redrive(['999999999999'], null)).resolves.toBe(0);
    await expect(queue.redrive(['057110000000'], [claimed[0]?.id ?? ''])).resolves.toBe(1);
    await expect(queue.redrive(null, null)).resolves.toBe(2);
  });
});

describe('the carrier on PostgreSQL', () => {
  interface Seen {
    failed: number;
    died: number;
    store: number;
  }

  const STORE_AWAY = new Error('the store is away');

  /** Runs a carrier whose statements go through `sql` until `condition` holds. */
  async function running(
    sql: SqlRunner,
    handler: () => Promise<void>,
    condition: (seen: Seen) => boolean | Promise<boolean>,
  ): Promise<Seen> {
    const seen: Seen = { failed: 0, died: 0, store: 0 };
    const settings = {
      inFlightMax: 4,
      leaseMs: 300,
      pollMs: 20,
      deliveriesMax: 1,
      isStoreTrouble: (error: unknown) => error === STORE_AWAY,
    };
    const carrier = new PostgresCarrier(new PostgresQueue(sql, systemClock), new Waker(store), systemClock, settings, {
      handlerFailed: () => (seen.failed += 1),
      died: () => (seen.died += 1),
      storeFailed: () => (seen.store += 1),
    });
    for (const type of TYPES) carrier.addHandler(type, handler, true);
    carrier.listen(() => undefined);
    await until('the carrier is there', () => condition(seen));
    await carrier.close();
    return seen;
  }

  /** Lets statements through but those that match, as often as told. */
  function failing(pattern: RegExp, times: number): SqlRunner {
    let left = times;
    return {
      query: (sql, parameters) => {
        if (left <= 0 || !pattern.test(sql)) return store.query(sql, parameters);
        left -= 1;
        return Promise.reject(new Error('Connection terminated'));
      },
    };
  }

  const isEmpty = async (): Promise<boolean> => (await store.query<unknown[]>('SELECT 1 FROM message')).length === 0;

  it('buries no handled message whose acknowledgement fails, and does not blame its handler', async () => {
    await publish(1);
    let handled = 0;
    const seen = await running(
      failing(/DELETE FROM message m USING/, 1),
      async () => {
        handled += 1;
      },
      isEmpty,
    );
    expect(seen).toEqual({ failed: 0, died: 0, store: 1 });
    expect(handled).toBe(2);
    await expect(store.query('SELECT 1 FROM dead_letter')).resolves.toEqual([]);
  });

  it('brings a message again whose handler failed because the store was away, and counts none of it', async () => {
    await publish(1);
    let handled = 0;
    const handler = async (): Promise<void> => {
      handled += 1;
      if (handled < 3) throw STORE_AWAY;
    };
    const seen = await running(store, handler, isEmpty);
    expect({ handled, ...seen }).toEqual({ handled: 3, failed: 0, died: 0, store: 2 });
  });

  it('goes on when the store was away for a while', async () => {
    await publish(3);
    const seen = await running(failing(/FROM claim_messages/, 2), async () => undefined, isEmpty);
    expect(seen).toEqual({ failed: 0, died: 0, store: 2 });
  });
});
