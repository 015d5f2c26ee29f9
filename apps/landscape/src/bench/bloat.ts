// SPDX-License-Identifier: EUPL-1.2
import { Client } from 'pg';

import type { Undoing } from '../launch/undoing.js';
import { atLeast, type BenchResult, type BenchWish } from './bench.js';
import { Load } from './load/load.js';
import { deliver } from './pipeline/delivering.js';
import { type Contender, interleaved, medianIn } from './rounds.js';
import { type BenchHub, startBenchHub } from './stage/bench-hub.js';
import { Stage } from './stage/stage.js';

const STANDARD = { rounds: 3, applications: 300 };
const DEAD_TUPLES = 400_000;
const UNIT = 'applications/s';
const CASE = 'webhook to acknowledged export';
const CLEAN = 'amtsbote, clean';
const BLOATED = `amtsbote, ${DEAD_TUPLES} dead tuples, long open transaction`;
/** A fifth slower at most. */
const SHARE_MIN = 0.8;

/**
 * The pipeline in a database in which hundreds of thousands of handled messages lie dead, and none may be removed because somebody has had a
 * transaction open since before; beside a clean one.
 */
export async function bloatBench(wish: BenchWish, undoing: Undoing): Promise<BenchResult> {
  const { say, signal, rounds = STANDARD.rounds, size = STANDARD.applications } = wish;
  const stage = await Stage.open(wish, undoing);
  const load = await Load.start(undoing);
  const clean = await startBenchHub(stage, 'clean', { roles: ['all'], route: 'deliver' }, undoing);
  const bloated = await startBenchHub(stage, 'bloated', { roles: ['all'], route: 'deliver' }, undoing);
  await leaveDead(stage, bloated, say, undoing);
  const contender = (name: string, hub: BenchHub): Contender => ({
    name,
    measure: async () => {
      const { applications, seconds } = await deliver({ stage, load, hub, signal }, size);
      return { [UNIT]: applications / seconds };
    },
  });
  const contenders = [contender(CLEAN, clean), contender(BLOATED, bloated)];
  const rows = await interleaved(contenders, { case: CASE, rounds, seconds: 0, warmUpSeconds: 0, say, signal });
  const [cleanRate, bloatedRate] = [CLEAN, BLOATED].map((name) => medianIn(rows, { contender: name, case: CASE, unit: UNIT }));
  return { rows, aims: [atLeast('bloat/clean', (bloatedRate ?? 0) / (cleanRate ?? 0), SHARE_MIN)] };
}

/** Messages that came and went, as the carrier leaves them. @throws Error when they are not dead. */
async function leaveDead(stage: Stage, { databaseUrl }: BenchHub, say: (line: string) => void, undoing: Undoing): Promise<void> {
  say(`Leaving ${DEAD_TUPLES} dead tuples, with a transaction open since before …`);
  // Not of the stage's connections: it keeps its transaction.
  const holder = new Client({ connectionString: databaseUrl });
  await holder.connect();
  undoing.add('open transaction', () => holder.end());
  await holder.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
  await holder.query('SELECT count(*) FROM application');
  await stage.query(databaseUrl, COME, [DEAD_TUPLES]);
  await stage.query(databaseUrl, "UPDATE message SET lease_until = now() WHERE type = 'bench.bloat'");
  await stage.query(databaseUrl, "DELETE FROM message WHERE type = 'bench.bloat'");
  await stage.query(databaseUrl, 'VACUUM ANALYZE message');
  const [dead] = await stage.query<{ count: number }>(
    databaseUrl,
    "SELECT n_dead_tup::int AS count FROM pg_stat_user_tables WHERE relname = 'message'",
  );
  if ((dead?.count ?? 0) < DEAD_TUPLES) throw new Error(`only ${dead?.count ?? 0} tuples are dead`);
}

/** Not available in any time that comes, so that no carrier takes one meanwhile. */
const COME = `
  INSERT INTO message (id, type, subject, tenant, envelope, available_at)
  SELECT gen_random_uuid(), 'bench.bloat', 'bloat/' || n / 4, '057110000000', jsonb_build_object('data', repeat('x', 600)), 'infinity'
  FROM generate_series(1, $1::int) AS n`;
