// SPDX-License-Identifier: EUPL-1.2
import { setTimeout as sleep } from 'node:timers/promises';

import { webhook } from '../intake/requests.js';
import { HttpConnection } from '../load/http-client.js';
import { requestMaker } from '../load/request-maker.js';
import type { BenchHub } from '../stage/bench-hub.js';
import type { Stage } from '../stage/stage.js';

const BODY_BYTES = 3_000;
const POLL_MS = 50;
const BATCH = 50_000;

/**
 * Fills a hub with applications that wait on its queue: one comes in as every application does, the others are copies of its rows without the
 * answers, each with keys of its own and a second apart, so that a million
 * does not take a day. One in a hundred is parked.
 */
export async function fill({ stage, hub }: { stage: Stage; hub: BenchHub }, count: number, signal: AbortSignal): Promise<void> {
  const { databaseUrl } = hub;
  const connection = new HttpConnection(hub.port);
  const status = await connection.send(requestMaker(webhook('/intake/webhook', hub.secrets, BODY_BYTES))());
  connection.close();
  if (status !== 202) throw new Error(`the hub answered ${status}`);
  await untilQuiet(stage, databaseUrl, signal);
  for (let from = 1; from < count; from += BATCH) {
    signal.throwIfAborted();
    for (const statement of COPIES) await stage.query(databaseUrl, statement, [from, Math.min(count - 1, from + BATCH - 1)]);
  }
  for (const table of ['application', 'step', 'pickup_item']) await stage.query(databaseUrl, `VACUUM ANALYZE ${table}`);
}

async function untilQuiet(stage: Stage, databaseUrl: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    const [row] = await stage.query<{ waiting: number }>(databaseUrl, 'SELECT count(*)::int AS waiting FROM message');
    if (row?.waiting === 0) return;
    await sleep(POLL_MS, undefined, { signal });
  }
}

const ID = (kind: number): string => `('0190000${kind}-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid`;

const COPIES = [
  `WITH one AS (SELECT * FROM application WHERE submission_id NOT LIKE 'copy-%' ORDER BY received_at LIMIT 1)
  INSERT INTO application (id, tenant, reference, endpoint, submission_id, fingerprint, route, report_to, completes_by, state, state_sequence, progress,
    leika_key, form_id, test, document, received_at, changed_at)
  SELECT ${ID(1)}, tenant, 'copy' || lpad(to_hex(n), 8, '0'), endpoint, 'copy-' || n, fingerprint, route, report_to, completes_by, state, state_sequence,
    CASE WHEN n % 100 = 0 THEN 'parked' ELSE progress END, leika_key, form_id, test,
    document || '{"form": []}', received_at - n * interval '1 second', changed_at - n * interval '1 second'
  FROM one, generate_series($1::int, $2::int) AS n`,
  `WITH one AS (SELECT s.* FROM step s JOIN pickup_item USING (id) ORDER BY seq LIMIT 1)
  INSERT INTO step (id, tenant, application_id, position, name, kind, instance, options, after, state, changed_at)
  SELECT ${ID(2)}, tenant, ${ID(1)}, position, name, kind, instance, options, after, state, changed_at - n * interval '1 second'
  FROM one, generate_series($1::int, $2::int) AS n`,
  `WITH one AS (SELECT * FROM pickup_item ORDER BY seq LIMIT 1)
  INSERT INTO pickup_item (id, tenant, queue, application_id, state, offered_at)
  SELECT ${ID(2)}, tenant, queue, ${ID(1)}, state, offered_at - n * interval '1 second' FROM one, generate_series($1::int, $2::int) AS n`,
];
