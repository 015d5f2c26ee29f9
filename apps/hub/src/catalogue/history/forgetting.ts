// SPDX-License-Identifier: EUPL-1.2
import { affected, appendJournal, returning, type Sql } from '@amtsbote/store';
import { Injectable } from '@nestjs/common';

import type { CatalogueSourceConfig } from '../../config/hub-config.js';
import { House } from '../../house/tokens.js';

/** A reader that was told a version is there may need it for so long: a whole export, a search page by page. */
const GRACE_MS = 60 * 60_000;
const DAY_MS = 24 * 60 * 60_000;
const STATES_PER_BATCH = 5_000;
const BATCHES_PER_ROUND = 4;
export const FORGETTING_ACTOR = 'hub:catalogue-history';

/** Where a source stands. */
interface Standing {
  readonly no: number;
  readonly oldest: number;
  readonly since: Date | null;
  /** States that ended up to this version have been looked at; `null`: there is nothing to remove. */
  readonly swept: number | null;
}

/**
 * Removes old states of objects, and contents that no state needs any more. First the promise to give a version is taken back, in one
 * transaction with the list of older versions that are kept all the same; an hour later removing begins, some thousand states in a
 * transaction. Whoever is killed in between has lost one batch; the next process goes on.
 */
@Injectable()
export class Forgetting {
  constructor(private readonly house: House) {}

  /** A bounded piece of work for each source. @returns whether there is more to do at once. */
  async round(size = STATES_PER_BATCH, batches = BATCHES_PER_ROUND): Promise<boolean> {
    let isMore = false;
    for (const [name, source] of Object.entries(this.house.loaded.config.catalogue.sources)) {
      let goesOn = true;
      for (let batch = 0; goesOn && batch < batches; batch += 1) goesOn = await this.step(name, source, size);
      isMore ||= goesOn;
    }
    return isMore;
  }

  private async step(name: string, source: CatalogueSourceConfig, size: number): Promise<boolean> {
    return this.house.database.transaction(async (sql) => {
      // Whoever writes the source, or removes from it elsewhere, has the row: the next round is soon enough.
      const [standing] = await sql.query<Standing[]>(STANDING, [name]);
      if (standing === undefined) return false;
      if (standing.swept === null) return this.takeBack(sql, standing, source);
      if (this.house.clock.now().getTime() - (standing.since?.getTime() ?? 0) < GRACE_MS) return false;
      return this.remove(sql, standing, { name, source, size });
    });
  }

  /** Moves the oldest version on, or forgets versions that no application names any more. Removing comes later. */
  private async takeBack(sql: Sql, { no, oldest }: Standing, { history, tenants }: CatalogueSourceConfig): Promise<false> {
    const now = this.house.clock.now();
    const [row] = await sql.query<{ oldest: number }>(OLDEST, [no, new Date(now.getTime() - history.days * DAY_MS), history.versions]);
    const next = Math.max(oldest, row?.oldest ?? 0);
    const forgotten = await affected(sql, UNNAMED, [no, tenants]);
    if (next === oldest && forgotten === 0) return false;
    await sql.query(NAMED, [no, tenants, oldest, next]);
    await sql.query('UPDATE catalogue_source SET oldest_version = $2, oldest_since = $3, swept_version = 0 WHERE no = $1', [no, next, now]);
    return false;
  }

  private async remove(
    sql: Sql,
    { no, oldest, swept }: Standing,
    { name, source, size }: { name: string; source: CatalogueSourceConfig; size: number },
  ): Promise<boolean> {
    const [next] = await sql.query<{ version: number | null }>(NEXT, [no, swept, oldest]);
    const version = next?.version ?? null;
    if (version === null) {
      await this.finish(sql, no, name, source);
      return false;
    }
    const gone = await returning<{ id: string }>(sql, STATES, [no, version, size]);
    const ids = gone.map(({ id }) => id);
    await sql.query(UNUSED('catalogue_competence', 'content_id'), [ids]);
    await sql.query(UNUSED('catalogue_service', 'content_id'), [ids]);
    const contents = await returning<{ bytes: number }>(
      sql,
      `${UNUSED('catalogue_content', 'id')} RETURNING pg_column_size(t.document) AS bytes`,
      [ids],
    );
    const bytes = contents.reduce((sum, content) => sum + content.bytes, 0);
    await sql.query(COUNTED, [no, gone.length, bytes, gone.length < size ? version : null]);
    return true;
  }

