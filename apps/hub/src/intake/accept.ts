// SPDX-License-Identifier: EUPL-1.2
import { insertMessages, messageRows } from '@amtsbote/bus';
import type { Application, ApplicationState, Message, Progress, StoredAttachment } from '@amtsbote/canonical';
import { insertJournal, type JournalEntry, journalRows, prepared, type Sql } from '@amtsbote/store';

import { insertSteps, type NewStep } from '../house/changes.js';
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
  /** The parallel run it belongs to, see {@link ApplicationRow.pairKey}. */
  readonly parallel?: { readonly run: string; readonly pairKey: string | null } | undefined;
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
 * Stores application, attachments, Laufzettel, offers, journal and messages of several submissions in one statement, which is one transaction
 * (law 1). Of a submission that is there already nothing is stored: the unique key (endpoint, submission id) decides between any number of
 * simultaneous senders, also within one call.
 * @returns for each acceptance, in order, what was stored; `undefined` where the submission was there, see {@link earlierAcceptance}.
 * @throws for all together: then nothing is stored of any.
 */
export async function storeAcceptances(sql: Sql, acceptances: readonly Acceptance[]): Promise<(AcceptedRow | undefined)[]> {
  const rows = await sql.query<AcceptedRow>(ACCEPT, [
    JSON.stringify(inOrder(acceptances).map(rowOfApplication)),
    JSON.stringify(acceptances.flatMap(rowsOfAttachments)),
    JSON.stringify(acceptances.flatMap(rowsOfSteps)),
    JSON.stringify(journalRows(acceptances.flatMap(({ journal }) => journal))),
    JSON.stringify(messageRows(acceptances.flatMap(({ messages }) => messages))),
  ]);
  const fresh = new Map(rows.map((row) => [row.id, row]));
  return acceptances.map(({ application }) => fresh.get(application.id));
}

/** Everybody asks for the keys in the same order: two transactions that store the same submissions wait for each other, but not in a circle. */
function inOrder(acceptances: readonly Acceptance[]): readonly Acceptance[] {
  const keyOf = ({ application: { origin } }: Acceptance): string => `${origin.endpoint}\0${origin.submissionId}`;
  return acceptances
    .map((acceptance) => ({ acceptance, key: keyOf(acceptance) }))
    .sort((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key)))
    .map(({ acceptance }) => acceptance);
}

/** What was stored of the same submission before. */
export async function earlierAcceptance(sql: Sql, { application }: Acceptance): Promise<AcceptedRow> {
  const { endpoint, submissionId } = application.origin;
  const earlier = await earlierOf(sql, endpoint, submissionId);
  if (earlier === undefined) throw new Error('a submission is neither new nor known');
  return earlier;
}

/** What was stored under this id, if anything was. */
export async function earlierOf(sql: Sql, endpoint: string, submissionId: string): Promise<AcceptedRow | undefined> {
  const [earlier] = await sql.query<AcceptedRow>(EARLIER, [endpoint, submissionId]);
  return earlier;
}

function rowsOfAttachments({ application }: Acceptance): Record<string, unknown>[] {
  const { id: applicationId, attachments } = application;
  return attachments
    .filter((attachment): attachment is StoredAttachment => attachment.state === 'stored')
    .map(({ id, name, mediaType, size, sha512 }) => ({ id, applicationId, name, mediaType, size, sha512 }));
}

function rowsOfSteps({ application: { id: applicationId, tenant, receivedAt }, steps }: Acceptance): NewStep[] {
  return steps.map((step) => stepRow(step, { applicationId, tenant }, receivedAt));
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
    parallel_run: rest.parallel?.run ?? null,
    pair_key: rest.parallel?.pairKey ?? null,
    document: application,
    received_at: receivedAt,
  };
}

const ACCEPT = prepared(`
  WITH app AS (
    INSERT INTO application (id, tenant, reference, endpoint, submission_id, fingerprint, route, report_to, completes_by, state, state_sequence, progress,
      leika_key, form_id, test, parallel_run, pair_key, document, received_at, changed_at, finished_at)
    SELECT a.id, a.tenant, a.reference, a.endpoint, a.submission_id, a.fingerprint, a.route, a.report_to, a.completes_by, a.state, a.state_sequence, a.progress,
      a.leika_key, a.form_id, a.test, a.parallel_run, a.pair_key, a.document, a.received_at, a.received_at, CASE WHEN a.progress = 'finished' THEN a.received_at END
    FROM jsonb_to_recordset($1::jsonb) AS a(id uuid, tenant text, reference text, endpoint text, submission_id text, fingerprint text, route text, report_to text,
      completes_by text, state text, state_sequence int, progress text, leika_key text, form_id text, test boolean, parallel_run text, pair_key text, document jsonb, received_at timestamptz)
    ON CONFLICT (endpoint, submission_id) DO NOTHING
    RETURNING id, tenant, reference, received_at, fingerprint),
  attachments AS (
    INSERT INTO attachment (id, tenant, application_id, name, media_type, size, sha512, stored_at)
    SELECT f.id, app.tenant, app.id, f.name, f."mediaType", f.size, f.sha512, app.received_at
    FROM app JOIN jsonb_to_recordset($2::jsonb) AS f(id uuid, "applicationId" uuid, name text, "mediaType" text, size bigint, sha512 text)
      ON f."applicationId" = app.id),
  steps AS (${insertSteps('$3', 'app')}
    RETURNING id, tenant, application_id, instance, state),
  offers AS (
    INSERT INTO pickup_item (id, tenant, queue, application_id, state, offered_at)
    SELECT s.id, s.tenant, s.instance, s.application_id, 'offered', app.received_at FROM steps s JOIN app ON s.application_id = app.id WHERE s.state = 'awaiting'),
  entries AS (${insertJournal('$4', 'app')}),
  messages AS (${insertMessages('$5', 'app')})
  SELECT id, reference, received_at AS "receivedAt", fingerprint, true AS fresh FROM app`);

const EARLIER = `
  SELECT id, reference, received_at AS "receivedAt", fingerprint, false AS fresh FROM application WHERE endpoint = $1 AND submission_id = $2`;
