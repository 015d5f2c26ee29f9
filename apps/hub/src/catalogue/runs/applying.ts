// SPDX-License-Identifier: EUPL-1.2
import type { Hold, Impact } from '@amtsbote/ops-api';
import { crashPoint } from '@amtsbote/platform';
import { affected, appendJournal, type Sql } from '@amtsbote/store';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import type { CatalogueSourceConfig } from '../../config/hub-config.js';
import { House } from '../../house/tokens.js';
import { Announcing } from './announcing.js';
import { changesOf } from './comparing.js';
import { holdsOf } from './guard.js';
import { Impacts } from './impact.js';
import type { Run } from './run.js';
import { RunStore } from './run-store.js';
import { stageOf } from './staging.js';

/** What a trial came to, when it was not to be kept. */
interface Trial {
  readonly impact: readonly Impact[];
  readonly holds: readonly Hold[];
  /** The version it was worked out against. */
  readonly against: number;
}

/** Carries a trial out of the transaction that is rolled back. */
class NotKept extends Error {
  override readonly name = 'NotKept';
  constructor(readonly trial: Trial) {
    super('the changes are not to be kept');
  }
}

/**
 * Makes the next version of the catalogue out of a run's changes, in one transaction: readers see the old version or the new one. What it
 * breaks is looked at inside, in the new state; when that has to wait for a person, or was only a trial, everything is rolled back.
 */
@Injectable()
export class Applying {
  constructor(
    private readonly house: House,
    private readonly runs: RunStore,
    private readonly impacts: Impacts,
    private readonly announcing: Announcing,
  ) {}

  /** Applies, or ends a dry run, or holds the run. @throws RunLost */
  async apply(run: Run, source: CatalogueSourceConfig): Promise<void> {
    for (let isLeft = false; !isLeft;) {
      try {
        await this.house.database.transaction(async (sql) => this.keep(sql, run, source));
        this.announcing.wake();
        return;
      } catch (error) {
        if (!(error instanceof NotKept)) throw error;
        isLeft = await this.leave(run, error.trial);
      }
    }
  }

  private async keep(sql: EntityManager, run: Run, source: CatalogueSourceConfig): Promise<void> {
    if (run.counts === null) throw new Error('a run is applied that was not compared');
    await sql.query('SET LOCAL statement_timeout = 0');
    const [head] = await sql.query<{ version: number }[]>('SELECT version FROM catalogue_head FOR UPDATE');
    if (head === undefined) throw new Error('the catalogue has no version');
    const now = this.house.clock.now();
    const before = await this.impacts.inUse(sql, run, head.version);
    const version = head.version + 1;
    const isChanged = run.counts.added + run.counts.changed + run.counts.removed > 0;
    if (isChanged) await write(sql, run, version);
    await affected(sql, MARK(changesOf(run)), [run.sourceNo]);
    const impact = isChanged ? await this.impacts.compare(sql, before, version) : [];
    const holds = run.approvedBy === null ? holdsOf(run.counts, impact, source) : [];
    if (run.isDryRun || holds.length > 0) throw new NotKept({ impact, holds, against: head.version });
    const made = isChanged ? version : head.version;
    if (isChanged) await sql.query('UPDATE catalogue_head SET version = $1', [version]);
    const cursor = await this.sourceCursor(sql, run);
    if (isChanged) await sql.query(VERSION, [version, run.id, run.sourceNo, cursor, now]);
    const { added, changed, removed } = run.counts;
    const data = { run: run.id, source: run.source, kind: run.kind, version: made, added, changed, removed };
    await appendJournal(
      sql,
      source.tenants.map((tenant) => ({
        tenant,
        applicationId: null,
        stepId: null,
        at: now,
        actor: run.actor,
        event: 'catalogue.applied',
        data,
      })),
    );
    if (isChanged) await this.announcing.announce(sql, run, source, version);
    await this.runs.move(run, { version: made, impact: JSON.stringify(impact) }, sql);
    await dropTables(sql, run);
    // Last: whoever took the run over meanwhile makes all of this undone.
    await this.runs.end(run, 'applied', null, sql);
    crashPoint('catalogue.applying');
  }

