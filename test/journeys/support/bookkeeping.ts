// SPDX-License-Identifier: EUPL-1.2
import { isInOrder } from '@amtsbote/adapters/status-webhook/simulator';
import { Client } from 'pg';

import type { PreparedTown } from './running-town.js';

/** Three independent books side by side: the hub's, the systems' around it, the portal's. */
export interface Books {
  readonly received: number;
  readonly finished: number;
  readonly parked: number;
  readonly flowing: number;
  readonly duplicateEffects: number;
  readonly collected: number;
  readonly vorgaenge: number;
  /** Applications whose reports came to the portal out of order. */
  readonly outOfOrder: readonly string[];
}

/** Reads all books. */
export async function bookkeeping({ environment, town }: PreparedTown): Promise<Books> {
  const rows = await query<{ progress: string; count: number }>(
    environment,
    'SELECT progress, count(*)::int AS count FROM application GROUP BY progress',
  );
  const of = (progress: string): number => rows.find((row) => row.progress === progress)?.count ?? 0;
  return {
    received: rows.reduce((sum, { count }) => sum + count, 0),
    finished: of('finished'),
    parked: of('parked'),
    flowing: of('flowing'),
    duplicateEffects: town.duplicateEffects(),
    collected: town.fachverfahren?.cases.size ?? 0,
    vorgaenge: town.dms.books().vorgaenge,
    outOfOrder: town.portal.cases
      .all()
      .filter((known) => !isInOrder(known))
      .map(({ applicationId }) => applicationId),
  };
}

/** How many applications are finished, by the hub's own book: cheap enough to be asked all the time. */
export async function finishedOf({ environment }: Pick<PreparedTown, 'environment'>): Promise<number> {
  const rows = await query<{ count: number }>(environment, "SELECT count(*)::int AS count FROM application WHERE progress = 'finished'");
  return rows[0]?.count ?? 0;
}

/** What the books say when every one of so many applications arrived everywhere, once, in order. */
export function everythingArrived(count: number): Books {
  return {
    received: count,
    finished: count,
    parked: 0,
    flowing: 0,
    duplicateEffects: 0,
    collected: count,
    vorgaenge: count,
    outOfOrder: [],
  };
}

/** Looks into the hub's database from outside. */
export async function query<Row extends object>(environment: PreparedTown['environment'], sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: environment['DATABASE_URL'] });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}
