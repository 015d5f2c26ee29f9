// SPDX-License-Identifier: EUPL-1.2
import type { CatalogueObjectKind } from '@amtsbote/canonical';
import type { KindCounts, RunCounts } from '@amtsbote/ops-api';
import type { Sql } from '@amtsbote/store';

import { WITHDRAWN } from './batch.js';
import type { Run } from './run.js';
import { stageOf } from './staging.js';

/** Name of the table with what a run would do. */
export function changesOf({ id }: Pick<Run, 'id'>): string {
  return `catalogue_change_${id}`;
}

/**
 * Works out what the run would do to each object, into a table of its own: for a snapshot what it does not contain is removed, for increments
 * only what it names changes, for a rollback the state of the earlier version comes back. Of several changes to one object the last counts.
 * Repeatable: what was worked out before is thrown away. To be run without the usual limit of time.
 * @returns counts for people and guards.
 */
export async function compare(sql: Sql, run: Run): Promise<RunCounts> {
  const target = changesOf(run);
  await sql.query(`DROP TABLE IF EXISTS ${target}`);
  await sql.query(`CREATE UNLOGGED TABLE ${target} (op text NOT NULL, kind text COLLATE "C" NOT NULL, agency text COLLATE "C" NOT NULL,
    object_id text COLLATE "C" NOT NULL, content_id bigint, hash bytea, document_no int, valid tstzmultirange, digest bytea, remarks text,
    old_version int)`);
  if (run.kind !== 'rollback') await sql.query(`ANALYZE ${stageOf(run)}`);
  const counted = await sql.query<Counted>(`
    WITH joined AS MATERIALIZED (${run.kind === 'rollback' ? backTo(run) : stagedAgainstCurrent(run)}),
    written AS (INSERT INTO ${target} SELECT * FROM joined WHERE op IN ('add', 'change', 'remove', 'mark'))
    SELECT kind, op, count(*)::float8 AS count FROM joined GROUP BY kind, op`);
  if (counted.some(({ op }) => op === 'lost')) throw new Error('an object was recognised that is not there any more');
  await sql.query(`ANALYZE ${target}`);
  const isPartial = run.kind !== 'rollback' && run.mode === 'increments';
  const hasRemovals = counted.some(({ op }) => op === 'remove');
  return countsOf(counted, isPartial && hasRemovals ? await sql.query<Counted>(BEFORE, [run.sourceNo]) : counted);
}

interface Counted {
  readonly kind: CatalogueObjectKind;
  /**
   * `same`: as it was; `mark`: the same, although it was written otherwise; `unknown`: the removal of something that is not there; `lost`: said to
   * be as it was, and is not there.
   */
  readonly op: 'add' | 'change' | 'remove' | 'same' | 'mark' | 'unknown' | 'lost';
  readonly count: number;
}

function stagedAgainstCurrent(run: Run): string {
  const join = run.mode === 'snapshot' ? 'FULL' : 'LEFT';
  return `
    SELECT CASE WHEN l.is_put AND l.kind IS NULL THEN 'lost' WHEN l.is_put IS NOT TRUE AND c.content_id IS NULL THEN 'unknown' WHEN l.is_put IS NULL AND ${isSpared(run)} THEN 'same' WHEN l.is_put IS NOT TRUE THEN 'remove'
        WHEN c.content_id IS NULL THEN 'add' WHEN c.content_id <> l.content_id THEN 'change' WHEN l.digest <> c.digest OR (l.digest IS NOT NULL AND c.digest IS NULL) THEN 'mark'
        ELSE 'same' END AS op,
      coalesce(l.kind, c.kind) AS kind, coalesce(l.agency, c.agency) AS agency, coalesce(l.object_id, c.object_id) AS object_id,
      l.content_id, l.hash, l.document_no, l.valid, l.digest, l.remarks, c.from_version AS old_version
    FROM (SELECT DISTINCT ON (kind, object_id, agency) * FROM (${staged(run)}) s ORDER BY kind, object_id, agency, position DESC) l
    ${join} JOIN (SELECT object_id, agency, kind, from_version, content_id, digest FROM catalogue_object
      WHERE source_no = ${run.sourceNo} AND to_version IS NULL) c
      ON c.object_id = l.object_id AND c.agency = l.agency AND c.kind = l.kind`;
}

