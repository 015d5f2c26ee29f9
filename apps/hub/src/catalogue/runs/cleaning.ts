// SPDX-License-Identifier: EUPL-1.2
import type { Sql } from '@amtsbote/store';
import { Injectable } from '@nestjs/common';

import { House } from '../../house/tokens.js';
import { dropTables } from './applying.js';
import type { Run, RunState } from './run.js';

const ENDED: readonly RunState[] = ['applied', 'checked', 'failed', 'cancelled', 'discarded'];
/** From so many changes on the planner is told at once; below, PostgreSQL notices by itself. */
const ANALYSE_FROM = 1_000;

/** Removes what ended runs leave behind: stages, documents that were brought, contents that never became part of the catalogue. */
@Injectable()
export class CatalogueCleaning {
  constructor(private readonly house: House) {}

  /** Cleans up after a run that has just been worked at. */
  async after(run: Run): Promise<void> {
    if (!ENDED.includes(run.state)) return;
    if (run.state === 'applied') await this.tellPlanner(run);
    await this.clean(run.id);
    if (run.upload !== null) await this.house.blobs.remove(run.upload.blob);
  }

  /** Cleans up after runs whose process died in between, or that ended without one. */
  async round(): Promise<void> {
    const rows = await this.house.database.query<{ id: number; blob: string | null }[]>(UNCLEAN, [ENDED]);
    for (const { id, blob } of rows) {
      await this.clean(id);
      if (blob !== null) await this.house.blobs.remove(blob);
    }
  }

  private async clean(id: number): Promise<void> {
    await this.house.database.transaction(async (sql: Sql) => {
      await sql.query('SET LOCAL statement_timeout = 0');
      await dropTables(sql, { id });
      const [leftover] = await sql.query<{ is: boolean }>(LEFTOVER, [id]);
      if (leftover?.is === true) {
        await sql.query(unused('catalogue_competence', 'content_id'), [id]);
        await sql.query(unused('catalogue_service', 'content_id'), [id]);
        await sql.query(unused('catalogue_content', 'id'), [id]);
      }
      await sql.query("UPDATE catalogue_run SET contents = '{}' WHERE id = $1", [id]);
    });
  }

  private async tellPlanner({ counts }: Run): Promise<void> {
    const { added = 0, changed = 0, removed = 0 } = counts ?? {};
    if (added + changed === 0) return;
    if (added + changed + removed >= ANALYSE_FROM)
      await this.house.database.query('ANALYZE catalogue_object, catalogue_service, catalogue_competence');
    // New entries wait in a list that every search reads through.
    for (const index of ['catalogue_service_by_words', 'catalogue_service_by_tag', 'catalogue_word_by_trigram'])
      await this.house.database.query('SELECT gin_clean_pending_list($1::regclass)', [index]);
  }
}

const UNCLEAN = `
  SELECT id, upload->>'blob' AS blob FROM catalogue_run WHERE contents <> '{}' AND state = ANY($1) AND lease_owner IS NULL ORDER BY id LIMIT 20`;

/** Whether the run wrote contents that are in no version. */
const LEFTOVER = `
  SELECT state <> 'applied' OR written <> coalesce((counts->>'added')::bigint, 0) + coalesce((counts->>'changed')::bigint, 0) AS "is"
  FROM catalogue_run WHERE id = $1 AND contents <> '{}'`;

const unused = (table: string, id: string): string => `
  DELETE FROM ${table} t USING (SELECT lower(r) AS first, upper(r) AS after FROM catalogue_run, unnest(contents) AS r WHERE catalogue_run.id = $1) x
  WHERE t.${id} >= x.first AND t.${id} < x.after AND NOT EXISTS (SELECT FROM catalogue_object o WHERE o.content_id = t.${id})`;
