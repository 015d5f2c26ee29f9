// SPDX-License-Identifier: EUPL-1.2
import type { ApplicationState, Failure, JsonValue, Progress, StepKind, StepState } from '@amtsbote/canonical';
import { type StepRow, stepsOf } from '@amtsbote/store';
import { Injectable } from '@nestjs/common';

import { actionsOf, type StepAction } from '../delivery/command-rules.js';
import { House } from '../house/tokens.js';
import { ProblemError } from '../http/problem.js';
import { withoutNames } from './redaction.js';
import { type Cursor, searchCondition, type SearchWishes, writeCursor } from './search.js';

/** One line of the list: what identifies an application and where it is; nothing of what the citizen wrote. */
export interface ApplicationSummary {
  readonly id: string;
  readonly reference: string;
  readonly tenant: string;
  readonly service: string;
  readonly leikaKey: string | null;
  readonly formId: string | null;
  readonly endpoint: string;
  readonly submissionId: string;
  readonly route: string | null;
  readonly state: ApplicationState;
  readonly progress: Progress;
  readonly test: boolean;
  readonly attachments: number;
  readonly receivedAt: Date;
  readonly changedAt: Date;
  readonly finishedAt: Date | null;
}

/** One page of the list; `next` is absent on the last one. */
export interface ApplicationPage {
  readonly items: readonly ApplicationSummary[];
  readonly next?: string;
}

/** A step as operators see it. */
export interface StepView {
  readonly id: string;
  readonly name: string;
  readonly kind: StepKind;
  /** Adapter instance, or pickup queue. */
  readonly instance: string;
  readonly pickup: boolean;
  readonly forDecision: boolean;
  readonly state: StepState;
  readonly after: readonly string[];
  readonly condition: string | null;
  readonly dueAt: Date | null;
  readonly leaseUntil: Date | null;
  readonly attempts: number;
  readonly failures: number;
  readonly failingSince: Date | null;
  readonly failure: Failure | null;
  readonly receipt: JsonValue;
  readonly changedAt: Date;
  /** What a person may do with it now. */
  readonly actions: readonly StepAction[];
}

/** One application with its Laufzettel. */
export interface ApplicationDetail extends ApplicationSummary {
  readonly reportTo: string | null;
  readonly completesBy: 'decision' | 'steps';
  /** Things the sender sent that have no place in the canonical application; kept. */
  readonly unmapped: number;
  readonly steps: readonly StepView[];
}

/** Reads applications for operators; every query is limited to the operator's tenants. */
@Injectable()
export class ApplicationQueries {
  constructor(private readonly house: House) {}

  /** A page of applications, newest first. */
  async list(wishes: SearchWishes, tenants: readonly string[] | null, page: { limit: number; after?: Cursor }): Promise<ApplicationPage> {
    const { sql, parameters } = searchCondition(wishes, tenants, page.after);
    const limit = `$${parameters.length + 1}`;
    const query = `SELECT ${SUMMARY} FROM application a WHERE ${sql} ORDER BY a.received_at DESC, a.id LIMIT ${limit}`;
    const rows = await this.house.database.query<ApplicationSummary[]>(query, [...parameters, page.limit + 1]);
    const items = rows.slice(0, page.limit);
    const last = items.at(-1);
    return rows.length > page.limit && last !== undefined ? { items, next: writeCursor(last) } : { items };
  }

  /** @throws ProblemError 404, also for other tenants' applications */
  async detail(id: string, tenants: readonly string[] | null): Promise<ApplicationDetail> {
    const rows = await this.house.database.query<Omit<ApplicationDetail, 'steps'>[]>(DETAIL, [id, tenants]);
    const [row] = rows;
    if (row === undefined) throw new ProblemError(404, 'unknown-application', 'There is no such application.');
    const steps = await stepsOf(this.house.database.manager, { applicationId: id, tenant: row.tenant });
    const isOver = row.progress === 'cancelled';
    return { ...row, steps: steps.map((step) => stepView(step, isOver ? [] : actionsOf(step))) };
  }
}

function stepView(step: StepRow, actions: StepAction[]): StepView {
  const { id, name, kind, instance, state, after, condition, dueAt, leaseUntil, attempts, failures, failingSince, failure, changedAt } =
    step;
  return {
    id,
    name,
    kind,
    instance,
    pickup: step.options.pickup === true,
    forDecision: step.options.decisionId !== undefined,
    state,
    after,
    condition,
    dueAt,
    leaseUntil,
    attempts,
    failures,
    failingSince,
    failure,
    receipt: withoutNames(step.receipt),
    changedAt,
    actions,
  };
}

const SUMMARY = `a.id, a.reference, a.tenant, a.document->'publicService'->>'name' AS service, a.leika_key AS "leikaKey", a.form_id AS "formId", a.endpoint,
  a.submission_id AS "submissionId", a.route, a.state, a.progress, a.test, jsonb_array_length(a.document->'attachments') AS attachments,
  a.received_at AS "receivedAt", a.changed_at AS "changedAt", a.finished_at AS "finishedAt"`;

const DETAIL = `
  SELECT ${SUMMARY}, a.report_to AS "reportTo", a.completes_by AS "completesBy", jsonb_array_length(a.document->'unmapped') AS unmapped
  FROM application a WHERE a.id = $1 AND ($2::text[] IS NULL OR a.tenant = ANY($2))`;
