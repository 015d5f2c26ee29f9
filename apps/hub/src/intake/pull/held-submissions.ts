// SPDX-License-Identifier: EUPL-1.2
import type { WaitingSubmission } from '@amtsbote/adapter-kit';
import type { Failure } from '@amtsbote/canonical';
import { affected, appendJournal, storable } from '@amtsbote/store';
import { Injectable } from '@nestjs/common';

import { House } from '../../house/tokens.js';
import { type ClaimedSource, type HeldState, type HeldSubmission, isOutbox } from './pulled.js';

/** How long it is shown that a sender was told, in milliseconds. */
const TOLD_MS = 30 * 24 * 60 * 60_000;

/** How long results of comparing books are kept. */
const RUNS_MS = 90 * 24 * 60 * 60_000;

/** Of which a source is. */
export type OfSource = Pick<ClaimedSource, 'endpoint' | 'source'>;

/**
 * Submissions that wait at their source for something else than their turn. Each has a row until it is settled: a source with a cursor does not
 * tell of it again, and the ones behind it must not wait for it.
 */
@Injectable()
export class HeldSubmissions {
  constructor(private readonly house: House) {}

  /** Those to be tried again now, the longest due first. */
  async due({ endpoint, source }: OfSource, limit: number): Promise<HeldSubmission[]> {
    const rows = await this.house.database.query<HeldRow[]>(DUE, [endpoint.name, source.name, this.house.clock.now(), limit]);
    return rows.map(({ submissionId, handle, submittedAt, state, failure, attempts }) => ({
      waiting: { submissionId, handle, ...(submittedAt === null ? {} : { submittedAt }) },
      state,
      failure,
      attempts,
    }));
  }

  /** Which of these have a row, and are thus not to be tried as if they were new. */
  async among({ endpoint, source }: OfSource, waiting: readonly WaitingSubmission[]): Promise<ReadonlySet<string>> {
    const ids = waiting.map(({ submissionId }) => submissionId);
    const rows = await this.house.database.query<{ id: string }[]>(AMONG, [endpoint.name, source.name, ids]);
    return new Set(rows.map(({ id }) => id));
  }

  /** When the next one of a source is to be tried again; `null`: none is. */
  async nextDue({ endpoint, source }: OfSource): Promise<Date | null> {
    const [row] = await this.house.database.query<{ at: Date | null }[]>(NEXT_DUE, [endpoint.name, source.name]);
    return row?.at ?? null;
  }

  /** Writes down that it has to wait, and why; what comes in front of a person, or has gone back to its sender, stands in the journal too. */
  async hold(of: OfSource, held: HeldSubmission, dueAt: Date | null, before: HeldState | undefined): Promise<void> {
    const { waiting, state, failure, attempts } = held;
    const { name, config } = of.endpoint;
    const now = this.house.clock.now();
    const handle = JSON.stringify(storable(waiting.handle).value);
    const row = [name, of.source.name, waiting.submissionId, config.tenant, handle, waiting.submittedAt ?? null];
    await this.house.database.transaction(async (sql) => {
      await sql.query(HOLD, [...row, state, JSON.stringify(failure), attempts, dueAt, now]);
      if (state === before || (state !== 'kept' && state !== 'told')) return;
      const data = { source: of.source.name, submission: waiting.submissionId, code: failure.code, told: state === 'told' };
      const actor = `endpoint:${name}`;
      const event = isOutbox(of.endpoint) ? 'answer.refused' : 'submission.refused';
      const entry = { tenant: config.tenant, applicationId: null, stepId: null, at: now, actor, event, data };
      await appendJournal(sql, [entry]);
    });
    if (state !== before) this.house.log.warn('pull.held', { endpoint: name, source: of.source.name, state, code: failure.code });
  }

  /** It is settled, or its source no longer has it. */
  async settle({ endpoint, source }: OfSource, { submissionId }: WaitingSubmission): Promise<void> {
    await this.house.database.query(SETTLE, [endpoint.name, source.name, submissionId]);
  }

  /** Tries those of an endpoint again at the next round; with `submissionId` that one. @returns how many. */
  async again(endpoint: string, submissionId: string | null): Promise<number> {
    const now = this.house.clock.now();
    return affected(this.house.database, AGAIN, [endpoint, submissionId, now]);
  }

  /** Forgets what senders were told, and how books compared, long ago. */
  async forget(): Promise<void> {
    const now = this.house.clock.now().getTime();
    await this.house.database.query(FORGET, [new Date(now - TOLD_MS)]);
    await this.house.database.query(FORGET_RUNS, [new Date(now - RUNS_MS)]);
  }
}

/** A failure that names the place in the submission. */
export function refusalOf(code: string, detail: string, place: string | undefined): Failure {
  const message = place === undefined ? detail : `${detail} (${place})`;
  return { kind: 'refused', code: `intake/${code}`.slice(0, 120), message: message.slice(0, 1_000) };
}

interface HeldRow {
  readonly submissionId: string;
  readonly handle: WaitingSubmission['handle'];
  readonly submittedAt: Date | null;
  readonly state: HeldState;
  readonly failure: Failure;
  readonly attempts: number;
}

const DUE = `
  SELECT submission_id AS "submissionId", handle, submitted_at AS "submittedAt", state, failure, attempts FROM pull_held
  WHERE endpoint = $1 AND source = $2 AND due_at <= $3 ORDER BY due_at, submission_id LIMIT $4`;
const AMONG =
  "SELECT submission_id AS id FROM pull_held WHERE endpoint = $1 AND source = $2 AND submission_id = ANY($3) AND state <> 'told'";
const NEXT_DUE = 'SELECT min(due_at) AS at FROM pull_held WHERE endpoint = $1 AND source = $2 AND due_at IS NOT NULL';
const HOLD = `
  INSERT INTO pull_held (endpoint, source, submission_id, tenant, handle, submitted_at, state, failure, attempts, due_at, first_at, changed_at)
  VALUES ($1, $2, $3, $4, $5::jsonb, $6, $7, $8::jsonb, $9, $10, $11, $11)
  ON CONFLICT (endpoint, source, submission_id) DO UPDATE SET handle = excluded.handle, state = excluded.state, failure = excluded.failure,
    attempts = excluded.attempts, due_at = excluded.due_at, changed_at = excluded.changed_at`;
const SETTLE = 'DELETE FROM pull_held WHERE endpoint = $1 AND source = $2 AND submission_id = $3';
const AGAIN = "UPDATE pull_held SET due_at = $3 WHERE endpoint = $1 AND ($2::text IS NULL OR submission_id = $2) AND state <> 'told'";
const FORGET_RUNS = 'DELETE FROM pull_reconciliation WHERE started_at < $1';
const FORGET = "DELETE FROM pull_held WHERE state = 'told' AND changed_at < $1";