/** What was staged. What was only recognised becomes what it is in the catalogue. */
function staged(run: Run): string {
  return `
    SELECT s.position, s.document_no, s.is_put, coalesce(s.kind, o.kind) AS kind, coalesce(s.agency, o.agency) AS agency,
      coalesce(s.object_id, o.object_id) AS object_id, coalesce(s.content_id, o.content_id) AS content_id, coalesce(s.hash, o.hash) AS hash,
      coalesce(s.valid, o.valid) AS valid, s.digest, coalesce(s.remarks, o.remarks) AS remarks
    FROM ${stageOf(run)} s LEFT JOIN catalogue_object o
      ON s.kind IS NULL AND o.digest = s.digest AND o.source_no = ${run.sourceNo} AND o.to_version IS NULL`;
}

/**
 * What a snapshot does not contain is gone; but nothing is, when a document of it was withdrawn, and not what a finding `muss` names: that is
 * there, and was not taken. Only what is missing is asked about: removals that the source asks for itself are done.
 */
function isSpared({ id }: Run): string {
  return `(EXISTS (SELECT FROM catalogue_finding f WHERE f.run_id = ${id} AND f.code = '${WITHDRAWN}')
    OR EXISTS (SELECT FROM catalogue_finding f WHERE f.run_id = ${id} AND f.severity = 'muss' AND f.kind = c.kind AND f.agency = c.agency
      AND f.object_id = c.object_id))`;
}

/** Contents are found again by their numbers: nothing is read or written twice. */
function backTo({ sourceNo, targetVersion }: Run): string {
  const version = Number(targetVersion);
  return `
    SELECT CASE WHEN e.content_id IS NULL THEN 'remove' WHEN c.content_id IS NULL THEN 'add' WHEN e.hash = c.hash THEN 'same' ELSE 'change' END AS op,
      coalesce(e.kind, c.kind) AS kind, coalesce(e.agency, c.agency) AS agency, coalesce(e.object_id, c.object_id) AS object_id,
      e.content_id, e.hash, e.document_no, e.valid, e.digest, e.remarks, c.from_version AS old_version
    FROM (SELECT * FROM catalogue_object WHERE source_no = ${sourceNo} AND from_version <= ${version}
      AND (to_version IS NULL OR to_version > ${version})) e
    FULL JOIN (SELECT * FROM catalogue_object WHERE source_no = ${sourceNo} AND to_version IS NULL) c
      ON c.object_id = e.object_id AND c.agency = e.agency AND c.kind = e.kind`;
}

/** @param before what there was: the same count where it saw everything, else one of its own. */
function countsOf(counted: readonly Counted[], before: readonly Counted[]): RunCounts {
  const count = (rows: readonly Counted[], ops: readonly string[], kind?: string): number =>
    rows.reduce((sum, row) => (ops.includes(row.op) && (kind === undefined || row.kind === kind) ? sum + row.count : sum), 0);
  const kinds: Partial<Record<CatalogueObjectKind, KindCounts>> = {};
  for (const kind of new Set([...counted, ...before].map((row) => row.kind))) {
    kinds[kind] = {
      before: count(before, ['same', 'mark', 'change', 'remove'], kind),
      added: count(counted, ['add'], kind),
      changed: count(counted, ['change'], kind),
      removed: count(counted, ['remove'], kind),
    };
  }
  return {
    added: count(counted, ['add']),
    changed: count(counted, ['change']),
    removed: count(counted, ['remove']),
    unchanged: count(counted, ['same', 'mark']),
    unknownRemovals: count(counted, ['unknown']),
    kinds,
  };
}

const BEFORE = `
  SELECT kind, 'same' AS op, count(*)::float8 AS count FROM catalogue_object WHERE source_no = $1 AND to_version IS NULL GROUP BY kind`;
