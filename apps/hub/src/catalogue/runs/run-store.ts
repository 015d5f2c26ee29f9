// SPDX-License-Identifier: EUPL-1.2
import type { Failure } from '@amtsbote/canonical';
import { affected, returning, type Sql } from '@amtsbote/store';
import { Injectable } from '@nestjs/common';

import { House } from '../../house/tokens.js';
import { type BroughtDocument, type EndState, type Run, RunCancelled, type RunKind, RunLost } from './run.js';

/** A source as the catalogue knows it. */
export interface SourceRow {
  readonly no: number;
  readonly name: string;
  readonly cursor: string | null;
  readonly dueAt: Date | null;
  readonly pausedReason: string | null;
}

/** A run to be asked for. */
export interface RunWish {
  readonly source: string;
  readonly kind: RunKind;
  readonly actor: string;
  readonly isDryRun?: boolean;
  /** From the beginning, whatever the cursor says. */
  readonly isFull?: boolean;
  readonly upload?: BroughtDocument;
  readonly targetVersion?: number;
}

/** A run that this process holds: identity and fence. */
export type Held = Pick<Run, 'id' | 'fence'>;

/** The table of runs: asked for, claimed under a lease, moved on by their owner only. */
@Injectable()
export class RunStore {
  constructor(private readonly house: House) {}

  /** The source's row, made when it is missing. */
  async sourceOf(name: string, sql: Sql = this.house.database): Promise<SourceRow> {
    await sql.query('INSERT INTO catalogue_source (name) VALUES ($1) ON CONFLICT (name) DO NOTHING', [name]);
    const [row] = await sql.query<SourceRow>(SOURCE, [name]);
    if (row === undefined) throw new Error('a source is missing that was just made');
    return row;
  }

  /** Asks for a run. @returns its id. */
  async request(wish: RunWish, sql: Sql = this.house.database): Promise<number> {
    const { no } = await this.sourceOf(wish.source, sql);
    const [row] = await returning<{ id: number }>(sql, REQUEST, [
      wish.source,
      no,
      wish.kind,
      wish.isDryRun ?? false,
      wish.actor,
      wish.upload === undefined ? null : JSON.stringify(wish.upload),
      wish.targetVersion ?? null,
      wish.isFull ?? false,
      this.house.clock.now(),
    ]);
    if (row === undefined) throw new Error('a run was not made');
    return row.id;
  }

  /** The next run that nobody works at, taken under a lease; `undefined` when there is none. */
  async claim(sources: readonly string[], leaseMs: number): Promise<Run | undefined> {
    const now = this.house.clock.now();
    const until = new Date(now.getTime() + leaseMs);
    try {
      const rows = await returning<{ id: number }>(this.house.database, CLAIM, [this.house.processId, until, now, sources]);
      return rows[0] === undefined ? undefined : await this.find(rows[0].id);
    } catch (error) {
      // Two processes claimed runs of one source at the same moment: the other one won.
      if (isConflict(error)) return undefined;
      throw error;
    }
  }

  async find(id: number, sql: Sql = this.house.database): Promise<Run | undefined> {
    const [row] = await sql.query<Run>(`${SELECT} WHERE id = $1`, [id]);
    return row;
  }

  /** Newest first. */
  async list(sources: readonly string[], limit: number, before?: number): Promise<Run[]> {
    const query = `${SELECT} WHERE source = ANY($1) AND ($2::int IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`;
    return this.house.database.query<Run[]>(query, [sources, before ?? null, limit]);
  }

  /**
   * Prolongs the lease.
   * @throws RunLost when another process has the run; RunCancelled when an operator wants it to end.
   */
  async renew({ id, fence }: Held, leaseMs: number): Promise<void> {
    const until = new Date(this.house.clock.now().getTime() + leaseMs);
    const [row] = await returning<{ cancelRequested: boolean }>(this.house.database, RENEW, [id, fence, until]);
    if (row === undefined) throw new RunLost('the run was taken over');
    if (row.cancelRequested) throw new RunCancelled('the run was cancelled');
  }