  private async finish(sql: Sql, no: number, name: string, { tenants }: CatalogueSourceConfig): Promise<void> {
    const [row] = await returning<{ oldest: number; states: number; bytes: number }>(sql, FINISH, [no]);
    if (row === undefined) throw new Error('a source is gone');
    const data = { source: name, oldestVersion: row.oldest, removedStates: row.states, removedBytes: row.bytes };
    const at = this.house.clock.now();
    const entry = { applicationId: null, stepId: null, at, actor: FORGETTING_ACTOR, event: 'catalogue.history-removed', data };
    await appendJournal(
      sql,
      tenants.map((tenant) => ({ tenant, ...entry })),
    );
    this.house.log.info('catalogue.history-removed', data);
  }
}

const STANDING = `
  SELECT no, oldest_version AS oldest, oldest_since AS since, swept_version AS swept FROM catalogue_source WHERE name = $1 FOR UPDATE SKIP LOCKED`;

/** The version that the source had when the time began that is kept, but never more than all but the newest so many. */
const OLDEST = `
  SELECT least(
    (SELECT max(version) FROM catalogue_version WHERE source_no = $1 AND applied_at <= $2),
    (SELECT version FROM catalogue_version WHERE source_no = $1 ORDER BY version DESC OFFSET $3::int - 1 LIMIT 1)) AS oldest
  WHERE (SELECT count(*) FROM catalogue_version WHERE source_no = $1) >= $3::int
    AND EXISTS (SELECT FROM catalogue_version WHERE source_no = $1 AND applied_at <= $2)`;

const NAME = "document #>> '{publicService,catalogueVersion}'";
/** Versions that applications name, each found by one step in the index; and those that open runs go back to. */
const IN_USE = `
  SELECT DISTINCT version FROM (
    SELECT pin.name::int AS version FROM unnest($2::text[]) AS t(tenant) CROSS JOIN LATERAL (
      WITH RECURSIVE pin(name) AS (
        (SELECT ${NAME} FROM application WHERE tenant = t.tenant AND ${NAME} IS NOT NULL ORDER BY 1 LIMIT 1)
        UNION ALL
        SELECT (SELECT ${NAME} FROM application WHERE tenant = t.tenant AND ${NAME} > pin.name ORDER BY 1 LIMIT 1) FROM pin WHERE pin.name IS NOT NULL)
      SELECT name FROM pin WHERE name ~ '^[0-9]{1,9}$') pin
    UNION ALL
    SELECT target_version FROM catalogue_run
    WHERE source_no = $1 AND target_version IS NOT NULL AND state IN ('requested', 'reading', 'comparing', 'held', 'applying')) used`;

const UNNAMED = `DELETE FROM catalogue_kept_version k WHERE k.source_no = $1 AND k.version NOT IN (${IN_USE})`;

/** What was given up before does not come back: only versions that could be read until now can be kept. */
const NAMED = `
  INSERT INTO catalogue_kept_version (source_no, version)
  SELECT $1::int, used.version FROM (${IN_USE}) used WHERE used.version >= $3::int AND used.version < $4::int ON CONFLICT DO NOTHING`;

const NEXT = `SELECT min(to_version) AS version FROM catalogue_object WHERE source_no = $1 AND to_version > $2 AND to_version <= $3`;

const STATES = `
  DELETE FROM catalogue_object o USING (
    SELECT s.kind, s.object_id, s.agency, s.from_version FROM catalogue_object s
    WHERE s.source_no = $1 AND s.to_version = $2::int
      AND NOT EXISTS (SELECT FROM catalogue_kept_version k WHERE k.source_no = $1 AND k.version >= s.from_version AND k.version < $2::int)
    LIMIT $3) gone
  WHERE o.kind = gone.kind AND o.object_id = gone.object_id AND o.agency = gone.agency AND o.source_no = $1 AND o.from_version = gone.from_version
  RETURNING o.content_id::text AS id`;

/** A content may be in several states of its object: going back opens it again. */
const UNUSED = (table: string, id: string): string => `
  DELETE FROM ${table} t USING (SELECT DISTINCT c.id FROM unnest($1::bigint[]) AS c(id)
    WHERE NOT EXISTS (SELECT FROM catalogue_object o WHERE o.content_id = c.id)) unused
  WHERE t.${id} = unused.id AND t.${id} >= (SELECT min(c) FROM unnest($1::bigint[]) AS c)
    AND t.${id} <= (SELECT max(c) FROM unnest($1::bigint[]) AS c)`;

const COUNTED = `
  UPDATE catalogue_source SET removed_states = removed_states + $2, removed_bytes = removed_bytes + $3, swept_version = coalesce($4, swept_version)
  WHERE no = $1`;

const FINISH = `
  UPDATE catalogue_source SET swept_version = NULL WHERE no = $1
  RETURNING oldest_version AS oldest, removed_states::float8 AS states, removed_bytes::float8 AS bytes`;