  /** Where the source is read on: after a sync where that one ended; after a rollback where the earlier version did, and only when asked. */
  private async sourceCursor(sql: Sql, run: Run): Promise<string | null> {
    if (run.kind === 'sync')
      await sql.query('UPDATE catalogue_source SET cursor = $2, paused_reason = NULL WHERE no = $1', [
        run.sourceNo,
        run.cursor ?? run.startCursor,
      ]);
    if (run.kind === 'rollback') await sql.query(REWIND_SOURCE, [run.sourceNo, run.targetVersion, `rolled back by run ${run.id}`]);
    const [row] = await sql.query<{ cursor: string | null }>('SELECT cursor FROM catalogue_source WHERE no = $1', [run.sourceNo]);
    return row?.cursor ?? null;
  }

  /** @returns whether it is written down; not when another source has changed the catalogue meanwhile: then the report is no longer true. */
  private async leave(run: Run, { impact, holds, against }: Trial): Promise<boolean> {
    const report = { impact: JSON.stringify(impact), hold: JSON.stringify(holds), judged_version: against };
    const isLeft = await this.house.database.transaction(async (sql) => {
      if (run.isDryRun) {
        await this.runs.move(run, report, sql);
        await dropTables(sql, run);
        await this.runs.end(run, 'checked', null, sql);
        return true;
      }
      // Whoever makes the next version waits for this, and tells the held runs of it afterwards.
      const [head] = await sql.query<{ version: number }[]>('SELECT version FROM catalogue_head FOR SHARE');
      if (head?.version !== against) return false;
      await this.runs.move(run, { ...report, state: 'held', lease_owner: null, lease_until: null }, sql);
      return true;
    });
    if (isLeft && !run.isDryRun)
      this.house.log.warn('catalogue.held', { run: run.id, source: run.source, reasons: holds.map(({ reason }) => reason).join(',') });
    return isLeft;
  }
}

async function write(sql: Sql, run: Run, version: number): Promise<void> {
  const changes = changesOf(run);
  const { changed = 0, removed = 0 } = run.counts ?? {};
  if (changed + removed > 0) {
    const closed = await affected(sql, CLOSE(changes), [run.sourceNo, version]);
    // Somebody else wrote this source although the run held it: never a mixture of two states.
    if (closed !== changed + removed) throw new Error(`${changed + removed} objects were to be replaced, ${closed} were there`);
  }
  await sql.query(OPEN(changes), [run.sourceNo, version]);
}

/** The tables a run works with. */
export async function dropTables(sql: Sql, run: Pick<Run, 'id'>): Promise<void> {
  await sql.query(`DROP TABLE IF EXISTS ${stageOf(run)}, ${changesOf(run)}`);
}

const CLOSE = (changes: string): string => `
  UPDATE catalogue_object o SET to_version = $2 FROM ${changes} c
  WHERE c.op IN ('change', 'remove') AND o.object_id = c.object_id AND o.agency = c.agency AND o.kind = c.kind AND o.source_no = $1
    AND o.from_version = c.old_version AND o.to_version IS NULL`;

const OPEN = (changes: string): string => `
  INSERT INTO catalogue_object (source_no, kind, agency, object_id, from_version, content_id, document_no, hash, valid, digest,
    remarks)
  SELECT $1, kind, agency, object_id, $2, content_id, document_no, hash, valid, digest, remarks FROM ${changes} WHERE op IN ('add', 'change')`;

/** The same objects, to be recognised next time by how they are written now. */
const MARK = (changes: string): string => `
  UPDATE catalogue_object o SET digest = c.digest, remarks = c.remarks FROM ${changes} c
  WHERE c.op = 'mark' AND o.object_id = c.object_id AND o.agency = c.agency AND o.kind = c.kind AND o.source_no = $1
    AND o.from_version = c.old_version AND o.to_version IS NULL`;

const VERSION = 'INSERT INTO catalogue_version (version, run_id, source_no, source_cursor, applied_at) VALUES ($1, $2, $3, $4, $5)';

const REWIND_SOURCE = `
  UPDATE catalogue_source SET paused_reason = $3, cursor = (
    SELECT v.source_cursor FROM catalogue_version v WHERE v.source_no = $1 AND v.version <= $2 ORDER BY v.version DESC LIMIT 1)
  WHERE no = $1`;
