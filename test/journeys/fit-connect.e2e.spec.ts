// SPDX-License-Identifier: EUPL-1.2
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  aFitConnectSubmission,
  EXAMPLE_CALLBACK_SECRET,
  EXAMPLE_DESTINATION,
  exampleSettings,
  FitConnectSender,
  FitConnectSimulator,
  type HeldSubmission,
} from '@amtsbote/adapters/forms-fit-connect/simulator';
import { openDatabase } from '@amtsbote/store';
import { beforeEach, describe, expect, it } from '@jest/globals';

import { createTestDatabase } from '../support/database.js';
import { atTheEnd } from './support/at-the-end.js';
import { eventually } from './support/eventually.js';
import { HubProcess } from './support/hub-process.js';
import { address } from './support/running-town.js';

const CONFIG = 'test/fixtures/config/fit-connect.yaml';
const SILENT_DESTINATION = '19c8489b-29b8-422f-b7db-919852cfb04b';

/** A delivery service with two destinations and a hub's place beside it. */
class Subscription {
  readonly service = new FitConnectSimulator(exampleSettings([EXAMPLE_DESTINATION, SILENT_DESTINATION]));
  readonly sender = new FitConnectSender(this.service);
  environment: Record<string, string> = {};
  private readonly ends: (() => Promise<unknown>)[] = [];

  async start(): Promise<this> {
    await this.service.start();
    const directory = await mkdtemp(join(tmpdir(), 'amtsbote-fit-'));
    const database = await createTestDatabase();
    const books = await openDatabase({ url: database.url, connectionsMax: 2, statementMs: 5_000 });
    this.ends.push(
      () => books.destroy(),
      () => database.drop(),
      () => rm(directory, { recursive: true, force: true }),
    );
    this.count = async () => {
      const [row] = await books.query<{ applications: number; files: number }[]>(
        'SELECT (SELECT count(*)::int FROM application) AS applications, (SELECT count(*)::int FROM attachment) AS files',
      );
      return row ?? { applications: -1, files: -1 };
    };
    this.environment = {
      ...(await address()),
      DATABASE_URL: database.url,
      HUB_BLOBS: join(directory, 'blobs'),
      HUB_RECEIPT_SECRET: randomBytes(32).toString('base64url'),
      PICKUP_TOKEN: randomBytes(32).toString('base64url'),
      FIT_URL: this.service.url,
      AMTSBOTE_CRASH_FILE: join(directory, 'deaths'),
    };
    const destination = this.service.destination(EXAMPLE_DESTINATION);
    if (destination !== undefined)
      destination.callback = { url: `${this.environment['HUB_URL'] ?? ''}/intake/zustellpunkt`, secret: EXAMPLE_CALLBACK_SECRET };
    return this;
  }
  /** What the hub has stored. */
  count: () => Promise<{ applications: number; files: number }> = async () => ({ applications: 0, files: 0 });

  async hub(more: Record<string, string> = {}): Promise<HubProcess> {
    return atTheEnd(await HubProcess.start({ ...this.environment, ...more }, CONFIG));
  }
  async stop(): Promise<void> {
    this.sender.close();
    await this.service.stop();
    for (const end of this.ends) await end();
  }
}

let subscription: Subscription;
beforeEach(async () => {
  subscription = atTheEnd(await new Subscription().start());
}, 60_000);

/** What the delivery service heard of each: exactly one acceptance. */
const heardOf = (held: readonly HeldSubmission[]): string[] => [
  ...new Set(held.map(({ state, events }) => `${state} ${events.accept}/${events.reject}`)),
];
const ONCE = ['accepted 1/0'];

describe('submissions by FIT-Connect', () => {
  it('wake the hub by a callback, 50 at once, and each becomes one application and is accepted once', async () => {
    await subscription.hub();
    const numbers = Array.from({ length: 50 }, (_, index) => index);
    const held = await Promise.all(numbers.map((number) => subscription.sender.send(EXAMPLE_DESTINATION, aFitConnectSubmission(number))));
    await eventually(() => expect(heardOf(held)).toEqual(ONCE), 60_000);
    expect(await subscription.count()).toEqual({ applications: 50, files: 100 });
    const statuses = subscription.service.callbacks.map(({ outcome }) => (outcome.kind === 'answered' ? outcome.status : outcome.reason));
    expect([...new Set(statuses)]).toEqual([200]);
  }, 120_000);

  it('whose callback got lost, or was never agreed upon, are found by asking; what cannot be taken is told or left', async () => {
    const wrong = await subscription.sender.send(SILENT_DESTINATION, aFitConnectSubmission(1), { data: '{"anders":1}' });
    const compressed = await subscription.sender.send(SILENT_DESTINATION, aFitConnectSubmission(2), { header: { zip: 'DEF' } });
    const right = await subscription.sender.send(SILENT_DESTINATION, aFitConnectSubmission(3));
    const hub = await subscription.hub();
    await eventually(() => expect([heardOf([right]), heardOf([wrong])]).toEqual([ONCE, ['rejected 0/1']]));
    await eventually(() => expect(hub.log).toContain('content-compressed'));
    expect(heardOf([compressed])).toEqual(['submitted 0/0']);
    expect(subscription.sender.problemsOf(wrong)).toEqual(['hash-mismatch data']);
    expect(await subscription.count()).toEqual({ applications: 1, files: 2 });
    expect(hub.log).not.toMatch(/Müller-Lüdenscheidt|Öztürk/);
  }, 60_000);

  it.each(['pull.committed', 'pull.acknowledged'] as const)(
    'survive a hub that is killed at %s: one application, one acceptance each',
    async (point) => {
      const held: HeldSubmission[] = [];
      for (let number = 0; number < 6; number += 1)
        held.push(await subscription.sender.send(SILENT_DESTINATION, aFitConnectSubmission(number)));
      const dying = await subscription.hub({ AMTSBOTE_CRASH_POINT: point, AMTSBOTE_CRASH_TIME: '3' });
      await dying.ended();
      const before = held.filter(({ state }) => state === 'accepted').length;
      expect(before).toBeLessThan(6);
      await subscription.hub();
      await eventually(() => expect(heardOf(held)).toEqual(ONCE), 30_000);
      expect(await subscription.count()).toEqual({ applications: 6, files: 12 });
    },
    90_000,
  );
});
