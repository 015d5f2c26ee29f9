// SPDX-License-Identifier: EUPL-1.2
import type { Application, PaymentState, StepKind, StepState } from '@amtsbote/canonical';
import type { EntityManager } from 'typeorm';

import { DecisionRow } from './entities/decision.entity.js';
import type { PaymentRow } from './entities/payment.entity.js';
import { StepRow } from './entities/step.entity.js';
import { prepared } from './prepared.js';
import type { Sql } from './sql.js';
import type { StepOptions } from './step-options.js';

/** Whose rows: a query without its tenant does not exist (law 11). */
export interface OfApplication {
  readonly tenant: string;
  readonly applicationId: string;
}

/** The Laufzettel of an application, in reading order. */
export function stepsOf(sql: EntityManager, of: OfApplication): Promise<StepRow[]> {
  return sql
    .createQueryBuilder(StepRow, 'step')
    .where('step.applicationId = :applicationId AND step.tenant = :tenant', of)
    .orderBy('step.position')
    .addOrderBy('step.name')
    .getMany();
}

/** Payments of an application, oldest first. */
export function paymentsOf(sql: Sql, { applicationId, tenant }: OfApplication): Promise<PaymentRow[]> {
  return sql.query<PaymentRow>(PAYMENTS, [applicationId, tenant]);
}

const PAYMENTS = prepared(`
  SELECT step_id AS "stepId", tenant, application_id AS "applicationId", instance, request_id AS "requestId", state, demand,
    transaction_id AS "transactionId", pay_url AS "payUrl", kassenzeichen, method, requested_at AS "requestedAt", paid_at AS "paidAt",
    changed_at AS "changedAt"
  FROM payment WHERE application_id = $1 AND tenant = $2 ORDER BY requested_at`);

/** Decisions on an application, newest first. */
export function decisionsOf(sql: EntityManager, of: OfApplication): Promise<DecisionRow[]> {
  return sql
    .createQueryBuilder(DecisionRow, 'decision')
    .where('decision.applicationId = :applicationId AND decision.tenant = :tenant', of)
    .orderBy('decision.receivedAt', 'DESC')
    .addOrderBy('decision.id', 'DESC')
    .getMany();
}

/** A step as its place in the Laufzettel describes it. */
export interface StepPlan {
  readonly id: string;
  readonly position: number;
  readonly name: string;
  readonly kind: StepKind;
  readonly instance: string;
  readonly options: StepOptions;
  readonly after: readonly string[];
  readonly condition: string | null;
  readonly state: StepState;
}

/** What the next move of an application depends on, read in one go. */
export interface LaufzettelSituation {
  readonly steps: readonly StepPlan[];
  readonly payments: readonly { readonly stepId: string; readonly state: PaymentState; readonly payUrl: string | null }[];
  /** Newest first. */
  readonly decisions: readonly { readonly id: string }[];
  /** Read only when a waiting step has a condition, which is asked of it; it may be large. */
  readonly application: Application | null;
}

/** Steps, payments and decisions of an application in one round trip: this is asked after every attempt. */
export async function situationOf(sql: EntityManager, { applicationId, tenant }: OfApplication): Promise<LaufzettelSituation> {
  const [row] = await sql.query<LaufzettelSituation[]>(SITUATION, [applicationId, tenant]);
  return row ?? { steps: [], payments: [], decisions: [], application: null };
}

const SITUATION = prepared(`
  SELECT
    (SELECT coalesce(json_agg(json_build_object('id', id, 'position', position, 'name', name, 'kind', kind, 'instance', instance, 'options', options,
      'after', after, 'condition', condition, 'state', state) ORDER BY position, name), '[]') FROM step WHERE application_id = $1 AND tenant = $2) AS steps,
    (SELECT coalesce(json_agg(json_build_object('stepId', step_id, 'state', state, 'payUrl', pay_url)), '[]')
      FROM payment WHERE application_id = $1 AND tenant = $2) AS payments,
    (SELECT coalesce(json_agg(json_build_object('id', id) ORDER BY received_at DESC, id DESC), '[]')
      FROM decision WHERE application_id = $1 AND tenant = $2) AS decisions,
    (SELECT document FROM application WHERE id = $1 AND tenant = $2 AND EXISTS (
      SELECT FROM step WHERE application_id = $1 AND tenant = $2 AND state = 'waiting' AND condition IS NOT NULL)) AS application`);
