// SPDX-License-Identifier: EUPL-1.2
import { insertMessages, messageRows } from '@amtsbote/bus';
import type { Application, ApplicationState, Message, Progress, StoredAttachment } from '@amtsbote/canonical';
import { insertJournal, type JournalEntry, journalRows, prepared, type Sql } from '@amtsbote/store';

import { insertSteps } from '../house/changes.js';
import { type PlannedStep, stepRow } from '../routing/laufzettel.js';

/** Everything one accepted submission brings about, ready to be written. */
export interface Acceptance {
  readonly application: Application;
  /** SHA-256 of what was sent. */
  readonly fingerprint: string;
  readonly route: string | null;
  readonly reportTo: string | null;
  readonly completesBy: 'decision' | 'steps';
  readonly state: ApplicationState;
  readonly progress: Progress;
  readonly stateSequence: number;
  readonly steps: readonly PlannedStep[];
  readonly journal: readonly JournalEntry[];
  readonly messages: readonly Message[];
}

/** What is remembered of a submission, whoever stored it first. */
export interface AcceptedRow {
  readonly id: string;
  readonly reference: string;
  readonly receivedAt: Date;
  readonly fingerprint: string;
  /** False when the same submission was stored before: then nothing was written now. */
  readonly fresh: boolean;
}

/**
 * Stores application, attachments, Laufzettel, offers, journal and messages in one statement, which is one transaction (law 1), or nothing
 * when this submission is there already: the unique key (endpoint, submission id) decides between any number of simultaneous senders.
 */
export async function storeAcceptance(sql: Sql, acceptance: Acceptance): Promise<AcceptedRow> {
  const { application, steps, journal, messages } = acceptance;
  const { endpoint, submissionId } = application.origin;
  const stored = application.attachments.filter((attachment): attachment is StoredAttachment => attachment.state === 'stored');
  const rows = await sql.query<AcceptedRow>(ACCEPT, [
    JSON.stringify(rowOfApplication(acceptance)),
    JSON.stringify(application),
    JSON.stringify(stored),
    JSON.stringify(
      steps.map((step) => stepRow(step, { applicationId: application.id, tenant: application.tenant }, application.receivedAt)),
    ),
    JSON.stringify(journalRows(journal)),
    JSON.stringify(messageRows(messages)),
  ]);
  const [row] = rows;
  if (row !== undefined) return row;
  const [earlier] = await sql.query<AcceptedRow>(EARLIER, [endpoint, submissionId]);
  if (earlier === undefined) throw new Error('a submission is neither new nor known');
  return earlier;
}

function rowOfApplication({ application, ...rest }: Acceptance): Record<string, unknown> {
  const { id, tenant, reference, origin, publicService, test, receivedAt } = application;
  return {
    id,
    tenant,
    reference,
    endpoint: origin.endpoint,
    submission_id: origin.submissionId,
    fingerprint: rest.fingerprint,
    route: rest.route,
    report_to: rest.reportTo,
    completes_by: rest.completesBy,
    state: rest.state,
    state_sequence: rest.stateSequence,
    progress: rest.progress,
    leika_key: publicService.leikaKeys[0] ?? null,
    form_id: origin.formId ?? null,
    test,
    received_at: receivedAt,
  };
}

const ACCEPT = prepared(`
  WITH app AS (
    INSERT INTO application (id, tenant, reference, endpoint, submission_id, fingerprint, route, report_to, completes_by, state, state_sequence, progress,
      leika_key, form_id, test, document, received_at, changed_at, finished_at)
    SELECT a.id, a.tenant, a.reference, a.endpoint, a.submission_id, a.fingerprint, a.route, a.report_to, a.completes_by, a.state, a.state_sequence, a.progress,
      a.leika_key, a.form_id, a.test, $2::jsonb, a.received_at, a.received_at, CASE WHEN a.progress = 'finished' THEN a.received_at END
    FROM jsonb_to_record($1::jsonb) AS a(id uuid, tenant text, reference text, endpoint text, submission_id text, fingerprint text, route text, report_to text,
      completes_by text, state text, state_sequence int, progress text, leika_key text, form_id text, test boolean, received_at timestamptz)
    ON CONFLICT (endpoint, submission_id) DO NOTHING
    RETURNING id, tenant, reference, received_at, fingerprint),
  attachments AS (
    INSERT INTO attachment (id, tenant, application_id, name, media_type, size, sha512, stored_at)
    SELECT f.id, app.tenant, app.id, f.name, f."mediaType", f.size, f.sha512, app.received_at
    FROM app, jsonb_to_recordset($3::jsonb) AS f(id uuid, name text, "mediaType" text, size bigint, sha512 text)),
  steps AS (${insertSteps('$4', 'app')}
    RETURNING id, tenant, application_id, instance, state),
  offers AS (
    INSERT INTO pickup_item (id, tenant, queue, application_id, state, offered_at)
    SELECT s.id, s.tenant, s.instance, s.application_id, 'offered', app.received_at FROM steps s, app WHERE s.state = 'awaiting'),
  entries AS (${insertJournal('$5', 'app')}),
  messages AS (${insertMessages('$6', 'app')})
  SELECT id, reference, received_at AS "receivedAt", fingerprint, true AS fresh FROM app`);

const EARLIER = `
  SELECT id, reference, received_at AS "receivedAt", fingerprint, false AS fresh FROM application WHERE endpoint = $1 AND submission_id = $2`;
