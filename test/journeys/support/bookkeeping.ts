// SPDX-License-Identifier: EUPL-1.2
import { isInOrder } from '../../../libs/adapters/status-webhook/simulator/src/cases.js';
import type { RunningTown } from './running-town.js';

/** Three independent books side by side: the hub's, the systems' around it, the portal's. */
export interface Books {
  readonly received: number;
  readonly finished: number;
  readonly parked: number;
  readonly flowing: number;
  readonly duplicateEffects: number;
  readonly collected: number;
  readonly vorgaenge: number;
  /** References of cases whose reports came to the portal out of order. */
  readonly outOfOrder: readonly string[];
}

/** Reads all books. */
export async function bookkeeping({ hub, town }: RunningTown): Promise<Books> {
  const rows = await hub.house.database.query<{ progress: string; count: number }[]>(
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
