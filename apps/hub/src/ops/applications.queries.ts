// SPDX-License-Identifier: EUPL-1.2
import type { ApplicationDetail, ApplicationPage, ApplicationSummary, StepAction, StepView } from '@amtsbote/ops-api';
import { type StepRow, stepsOf } from '@amtsbote/store';
import { Injectable } from '@nestjs/common';

import { actionsOf } from '../delivery/command-rules.js';
import { House } from '../house/tokens.js';
import { ProblemError } from '../http/problem.js';
import { SCHEMA_VIOLATED } from '../intake/intake.service.js';
import { withoutNames } from './redaction.js';
import { type Cursor, searchCondition, type SearchWishes, writeCursor } from './search.js';

/** Reads applications for operators; every query is limited to the operator's tenants. */
@Injectable()
export class ApplicationQueries {
  constructor(private readonly house: House) {}

  /** A page of applications, newest first. */
  async list(
    wishes: SearchWishes,
    tenants: readonly string[] | null,
    page: { limit: number; after?: Cursor },
  ): Promise<ApplicationPage<Date>> {
    const { sql, parameters } = searchCondition(wishes, tenants, page.after);
    const limit = `$${parameters.length + 1}`;
    const query = `SELECT ${SUMMARY} FROM application a WHERE ${sql} ORDER BY a.received_at DESC, a.id LIMIT ${limit}`;
    const rows = await this.house.database.query<ApplicationSummary<Date>[]>(query, [...parameters, page.limit + 1]);
    const items = rows.slice(0, page.limit);
    const last = items.at(-1);
    return rows.length > page.limit && last !== undefined ? { items, next: writeCursor(last) } : { items };
  }

  /** @throws ProblemError 404, also for other tenants' applications */
  async detail(id: string, tenants: readonly string[] | null): Promise<ApplicationDetail<Date>> {
    const rows = await this.house.database.query<Omit<ApplicationDetail<Date>, 'steps'>[]>(DETAIL, [id, tenants]);
    const [row] = rows;
    if (row === undefined) throw new ProblemError(404, 'unknown-application', 'There is no such application.');
    const steps = await stepsOf(this.house.database.manager, { applicationId: id, tenant: row.tenant });
    const isOver = row.progress === 'cancelled';
    return { ...row, steps: steps.map((step) => stepView(step, isOver ? [] : actionsOf(step))) };
  }
}

function stepView(step: StepRow, actions: StepAction[]): StepView<Date> {
  const { id, name, kind, instance, state, after, condition, dueAt, leaseUntil, attempts, failures, failingSince, failure, changedAt } =
    step;
  return {
    id,
    name,
    kind,
    instance,
    pickup: step.options.pickup === true,
    forDecision: step.options.decisionId !== undefined,
    rule: step.options.rule === undefined ? null : { name: step.options.rule.name, version: step.options.rule.version },
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
  SELECT ${SUMMARY}, a.report_to AS "reportTo", a.completes_by AS "completesBy", jsonb_array_length(a.document->'unmapped') AS unmapped,
    (SELECT j.data FROM journal j WHERE j.application_id = a.id AND j.event = '${SCHEMA_VIOLATED}' ORDER BY j.seq LIMIT 1) AS violations
  FROM application a WHERE a.id = $1 AND ($2::text[] IS NULL OR a.tenant = ANY($2))`;
