// SPDX-License-Identifier: EUPL-1.2
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
  constructor(private readonly house: House) {}

  /** Claims up to `limit` due steps of an instance, oldest due time first; with `stepId` only that one. */
  async claim(instance: string, limit: number, leaseMs: number, stepId?: string): Promise<ClaimedStep[]> {
    const now = this.house.clock.now();
    const leaseUntil = new Date(now.getTime() + leaseMs);
    return this.house.database.query<ClaimedStep[]>(CLAIM, [now, leaseUntil, this.house.processId, instance, limit, stepId ?? null]);
  }

  /** Whether {@link claim} would find anything. */
  async isAnyDue(instance: string, stepId?: string): Promise<boolean> {
    const rows = await this.house.database.query<unknown[]>(ANY_DUE, [this.house.clock.now(), instance, stepId ?? null]);
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

const CLAIMABLE = "state IN ('due', 'retrying', 'inDoubt', 'awaiting') AND due_at <= $1";

/** For the simulation's model of the store, as the other statements here. */
export const ANY_DUE = `SELECT 1 FROM step WHERE instance = $2 AND ${CLAIMABLE} AND ($3::uuid IS NULL OR id = $3) LIMIT 1`;

export const STRAY = `SELECT DISTINCT instance FROM step WHERE ${CLAIMABLE} AND instance <> ALL($2)`;

export const CLAIM = prepared(`
  WITH candidate AS (
    SELECT id, state FROM step
    WHERE instance = $4 AND ${CLAIMABLE} AND ($6::uuid IS NULL OR id = $6)
    ORDER BY due_at, id LIMIT $5 FOR UPDATE SKIP LOCKED),
  claimed AS (
    UPDATE step s SET state = 'running', lease_owner = $3, lease_until = $2, fence = s.fence + 1, attempts = s.attempts + 1, changed_at = $1
    FROM candidate WHERE s.id = candidate.id
    RETURNING s.*, candidate.state AS before),
  recorded AS (
    INSERT INTO attempt (step_id, number, tenant, owner, fence, started_at) SELECT id, attempts, tenant, $3, fence, $1 FROM claimed)
  SELECT c.id, c.tenant, c.application_id AS "applicationId", c.name, c.kind, c.instance, c.options, c.fence, c.lease_until AS "leaseUntil", c.attempts AS attempt, c.failures, c.unexpected,
    c.failing_since AS "failingSince", c.receipt, c.before, a.document AS application
  FROM claimed c JOIN application a ON a.id = c.application_id AND a.tenant = c.tenant
  ORDER BY c.due_at, c.id`);

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
