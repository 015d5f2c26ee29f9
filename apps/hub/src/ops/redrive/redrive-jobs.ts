// SPDX-License-Identifier: EUPL-1.2
/*
 * Terminology
 *   job       redrives what fits a filter, one item after the other, at a rate; its row is the truth, whoever works at it
 *   item      a parked step or a dead letter
 *   position  the last item that was settled, in the order of parking or dying: from there the job goes on, in whatever process
 *   refused   an item that was not redriven: changed by somebody meanwhile, or not to be redriven as it is
 */
import type { RedriveFilter, RedriveGroup, RedriveJobView, RedrivePreview, RedriveState, RedriveWhat } from '@amtsbote/ops-api';
import { affected, returning, type Sql } from '@amtsbote/store';
import { Injectable } from '@nestjs/common';

import { House } from '../../house/tokens.js';
import { type Chosen, FROM, parametersOf } from './redrive-filter.js';

/** Groups that a preview shows at most. */
const GROUPS_MAX = 100;

/** A job as the one who works at it holds it. */
export interface HeldJob {
  readonly id: string;
  readonly what: RedriveWhat;
  readonly tenants: readonly string[] | null;
  readonly filter: RedriveFilter;
  readonly uncertain: boolean;
  readonly ratePerSecond: number;
  readonly actor: string;
  readonly reason: string;
  readonly untilAt: Date;
  readonly fence: string;
}

/** One item to be redriven. `at` is text: a Date would cut off microseconds, and the position would fit no row. */
export interface RedriveItem {
  readonly id: string;
  readonly tenant: string;
  readonly at: string;
}

/** A job that is to be written. */
export interface NewJob extends Chosen {
  readonly id: string;
  readonly uncertain: boolean;
  readonly ratePerSecond: number;
  readonly actor: string;
  readonly reason: string;
  readonly matched: number;
}

/** Thrown when the job is no longer ours to go on with: paused, cancelled, or taken over. What was under way in its transaction did not happen. */
export class JobStopped extends Error {
  override readonly name = 'JobStopped';
}

/** The table of jobs: written, claimed under a lease, moved on by their owner only. */
@Injectable()
export class RedriveJobs {
  constructor(private readonly house: House) {}

  /** Counts what fits, and groups what failed alike. */
  async preview(chosen: Chosen): Promise<RedrivePreview<Date>> {
    const from = FROM[chosen.what];
    const query = `SELECT instance, code, kind, uncertain, count(*)::int AS count, min(at) AS "oldestAt" FROM ${from}
      GROUP BY instance, code, kind, uncertain ORDER BY count DESC, code, instance`;
    const groups = await this.house.database.query<RedriveGroup<Date>[]>(query, parametersOf(chosen));
    const sum = (uncertain: boolean): number =>
      groups.filter((group) => group.uncertain === uncertain).reduce((total, { count }) => total + count, 0);
    return { matched: sum(false), uncertain: sum(true), groups: groups.slice(0, GROUPS_MAX) };
  }

  async add(sql: Sql, job: NewJob): Promise<void> {
    const { id, what, tenants, filter, uncertain, ratePerSecond, actor, reason, matched, until } = job;
    await sql.query(ADD, [id, what, tenants, JSON.stringify(filter), uncertain, ratePerSecond, actor, reason, matched, until]);
  }

  /** Jobs that are not over. */
  async openCount(sql: Sql): Promise<number> {
    const [row] = await sql.query<{ count: number }>("SELECT count(*)::int AS count FROM redrive_job WHERE state IN ('running', 'paused')");
    return row?.count ?? 0;
  }

  /** Newest first; only jobs whose tenants are all within reach. */
  async list(tenants: readonly string[] | null, limit: number): Promise<RedriveJobView<Date>[]> {
    return this.house.database.query<RedriveJobView<Date>[]>(`${VIEW} ORDER BY requested_at DESC, id LIMIT $2`, [tenants, limit]);
  }

  async find(id: string, tenants: readonly string[] | null): Promise<RedriveJobView<Date> | undefined> {
    const [row] = await this.house.database.query<RedriveJobView<Date>[]>(`${VIEW} AND id = $2`, [tenants, id]);
    return row;
  }

  /** Moves a job from one of `from` to another state; whoever works at it can settle nothing more. @returns whether it was in one of them. */
  async turn(
    sql: Sql,
    id: string,
    turn: { from: readonly RedriveState[]; to: RedriveState; by: string; reason: string },
  ): Promise<boolean> {
    const now = this.house.clock.now();
    return (await affected(sql, TURN, [id, turn.from, turn.to, turn.by, turn.reason, now])) === 1;
  }

  /** A running job that nobody works at, taken under a lease; `undefined` when there is none. */
  async claim(leaseMs: number): Promise<HeldJob | undefined> {
    const now = this.house.clock.now();
    const until = new Date(now.getTime() + leaseMs);
    const [job] = await returning<HeldJob>(this.house.database, CLAIM, [this.house.processId, until, now]);
    return job;
  }

