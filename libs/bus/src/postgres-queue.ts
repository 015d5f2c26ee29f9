// SPDX-License-Identifier: EUPL-1.2
import type { Clock } from '@amtsbote/canonical';

import type { SqlRunner } from './bus.port.js';

/** A claimed message as it lies in the table. */
export interface ClaimedMessage {
  readonly seq: string;
  readonly id: string;
  readonly type: string;
  readonly envelope: unknown;
  readonly fence: string;
  readonly deliveries: number;
}

/** A message of which somebody is told elsewhere: whoever knows its fence may take it. */
export interface PostedMessage {
  readonly seq: string;
  readonly id: string;
  readonly type: string;
  readonly fence: string;
}

/** SQL of the carriers, one method per act. Rows that are done are deleted, so the table holds only what is still to be handled. */
export class PostgresQueue {
  constructor(
    private readonly sql: SqlRunner,
    private readonly clock: Clock,
  ) {}

  /** Claims up to `limit` heads of subjects; nobody else gets them for `leaseMs`. */
  async claim(types: readonly string[], limit: number, leaseMs: number): Promise<ClaimedMessage[]> {
    const now = this.clock.now();
    return this.returning<ClaimedMessage>(CLAIM, [now, new Date(now.getTime() + leaseMs), limit, types]);
  }

  /** Reserves up to `limit` heads of subjects for whoever will be told of them; after `againMs` somebody else is told. */
  async post(types: readonly string[], limit: number, againMs: number): Promise<PostedMessage[]> {
    const now = this.clock.now();
    return this.returning<PostedMessage>(POST, [now, new Date(now.getTime() + againMs), limit, types]);
  }

  /** Claims posted messages; those that were taken, posted again or handled meanwhile are left out. */
  async take(posted: readonly Pick<PostedMessage, 'seq' | 'fence'>[], leaseMs: number): Promise<ClaimedMessage[]> {
    const until = new Date(this.clock.now().getTime() + leaseMs);
    return this.returning<ClaimedMessage>(TAKE, [posted.map(({ seq }) => seq), posted.map(({ fence }) => fence), until]);
  }

  /** Ends the reservation of posted messages of which nobody heard. */
  async withdraw(posted: readonly Pick<PostedMessage, 'seq' | 'fence'>[]): Promise<void> {
    await this.sql.query(WITHDRAW, [posted.map(({ seq }) => seq), posted.map(({ fence }) => fence)]);
  }

  /** Deletes handled messages; a fence that is no longer ours deletes nothing. */
  async acknowledge(done: readonly ClaimedMessage[]): Promise<void> {
    await this.sql.query(ACKNOWLEDGE, [done.map(({ seq }) => seq), done.map(({ fence }) => fence)]);
  }

  /** Makes a message available again after `pauseMs`. */
  async release(message: ClaimedMessage, pauseMs: number): Promise<void> {
    await this.sql.query(RELEASE, [message.seq, message.fence, new Date(this.clock.now().getTime() + pauseMs)]);
  }

  /** The same, as if it had not been delivered. */
  async returnUncounted(message: ClaimedMessage, pauseMs: number): Promise<void> {
    await this.sql.query(RETURN_UNCOUNTED, [message.seq, message.fence, new Date(this.clock.now().getTime() + pauseMs)]);
  }

  /** Moves a message to the dead letters, with the reason. */
  async bury(message: ClaimedMessage, reason: string): Promise<void> {
    await this.sql.query(BURY, [message.seq, message.fence, reason.slice(0, 500), this.clock.now()]);
  }

  /** Puts dead letters back into the queue. @returns how many. */
  async redrive(tenants: readonly string[] | null, ids: readonly string[] | null): Promise<number> {
    const rows = await this.returning<{ id: string }>(REDRIVE, [this.clock.now(), tenants, ids]);
    return rows.length;
  }

  private async returning<Row>(query: string, parameters: unknown[]): Promise<Row[]> {
    const answer = await this.sql.query<unknown>(query, parameters);
    // TypeORM answers UPDATE … RETURNING with [rows, count], a plain SELECT with rows.
    return (Array.isArray(answer[0]) ? answer[0] : answer) as Row[];
  }
}

// As an array the choice is made exactly once; as a plain subquery a plan may run it again and claim more than its limit.
const HEADS = `ARRAY(
    SELECT m.seq FROM message m
    WHERE m.available_at <= $1 AND (m.lease_until IS NULL OR m.lease_until < $1) AND m.type = ANY($4)
      AND NOT EXISTS (SELECT 1 FROM message earlier WHERE earlier.subject = m.subject AND earlier.seq < m.seq)
    ORDER BY m.seq LIMIT $3
    FOR UPDATE OF m SKIP LOCKED)`;

const CLAIM = `
  UPDATE message SET lease_until = $2, fence = fence + 1, deliveries = deliveries + 1 WHERE seq = ANY(${HEADS})
  RETURNING seq, id, type, envelope, fence, deliveries`;

const POST = `UPDATE message SET lease_until = $2, fence = fence + 1 WHERE seq = ANY(${HEADS}) RETURNING seq, id, type, fence`;

// A row that somebody else has locked is being taken or posted by him at this moment.
const OF_THESE_FENCES = `ARRAY(
    SELECT m.seq FROM message m JOIN unnest($1::bigint[], $2::bigint[]) AS told(seq, fence) ON m.seq = told.seq AND m.fence = told.fence
    FOR UPDATE OF m SKIP LOCKED)`;

const TAKE = `
  UPDATE message SET lease_until = $3, fence = fence + 1, deliveries = deliveries + 1 WHERE seq = ANY(${OF_THESE_FENCES})
  RETURNING seq, id, type, envelope, fence, deliveries`;

const WITHDRAW = `UPDATE message SET lease_until = NULL WHERE seq = ANY(${OF_THESE_FENCES})`;

const ACKNOWLEDGE = `
  DELETE FROM message m USING unnest($1::bigint[], $2::bigint[]) AS done(seq, fence)
  WHERE m.seq = done.seq AND m.fence = done.fence`;

const RELEASE = 'UPDATE message SET lease_until = NULL, available_at = $3 WHERE seq = $1 AND fence = $2';

const RETURN_UNCOUNTED =
  'UPDATE message SET lease_until = NULL, available_at = $3, deliveries = greatest(deliveries - 1, 0) WHERE seq = $1 AND fence = $2';

const BURY = `
  WITH dead AS (DELETE FROM message WHERE seq = $1 AND fence = $2 RETURNING id, type, subject, tenant, envelope, deliveries)
  INSERT INTO dead_letter (id, type, subject, tenant, envelope, reason, deliveries, died_at)
  SELECT id, type, subject, tenant, envelope, $3, deliveries, $4 FROM dead`;

const REDRIVE = `
  WITH back AS (
    DELETE FROM dead_letter WHERE ($2::text[] IS NULL OR tenant = ANY($2)) AND ($3::uuid[] IS NULL OR id = ANY($3))
    RETURNING id, type, subject, tenant, envelope)
  INSERT INTO message (id, type, subject, tenant, envelope, available_at) SELECT id, type, subject, tenant, envelope, $1 FROM back
  RETURNING id`;
