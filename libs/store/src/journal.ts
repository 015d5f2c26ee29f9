// SPDX-License-Identifier: EUPL-1.2
import type { JsonValue } from '@amtsbote/canonical';

import type { Sql } from './sql.js';
import { storableJson } from './storable-json.js';

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
  if (entries.length === 0) return;
  await sql.query(
    `INSERT INTO journal (tenant, application_id, step_id, at, actor, event, data)
     SELECT e.tenant, e."applicationId", e."stepId", e.at, e.actor, e.event, e.data
     FROM jsonb_to_recordset($1::jsonb) AS e(tenant text, "applicationId" uuid, "stepId" uuid, at timestamptz, actor text, event text, data jsonb)`,
    [storableJson(entries)],
  );
}
