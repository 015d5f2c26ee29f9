// SPDX-License-Identifier: EUPL-1.2
import { lastServed } from '@amtsbote/bus';
import type { Application, JsonValue, StepKind, StepState } from '@amtsbote/canonical';
import { prepared, returning, type StepOptions } from '@amtsbote/store';
import { Injectable } from '@nestjs/common';

import { House } from '../house/tokens.js';

/** A step this process holds: a lease against other workers, a fence against its own late writes. */
export interface ClaimedStep {
  readonly id: string;
  readonly tenant: string;
  readonly applicationId: string;
  readonly name: string;
  readonly kind: StepKind;
  readonly instance: string;
  readonly options: StepOptions;
  readonly fence: string;
  /** End of the lease as it was claimed. */
  readonly leaseUntil: Date;
  /** Number of this attempt, from 1. */
  readonly attempt: number;
  /** Failed attempts in a row before this one. */
  readonly failures: number;
  /** Those of them that were unexpected. */
  readonly unexpected: number;
  readonly failingSince: Date | null;
  readonly receipt: JsonValue;
  /** Where it was before: `inDoubt` asks the target first, `awaiting` polls. */
  readonly before: Extract<StepState, 'due' | 'retrying' | 'inDoubt' | 'awaiting'>;
  readonly application: Application;
}

/** Claiming, holding and recovering steps. Recovery touches only expired leases (law 3). */
@Injectable()
export class Claims {
  /** By instance: whose turn it was last. */
  private readonly served = new Map<string, string>();

  constructor(private readonly house: House) {}

  /**
   * Claims up to `limit` due steps of an instance. Tenants take turns, each with its oldest due time first, so that a burst of one holds up nobody
   * else, however few places there are. With `stepId` only that step.
   */
  async claim(instance: string, limit: number, leaseMs: number, stepId?: string): Promise<ClaimedStep[]> {
    const now = this.house.clock.now();
    const claimed = [now, new Date(now.getTime() + leaseMs), this.house.processId, instance];
    if (stepId !== undefined) return this.house.database.query<ClaimedStep[]>(CLAIM_ONE, [...claimed, stepId]);
    const before = this.served.get(instance) ?? '';
    const steps = await this.house.database.query<ClaimedStep[]>(CLAIM, [...claimed, limit, before]);
    this.served.set(instance, lastServed(steps, before));
    return steps;
  }

  /** Whether {@link claim} would find anything. */
  async isAnyDue(instance: string, stepId?: string): Promise<boolean> {
    const asked = [this.house.clock.now(), instance];
    const question = stepId === undefined ? ANY_DUE : ONE_DUE;
    const rows = await this.house.database.query<unknown[]>(question, stepId === undefined ? asked : [...asked, stepId]);
    return rows.length > 0;
  }

  /** Instances of steps that have been due since before `dueBefore` and that are none of `known`. */
  async strayInstances(known: readonly string[], dueBefore: Date): Promise<string[]> {
    const rows = await this.house.database.query<{ instance: string }[]>(STRAY, [dueBefore, known]);
    return rows.map(({ instance }) => instance);
  }

  /** Prolongs a lease. @returns false when it is lost: the attempt has to stop. */
  async renew(step: ClaimedStep, leaseMs: number): Promise<boolean> {
    const until = new Date(this.house.clock.now().getTime() + leaseMs);
    return (await returning(this.house.database, RENEW, [step.id, step.fence, until, step.tenant])).length === 1;
  }

  /** Steps whose owner is gone become `inDoubt`: what it did is found out before anything is repeated. @returns how many. */
  async recover(): Promise<number> {
    const rows = await this.house.database.query<{ id: string }[]>(RECOVER, [this.house.clock.now(), `worker:${this.house.processId}`]);
    return rows.length;
  }
}

const OPEN = "state IN ('due', 'retrying', 'inDoubt', 'awaiting') AND due_at IS NOT NULL";
const CLAIMABLE = `${OPEN} AND due_at <= $1`;

/** Tenants with open steps at an instance, found by jumping from one to the next in the index: what each has piled up is not read. */
const whose = (instance: string): string => `
  WITH RECURSIVE whose AS (
    (SELECT tenant FROM step WHERE instance = ${instance} AND ${OPEN} ORDER BY tenant LIMIT 1)
    UNION ALL
    SELECT (SELECT next.tenant FROM step next WHERE next.instance = ${instance} AND ${OPEN} AND next.tenant > whose.tenant ORDER BY next.tenant LIMIT 1)
    FROM whose WHERE whose.tenant IS NOT NULL)`;

