// SPDX-License-Identifier: EUPL-1.2
import type { Timeline } from '@amtsbote/ops-api';
import { Injectable } from '@nestjs/common';

import { RelatedQueries } from '../cases/related.queries.js';
import { House } from '../house/tokens.js';
import { ApplicationQueries } from './applications.queries.js';
import { mergeTimeline, type TimelineSources } from './timeline.js';

/** Newest journal entries and attempts that one timeline shows; an application that retried for weeks has more. */
const ROWS_MAX = 2_000;

/** Reads the whole story of one application. */
@Injectable()
export class TimelineQueries {
  constructor(
    private readonly house: House,
    private readonly applications: ApplicationQueries,
    private readonly related: RelatedQueries,
  ) {}

  /** @throws ProblemError 404 */
  async of(id: string, tenants: readonly string[] | null): Promise<Timeline<Date>> {
    const application = await this.applications.detail(id, tenants);
    const parameters = [id, application.tenant];
    const rows = <Name extends keyof TimelineSources>(query: string, ...more: unknown[]): Promise<TimelineSources[Name]> =>
      this.house.database.query<TimelineSources[Name]>(query, [...parameters, ...more]);
    const sources: TimelineSources = {
      steps: application.steps,
      journal: await rows<'journal'>(JOURNAL, ROWS_MAX),
      attempts: await rows<'attempts'>(ATTEMPTS, ROWS_MAX),
      effects: await rows<'effects'>(EFFECTS),
      payments: await rows<'payments'>(PAYMENTS),
      pickups: await rows<'pickups'>(PICKUPS),
      decisions: await rows<'decisions'>(DECISIONS),
      messages: await rows<'messages'>(MESSAGES),
      deadLetters: await rows<'deadLetters'>(DEAD_LETTERS),
    };
    return { application, related: await this.related.of(application), entries: mergeTimeline(sources) };
  }
}

const JOURNAL = `
  SELECT * FROM (
    SELECT seq, at, actor, event, step_id AS "stepId", data FROM journal WHERE application_id = $1 AND tenant = $2 ORDER BY seq DESC LIMIT $3) newest
  ORDER BY seq`;

const ATTEMPTS = `
  SELECT * FROM (
    SELECT a.step_id AS "stepId", a.number, a.owner, a.started_at AS "startedAt", a.ended_at AS "endedAt", a.outcome, a.failure, a.retry_at AS "retryAt"
    FROM step s JOIN attempt a ON a.step_id = s.id WHERE s.application_id = $1 AND s.tenant = $2 ORDER BY a.started_at DESC LIMIT $3) newest
  ORDER BY "startedAt", number`;

const EFFECTS = `
  SELECT e.step_id AS "stepId", e.name, e.state, e.receipt, e.started_at AS "startedAt", e.done_at AS "doneAt"
  FROM step s JOIN effect e ON e.step_id = s.id WHERE s.application_id = $1 AND s.tenant = $2 ORDER BY e.started_at, e.name`;

const PAYMENTS = `
  SELECT step_id AS "stepId", instance, request_id AS "requestId", state, (demand->'amount'->>'cents')::int AS cents,
    demand->'amount'->>'currency' AS currency, transaction_id AS "transactionId", kassenzeichen, requested_at AS "requestedAt", paid_at AS "paidAt"
  FROM payment WHERE application_id = $1 AND tenant = $2`;

const PICKUPS = `
  SELECT p.id AS "stepId", p.queue, p.state, p.deliveries, p.offered_at AS "offeredAt", p.lease_until AS "leaseUntil", p.settled_at AS "settledAt",
    CASE WHEN p.state = 'rejected' THEN p.receipt->>'reason' END AS reason
  FROM step s JOIN pickup_item p ON p.id = s.id WHERE s.application_id = $1 AND s.tenant = $2`;

const DECISIONS = `
  SELECT id, document->>'outcome' AS outcome, ARRAY(SELECT jsonb_path_query(document, '$.documents[*].name') #>> '{}') AS documents,
    received_at AS "receivedAt"
  FROM decision WHERE application_id = $1 AND tenant = $2`;

const MESSAGES =
  'SELECT id, type, deliveries, available_at AS "availableAt" FROM message WHERE subject = $1::uuid::text AND tenant = $2 ORDER BY seq';

const DEAD_LETTERS =
  'SELECT id, type, reason, deliveries, died_at AS "diedAt" FROM dead_letter WHERE subject = $1::uuid::text AND tenant = $2 ORDER BY died_at';
