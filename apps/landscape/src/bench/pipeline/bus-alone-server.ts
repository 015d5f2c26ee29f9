// SPDX-License-Identifier: EUPL-1.2
import { enqueue, envelopeOf, PostgresCarrier, PostgresQueue, Waker } from '@amtsbote/bus';
import { type Message, MESSAGES } from '@amtsbote/canonical';
import { systemClock, systemRandomness, uuidV7 } from '@amtsbote/platform';
import { isStoreTrouble, openDatabase } from '@amtsbote/store';

import { TENANT } from '../stage/bench-hub.js';

/*
 * The bus without a hub: so many messages of so many applications, published in a transaction per application as the intake does, carried to
 * handlers that do nothing. One job after the other, as told over the channel; settings as a hub has them.
 */

/** How much to carry. */
export interface BusJob {
  readonly applications: number;
  readonly messagesEach: number;
}

const PUBLISHERS = 32;
const SETTINGS = { inFlightMax: 64, leaseMs: 60_000, pollMs: 500, deliveriesMax: 10, isStoreTrouble };

const [databaseUrl = ''] = process.argv.slice(2);
const store = await openDatabase({ url: databaseUrl, connectionsMax: 20, statementMs: 30_000 });
const ids = uuidV7(systemClock, systemRandomness);
const waker = new Waker(store);
const complain = (...words: unknown[]): void => void process.stderr.write(`${words.map(String).join(' ')}\n`);
const events = { handlerFailed: complain, died: complain, storeFailed: complain };
const carrier = new PostgresCarrier(new PostgresQueue(store, systemClock), waker, systemClock, SETTINGS, events);
let handled = 0;
let told: (() => void) | undefined;
for (const type of Object.keys(MESSAGES)) {
  carrier.addHandler(
    type,
    async () => {
      handled += 1;
      told?.();
    },
    true,
  );
}
carrier.listen(() => undefined);

process.on('message', (job: BusJob) => {
  void run(job).then(
    (seconds) => process.send?.(seconds),
    (error: unknown) => {
      complain(error);
      process.exit(1);
    },
  );
});
process.on('disconnect', () => process.exit(0));
process.send?.('ready');

async function run({ applications, messagesEach }: BusJob): Promise<number> {
  handled = 0;
  const all = new Promise<void>((resolve) => {
    told = () => handled >= applications * messagesEach && resolve();
  });
  const started = performance.now();
  let begun = 0;
  const publisher = async (): Promise<void> => {
    while (begun < applications) {
      begun += 1;
      const messages = messagesOf(messagesEach);
      await store.transaction((sql) => enqueue(sql, messages));
      waker.nudge();
    }
  };
  await Promise.all(Array.from({ length: PUBLISHERS }, publisher));
  await all;
  return (performance.now() - started) / 1_000;
}

function messagesOf(count: number): Message[] {
  const applicationId = ids.uuid();
  const draft = {
    type: 'application.submitted.v1',
    subject: applicationId,
    tenant: TENANT,
    causation: applicationId,
    data: { applicationId },
  } as const;
  return Array.from({ length: count }, () => envelopeOf(draft, { clock: systemClock, ids, source: 'amtsbote/bench' }));
}