  /** What comes next, at most `limit`. */
  async next(job: HeldJob, limit: number): Promise<RedriveItem[]> {
    const { from, to, ...rest } = job.filter;
    const filter = { ...rest, ...(from === undefined ? {} : { from: new Date(from) }), ...(to === undefined ? {} : { to: new Date(to) }) };
    const query = `
      SELECT item.id, item.tenant, item.at::text AS at FROM ${FROM[job.what]}, redrive_job j
      WHERE j.id = $10 AND ($11::boolean OR NOT item.uncertain) AND (j.after_at IS NULL OR (item.at, item.id) > (j.after_at, j.after_id))
      ORDER BY item.at, item.id LIMIT $12`;
    const chosen = { what: job.what, tenants: job.tenants, filter, until: job.untilAt };
    return this.house.database.query<RedriveItem[]>(query, [...parametersOf(chosen), job.id, job.uncertain, limit]);
  }

  /** Counts an item as redriven, in the transaction that does it, and prolongs the lease. @throws JobStopped */
  async settle(sql: Sql, { id, fence }: HeldJob, { id: item, at }: RedriveItem, leaseMs: number): Promise<void> {
    const now = this.house.clock.now();
    const until = new Date(now.getTime() + leaseMs);
    if ((await affected(sql, SETTLE, [id, fence, this.house.processId, at, item, until, now])) !== 1) throw stopped();
  }

  /** Counts an item as refused. @throws JobStopped */
  async refuse({ id, fence }: HeldJob, { id: item, at }: RedriveItem, code: string, leaseMs: number): Promise<void> {
    const now = this.house.clock.now();
    const until = new Date(now.getTime() + leaseMs);
    if ((await affected(this.house.database, REFUSE, [id, fence, this.house.processId, at, item, until, now, code])) !== 1) throw stopped();
  }

  /** The job is through. */
  async finish({ id, fence }: HeldJob): Promise<void> {
    await this.house.database.query(FINISH, [id, fence, this.house.processId, this.house.clock.now()]);
  }

  /** Gives a job up that is not through: another process may have it at once. */
  async release({ id, fence }: HeldJob): Promise<void> {
    await this.house.database.query(RELEASE, [id, fence, this.house.processId]);
  }

  /** Forgets jobs that ended before this moment. */
  async forget(before: Date): Promise<number> {
    return affected(this.house.database, 'DELETE FROM redrive_job WHERE finished_at < $1', [before]);
  }
}

function stopped(): JobStopped {
  return new JobStopped('the job is paused, cancelled, or in other hands');
}

const VIEW = `
  SELECT id, what, tenants, filter, uncertain, rate_per_second AS "ratePerSecond", actor, reason, state, state_by AS "stateBy", state_reason AS "stateReason",
    matched, redriven, refused, refusals, greatest(0, matched - redriven - refused) AS remaining,
    CASE WHEN state = 'running' THEN ceil(greatest(0, matched - redriven - refused) / rate_per_second)::float8 END AS "remainingSeconds",
    requested_at AS "requestedAt", started_at AS "startedAt", changed_at AS "changedAt", finished_at AS "finishedAt"
  FROM redrive_job WHERE ($1::text[] IS NULL OR tenants <@ $1)`;

const ADD = `
  INSERT INTO redrive_job (id, what, tenants, filter, uncertain, rate_per_second, actor, reason, state, state_by, state_reason, matched, until_at,
    requested_at, changed_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'running', $7, $8, $9, $10, $10, $10)`;

const TURN = `
  UPDATE redrive_job SET state = $3, state_by = $4, state_reason = $5, changed_at = $6::timestamptz, lease_owner = NULL, lease_until = NULL,
    finished_at = CASE WHEN $3 = 'cancelled' THEN $6::timestamptz END
  WHERE id = $1 AND state = ANY($2)`;

const CLAIM = `
  UPDATE redrive_job SET lease_owner = $1, lease_until = $2, fence = fence + 1, started_at = coalesce(started_at, $3)
  WHERE id = (SELECT id FROM redrive_job WHERE state = 'running' AND (lease_until IS NULL OR lease_until < $3) ORDER BY requested_at, id
    FOR UPDATE SKIP LOCKED LIMIT 1)
  RETURNING id, what, tenants, filter, uncertain, rate_per_second AS "ratePerSecond", actor, reason, until_at AS "untilAt", fence`;

const HELD = "id = $1 AND fence = $2 AND lease_owner = $3 AND state = 'running'";
const SETTLE = `
  UPDATE redrive_job SET redriven = redriven + 1, after_at = $4::timestamptz, after_id = $5, lease_until = $6, changed_at = $7 WHERE ${HELD}`;
const REFUSE = `
  UPDATE redrive_job SET refused = refused + 1, refusals = refusals || jsonb_build_object($8::text, coalesce((refusals->>$8::text)::int, 0) + 1),
    after_at = $4::timestamptz, after_id = $5, lease_until = $6, changed_at = $7 WHERE ${HELD}`;
const FINISH = `
  UPDATE redrive_job SET state = 'done', state_by = 'hub', state_reason = '', lease_owner = NULL, lease_until = NULL, changed_at = $4, finished_at = $4
  WHERE ${HELD}`;
const RELEASE = `UPDATE redrive_job SET lease_owner = NULL, lease_until = NULL WHERE ${HELD}`;
