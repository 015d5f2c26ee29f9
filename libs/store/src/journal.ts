// SPDX-License-Identifier: EUPL-1.2
import type { JsonValue } from '@amtsbote/canonical';

import type { Sql } from './sql.js';
import { storable } from './storable.js';

/** One entry: who did what to which application. `data` holds ids, names of configured things, counts: no personal data. */
export interface JournalEntry {
  readonly tenant: string;
  readonly applicationId: string | null;
  readonly stepId: string | null;
  readonly at: Date;
  /** `endpoint:gewerbe`, `worker:<id>`, `admin:<name>`, `queue:<name>`. */
  readonly actor: string;
  /** Dotted and stable: `application.submitted`, `step.parked`. */
  readonly event: string;
  readonly data: Readonly<Record<string, JsonValue>>;
}

/** Appends entries in the caller's transaction: the change and its entry are one (law 2). */
export async function appendJournal(sql: Sql, entries: readonly JournalEntry[]): Promise<void> {
  if (entries.length > 0) await sql.query(insertJournal('$1'), [JSON.stringify(journalRows(entries))]);
}

/** Entries as rows of the journal, for {@link insertJournal}. Texts that came from outside may hold anything: they are made storable. */
export function journalRows(entries: readonly JournalEntry[]): readonly unknown[] {
  return storable(entries.map((entry) => ({ ...entry, at: entry.at.toISOString() }))).value;
}

/**
 * SQL that writes the rows in a JSON parameter like `$1` to the journal, to be part of a larger statement; `once` is a relation of
 * applications: with it only their entries are written.
 */
export function insertJournal(parameter: string, once?: string): string {
  return `
    INSERT INTO journal (tenant, application_id, step_id, at, actor, event, data)
    SELECT j.tenant, j."applicationId", j."stepId", j.at, j.actor, j.event, j.data
    FROM ROWS FROM (jsonb_to_recordset(${parameter}::jsonb) AS (tenant text, "applicationId" uuid, "stepId" uuid, at timestamptz, actor text, event text,
        data jsonb)) WITH ORDINALITY AS j(tenant, "applicationId", "stepId", at, actor, event, data, position)
      ${once === undefined ? '' : `JOIN ${once} ON ${once}.id = j."applicationId"`}
    ORDER BY j.position`;
}
