// SPDX-License-Identifier: EUPL-1.2
import type { JsonValue } from '@amtsbote/canonical';
import { isStoreTrouble, prepared } from '@amtsbote/store';

import { GroupCommit } from '../house/group-commit.js';
import type { House } from '../house/tokens.js';
import type { ClaimedStep } from './claims.js';

/** An effect that happened, not yet written down. */
export interface FinishedEffect {
  readonly name: string;
  readonly receipt: JsonValue;
  readonly doneAt: Date;
}

/** An effect that is about to happen, with those of the same attempt that happened before it. */
export interface Beginning {
  readonly step: Pick<ClaimedStep, 'id' | 'fence' | 'tenant'>;
  readonly name: string;
  readonly finished: readonly FinishedEffect[];
}

/** What was known of it; a fresh one is noted as started now. */
export interface Begun {
  readonly fresh: boolean;
  readonly state: 'started' | 'done';
  readonly receipt: JsonValue;
}

const GROUPS = { atOnceMax: 2, membersMax: 32, weightMax: 32, slowMs: 100, waitMsMax: Number.POSITIVE_INFINITY };

/**
 * Notes in the store what attempts are about to do, several attempts in one commit: before every outside call its beginning has to be durable, and
 * that is most of what the store does for a delivery.
 */
export class Beginnings {
  private readonly groups: GroupCommit<Beginning, Begun | undefined>;

  constructor(private readonly house: Pick<House, 'database' | 'clock'>) {
    // Gathered within the same moment only: nobody waits for a turn of the event loop.
    const soon = (act: () => void): void => void Promise.resolve().then(act);
    this.groups = new GroupCommit((beginnings) => this.beginAll(beginnings), isStoreTrouble, GROUPS, house.clock, soon);
  }

  /** @returns `undefined` when the step is held by somebody else: then nothing was noted. */
  begin(beginning: Beginning): Promise<Begun | undefined> {
    return this.groups.store(beginning, 1);
  }

  private async beginAll(beginnings: readonly Beginning[]): Promise<(Begun | undefined)[]> {
    const wanted = beginnings.map(({ step: { id, fence, tenant }, name, finished }, n) => ({ n, id, fence, tenant, name, finished }));
    const rows = await this.house.database.query<(Begun & { n: number })[]>(BEGIN, [JSON.stringify(wanted), this.house.clock.now()]);
    const begun = new Map(rows.map(({ n, fresh, state, receipt }) => [n, { fresh, state, receipt }]));
    return beginnings.map((_, n) => begun.get(n));
  }
}

/**
 * For the simulation's model of the store. Rows are looked up one by one, by their keys: a plan made while the tables were small stays good. The
 * store's word of an effect is as of before this statement.
 */
export const BEGIN = prepared(`
  WITH held AS MATERIALIZED (
    SELECT w.* FROM jsonb_to_recordset($1::jsonb) AS w(n int, id uuid, fence bigint, tenant text, name text, finished jsonb)
    CROSS JOIN LATERAL (SELECT FROM step s WHERE s.id = w.id AND s.tenant = w.tenant AND s.fence = w.fence AND s.state = 'running' LIMIT 1) ours),
  finished AS (
    UPDATE effect SET state = 'done', receipt = d.receipt, done_at = d."doneAt", fence = held.fence
    FROM held CROSS JOIN LATERAL jsonb_to_recordset(held.finished) AS d(name text, receipt jsonb, "doneAt" timestamptz)
    WHERE effect.step_id = held.id AND effect.name = d.name),
  fresh AS (
    INSERT INTO effect (step_id, name, tenant, state, fence, started_at) SELECT id, name, tenant, 'started', fence, $2 FROM held
    ON CONFLICT (step_id, name) DO NOTHING RETURNING step_id, name)
  SELECT held.n, true AS fresh, 'started' AS state, NULL::jsonb AS receipt FROM fresh JOIN held ON held.id = fresh.step_id AND held.name = fresh.name
  UNION ALL
  SELECT held.n, false, e.state, e.receipt FROM held
  CROSS JOIN LATERAL (SELECT state, receipt FROM effect WHERE effect.step_id = held.id AND effect.name = held.name LIMIT 1) e`);
