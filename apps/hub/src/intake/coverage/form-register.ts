// SPDX-License-Identifier: EUPL-1.2
import { type Sql } from '@amtsbote/store';

import type { FieldCoverage, FieldFate } from './field-coverage.js';

/** A form of an endpoint in one version, as one municipality gets it. */
export interface FormKey {
  readonly tenant: string;
  readonly endpoint: string;
  readonly formId: string;
  readonly formVersion: string;
}

/** What the register says after fields were noted. */
export interface Noted {
  readonly form: string;
  /** Raised now: nobody had seen this version, or these fields in it. */
  readonly notice: 'version' | 'fields' | null;
  readonly fields: number;
}

/** How often fields came since they were written down last. */
export interface Tally {
  readonly form: string;
  readonly submissions: number;
  readonly fields: readonly { readonly path: string; readonly fate: FieldFate; readonly count: number }[];
}

/** Form versions of one endpoint, and fields of one version, that are told apart: a sender that makes up names fills no table. */
const VERSIONS_MAX = 5_000;
const FIELDS_MAX = 10_000;
/** What is beyond is counted as this one. */
const BEYOND = '…';
/** Paths that a notice names; the rest stands in the list of fields. */
const NAMED_MAX = 50;

/**
 * Writes down fields nobody has seen yet, and raises a notice for exactly those, in one statement: whoever comes second finds them there. The
 * version's row is locked first, so that simultaneous submissions of a new form take turns.
 */
export async function noteFields(sql: Sql, key: FormKey, fields: FieldCoverage, at: Date): Promise<Noted> {
  const rows = [...fields].map(([path, fate]) => ({ path, fate }));
  const { tenant, endpoint, formId, formVersion } = key;
  const parameters = [tenant, endpoint, formId, formVersion, at, JSON.stringify(rows)];
  const [noted] = await sql.query<Noted>(NOTE, parameters);
  if (noted === undefined) throw new Error('a form version is neither new nor known');
  return noted;
}

/** Adds counts; in one order for everybody, so that two processes do not wait for each other in a circle. */
export async function addTallies(sql: Sql, tallies: readonly Tally[], at: Date): Promise<void> {
  const ordered = [...tallies].sort((a, b) => Number(a.form) - Number(b.form));
  for (const { form, submissions, fields } of ordered) {
    const sorted = [...fields].sort((a, b) => (a.path < b.path ? -1 : Number(a.path > b.path)));
    await sql.query(COUNT, [form, submissions, at, JSON.stringify(sorted)]);
  }
}

const NOTE = `
  WITH told AS (
    SELECT EXISTS (SELECT FROM form_version WHERE endpoint = $2 AND tenant = $1 AND form_id = $3 AND form_version = $4)
      OR (SELECT count(*) FROM form_version WHERE endpoint = $2 AND tenant = $1) < ${VERSIONS_MAX} AS apart),
  form AS (
    INSERT INTO form_version (tenant, endpoint, form_id, form_version, first_at, last_at)
    SELECT $1, $2, CASE WHEN told.apart THEN $3 ELSE '${BEYOND}' END, CASE WHEN told.apart THEN $4 ELSE '${BEYOND}' END, $5, $5 FROM told
    ON CONFLICT (endpoint, tenant, form_id, form_version) DO UPDATE SET last_at = greatest(form_version.last_at, EXCLUDED.last_at)
    RETURNING id, xmax = 0 AS fresh),
  added AS (
    INSERT INTO form_field (form, path, fate, first_at, last_at)
    SELECT form.id, f.path, f.fate, $5, $5 FROM form, jsonb_to_recordset($6::jsonb) AS f(path text, fate text)
    WHERE (SELECT count(*) FROM form_field known WHERE known.form = form.id) < ${FIELDS_MAX} ORDER BY f.path
    ON CONFLICT DO NOTHING RETURNING path, fate),
  counted AS (SELECT count(*)::int AS fields FROM added),
  raised AS (
    INSERT INTO form_notice (form, kind, fields, raised_at)
    SELECT form.id, CASE WHEN form.fresh THEN 'version' ELSE 'fields' END,
      (SELECT coalesce(jsonb_agg(jsonb_build_object('path', n.path, 'fate', n.fate)), '[]'::jsonb)
       FROM (SELECT path, fate FROM added ORDER BY fate DESC, path LIMIT ${NAMED_MAX}) n), $5
    FROM form, counted WHERE form.fresh OR counted.fields > 0
    RETURNING kind)
  SELECT form.id::text AS form, (SELECT kind FROM raised) AS notice, counted.fields FROM form, counted`;

const COUNT = `
  WITH form AS (
    UPDATE form_version SET submissions = submissions + $2, last_at = greatest(last_at, $3) WHERE id = $1 RETURNING id)
  UPDATE form_field f SET submissions = f.submissions + t.count, last_at = greatest(f.last_at, $3)
  FROM form, jsonb_to_recordset($4::jsonb) AS t(path text, fate text, count bigint)
  WHERE f.form = form.id AND f.path = t.path AND f.fate = t.fate`;
