// SPDX-License-Identifier: EUPL-1.2
import { setTimeout as sleep } from 'node:timers/promises';

import { webhook } from '../intake/requests.js';
import type { Load } from '../load/load.js';
import type { BenchHub } from '../stage/bench-hub.js';
import type { Stage } from '../stage/stage.js';

const BODY_BYTES = 3_000;
const CONNECTIONS = 16;
const SECONDS_MAX = 120;
const POLL_MS = 25;

/** What one run of the pipeline came to. */
export interface Delivered {
  readonly applications: number;
  /** From the first byte sent to the last application finished. */
  readonly seconds: number;
  /** Messages that the bus carried for each application. */
  readonly messagesEach: number;
}

/** Sends so many applications as webhooks and waits until every one is filed and exported. @throws Error when one is parked or none moves. */
export async function deliver(
  { stage, load, hub, signal }: { stage: Stage; load: Load; hub: BenchHub; signal: AbortSignal },
  count: number,
): Promise<Delivered> {
  const { databaseUrl, port, secrets } = hub;
  const before = await booksOf(stage, databaseUrl);
  const started = performance.now();
  await load.run({ port, connections: CONNECTIONS, seconds: SECONDS_MAX, count, request: webhook('/intake/webhook', secrets, BODY_BYTES) });
  for (;;) {
    const { all, finished, parked, messages } = await booksOf(stage, databaseUrl);
    if (parked > 0) throw new Error('an application was parked: the pipeline does not work');
    if (finished === all) {
      const applications = all - before.all;
      const seconds = (performance.now() - started) / 1_000;
      return { applications, seconds, messagesEach: Math.round((messages - before.messages) / applications) };
    }
    if (performance.now() - started > SECONDS_MAX * 1_000)
      throw new Error(`${all - finished} applications are unfinished after ${SECONDS_MAX} s`);
    await sleep(POLL_MS, undefined, { signal });
  }
}

interface Books {
  readonly all: number;
  readonly finished: number;
  readonly parked: number;
  readonly messages: number;
}

async function booksOf(stage: Stage, databaseUrl: string): Promise<Books> {
  const [books] = await stage.query<Books>(databaseUrl, BOOKS, [`bench`]);
  if (books === undefined) throw new Error('the database said nothing');
  return books;
}

/** Messages are counted by their numbers: those that were handled are gone. */
const BOOKS = `
  SELECT count(*)::int AS all, count(*) FILTER (WHERE progress = 'finished')::int AS finished, count(*) FILTER (WHERE progress = 'parked')::int AS parked,
    coalesce((SELECT last_value::int FROM pg_sequences WHERE sequencename = 'message_seq_seq'), 0) AS messages
  FROM application WHERE route = $1`;