  /** Moves a held run on, within a transaction or by itself. @throws RunLost */
  async move({ id, fence }: Held, changes: Readonly<Record<string, unknown>>, sql: Sql = this.house.database): Promise<void> {
    const columns = Object.keys(changes);
    const sets = columns.map((column, index) => `${column} = $${index + 3}`).join(', ');
    const query = `UPDATE catalogue_run SET ${sets} WHERE id = $1 AND fence = $2 AND lease_owner IS NOT NULL`;
    if ((await affected(sql, query, [id, fence, ...Object.values(changes)])) !== 1) throw new RunLost('the run was taken over');
  }

  /** Ends a run. @throws RunLost */
  async end(held: Held, state: EndState, failure: Failure | null = null, sql: Sql = this.house.database): Promise<void> {
    const finished = { state, failure: failure === null ? null : JSON.stringify(failure), finished_at: this.house.clock.now() };
    await this.move(held, { ...finished, lease_owner: null, lease_until: null }, sql);
  }
}

function isConflict(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === '23505';
}

const SOURCE = 'SELECT no, name, cursor, due_at AS "dueAt", paused_reason AS "pausedReason" FROM catalogue_source WHERE name = $1';

const SELECT = `
  SELECT id, source, source_no AS "sourceNo", kind, is_dry_run AS "isDryRun", mode, state, actor, upload, target_version AS "targetVersion",
    start_cursor AS "startCursor", cursor, cursor_position::float8 AS "cursorPosition", position::float8 AS position, is_complete AS "isComplete",
    progress, progress_base AS "progressBase", counts, impact, hold, approved_by AS "approvedBy", failure, base_version AS "baseVersion", version,
    cancel_requested AS "cancelRequested", lease_owner AS "leaseOwner", fence::float8 AS fence, failures, due_at AS "dueAt",
    requested_at AS "requestedAt", started_at AS "startedAt", finished_at AS "finishedAt"
  FROM catalogue_run`;

const REQUEST = `
  INSERT INTO catalogue_run (source, source_no, kind, is_dry_run, state, actor, upload, target_version, is_full, due_at, requested_at)
  VALUES ($1, $2, $3, $4, 'requested', $5, $6, $7, $8, $9, $9) RETURNING id`;

/** Runs of one source in their order: a requested one waits for the one before it, and goes on where that one ended. */
const CLAIM = `
  UPDATE catalogue_run SET lease_owner = $1, lease_until = $2, fence = fence + 1, started_at = coalesce(started_at, $3),
    start_cursor = CASE WHEN state = 'requested' AND kind = 'sync' AND NOT is_full THEN (SELECT cursor FROM catalogue_source s WHERE s.no = source_no)
      ELSE start_cursor END,
    state = CASE WHEN state <> 'requested' THEN state WHEN kind = 'rollback' THEN 'comparing' ELSE 'reading' END
  WHERE id = (
    SELECT r.id FROM catalogue_run r
    WHERE r.state IN ('requested', 'reading', 'comparing', 'applying') AND (r.lease_until IS NULL OR r.lease_until < $3) AND r.due_at <= $3
      AND r.source = ANY($4) AND (r.state <> 'requested' OR NOT EXISTS (
        SELECT FROM catalogue_run o WHERE o.source = r.source AND (o.state IN ('reading', 'comparing', 'held', 'applying')
          OR (o.state = 'requested' AND o.id < r.id))))
    ORDER BY r.id FOR UPDATE SKIP LOCKED LIMIT 1)
  RETURNING id`;

const RENEW = `
  UPDATE catalogue_run SET lease_until = $3 WHERE id = $1 AND fence = $2 AND lease_owner IS NOT NULL
  RETURNING cancel_requested AS "cancelRequested"`;