/**
 * What is due of one tenant at an instance, oldest first: only one index has this order, and of a limit that is not known beforehand the planner
 * expects a tenth, so that it reads no more than it hands out, whatever the statistics say.
 */
const oldest = (instance: string, tenant: string, limit: string): string => `
    SELECT id, state, due_at FROM step WHERE instance = ${instance} AND tenant = ${tenant} AND ${CLAIMABLE} ORDER BY due_at, id LIMIT ${limit}`;

const hasDue = (instance: string): string => `(SELECT id FROM (${oldest(instance, 'whose.tenant', '(SELECT 1)')}) due) IS NOT NULL`;

/** For the simulation's model of the store, as the other statements here. */
export const ANY_DUE = `
  ${whose('$2')}
  SELECT 1 FROM whose WHERE whose.tenant IS NOT NULL AND ${hasDue('$2')} LIMIT 1`;

export const ONE_DUE = `SELECT 1 FROM step WHERE id = $3 AND instance = $2 AND ${CLAIMABLE}`;

export const STRAY = `SELECT DISTINCT instance FROM step WHERE ${CLAIMABLE} AND instance <> ALL($2)`;

/** What follows on the choice of candidates. */
const TAKE = `
  claimed AS (
    UPDATE step s SET state = 'running', lease_owner = $3, lease_until = $2, fence = s.fence + 1, attempts = s.attempts + 1, changed_at = $1
    FROM candidate WHERE s.id = candidate.id
    RETURNING s.*, candidate.state AS before),
  recorded AS (
    INSERT INTO attempt (step_id, number, tenant, owner, fence, started_at) SELECT id, attempts, tenant, $3, fence, $1 FROM claimed)
  SELECT c.id, c.tenant, c.application_id AS "applicationId", c.name, c.kind, c.instance, c.options, c.fence, c.lease_until AS "leaseUntil", c.attempts AS attempt, c.failures, c.unexpected,
    c.failing_since AS "failingSince", c.receipt, c.before, a.document AS application
  FROM claimed c JOIN application a ON a.id = c.application_id AND a.tenant = c.tenant
  ORDER BY c.due_at, c.id`;

/**
 * As many tenants as there are places take turns, and none can get more than what the others' first turns leave. What is locked and not chosen is
 * free again at the end of the statement; what another process is claiming is skipped by its locks.
 */
export const CLAIM = prepared(`${whose('$4')},
  turns AS MATERIALIZED (
    SELECT tenant, greatest(1, $5 + 1 - count(*) OVER ()) AS most FROM whose
    WHERE tenant IS NOT NULL AND ${hasDue('$4')}
    ORDER BY tenant COLLATE "C" <= $6, tenant COLLATE "C" LIMIT $5),
  candidate AS MATERIALIZED (
    SELECT due.id, due.state FROM (
      SELECT oldest.id, oldest.state, turns.tenant, row_number() OVER (PARTITION BY turns.tenant ORDER BY oldest.due_at, oldest.id) AS turn
      FROM turns, LATERAL (${oldest('$4', 'turns.tenant', 'turns.most')} FOR UPDATE SKIP LOCKED) oldest) due
    ORDER BY due.turn, due.tenant COLLATE "C" <= $6, due.tenant COLLATE "C" LIMIT $5),
  ${TAKE}`);

export const CLAIM_ONE = prepared(`
  WITH candidate AS (SELECT id, state FROM step WHERE id = $5 AND instance = $4 AND ${CLAIMABLE} FOR UPDATE SKIP LOCKED),
  ${TAKE}`);

export const RENEW = prepared(
  "UPDATE step SET lease_until = $3 WHERE id = $1 AND tenant = $4 AND fence = $2 AND state = 'running' RETURNING id",
);

export const RECOVER = prepared(`
  WITH lost AS (
    UPDATE step SET state = 'inDoubt', due_at = $1, lease_owner = NULL, lease_until = NULL, changed_at = $1
    WHERE id IN (SELECT id FROM step WHERE state = 'running' AND lease_until < $1 FOR UPDATE SKIP LOCKED)
    RETURNING id, tenant, application_id, attempts, name),
  closed AS (
    UPDATE attempt a SET ended_at = $1, outcome = 'abandoned' FROM lost WHERE a.step_id = lost.id AND a.number = lost.attempts),
  noted AS (
    INSERT INTO journal (tenant, application_id, step_id, at, actor, event, data)
    SELECT tenant, application_id, id, $1, $2, 'step.lease-expired', jsonb_build_object('name', name, 'attempt', attempts) FROM lost)
  SELECT id FROM lost`);
