// SPDX-License-Identifier: EUPL-1.2
import type { Difference, FindingView, RunView, SourceView } from '@amtsbote/ops-api';
import { Injectable } from '@nestjs/common';

import { House } from '../../house/tokens.js';
import { requireKept } from '../history/kept-versions.js';
import { cursorParts, notACursor } from '../read/cursors.js';
import { Views } from '../read/views.js';
import type { Run } from './run.js';
import { RunStore } from './run-store.js';

/** Reads runs, findings and differences for people. */
@Injectable()
export class RunQueries {
  constructor(
    private readonly house: House,
    private readonly runs: RunStore,
    private readonly views: Views,
  ) {}

  async list(
    tenants: readonly string[] | null,
    { source, limit, before }: { source?: string; limit: number; before?: number },
  ): Promise<RunView<Date>[]> {
    const sources = this.views.sourcesOf(tenants).filter((name) => source === undefined || name === source);
    return Promise.all((await this.runs.list(sources, limit, before)).map((run) => this.view(run)));
  }

  async sources(tenants: readonly string[] | null): Promise<SourceView<Date>[]> {
    const views: SourceView<Date>[] = [];
    for (const name of this.views.sourcesOf(tenants)) {
      const config = this.house.loaded.config.catalogue.sources[name];
      if (config === undefined) continue;
      const { no, dueAt, pausedReason } = await this.runs.sourceOf(name);
      const [last] = await this.runs.list([name], 1);
      const kinds = await this.house.database.query<{ kind: string; count: number }[]>(KINDS, [no]);
      views.push({
        name,
        instance: config.instance,
        tenants: config.tenants.filter((tenant) => tenants === null || tenants.includes(tenant)),
        dueAt: config.everyMs === undefined ? null : dueAt,
        pausedReason,
        lastRun: last === undefined ? null : await this.view(last),
        objects: Object.fromEntries(kinds.map(({ kind, count }) => [kind, count])),
        history: await this.historyOf(no),
      });
    }
    return views;
  }

  private async historyOf(no: number): Promise<SourceView<Date>['history']> {
    const [row] = await this.house.database.query<SourceView<Date>['history'][]>(HISTORY, [no]);
    if (row === undefined) throw new Error('a source is gone');
    return row;
  }

  async view(run: Run): Promise<RunView<Date>> {
    const {
      sourceNo: _no,
      startCursor: _start,
      cursor: _cursor,
      cursorPosition: _at,
      progressBase: _base,
      fence: _fence,
      leaseOwner,
      upload,
      ...shown
    } = run;
    const { position: _position, isComplete: _complete, ...rest } = shown;
    const [findings] = await this.house.database.query<{ muss: number; soll: number }[]>(FINDING_COUNTS, [run.id]);
    return { ...rest, document: upload?.name ?? null, owner: leaseOwner, findings: findings ?? { muss: 0, soll: 0 }, ...this.pace(run) };
  }

  /** Findings in the order of the source; `after` is the number of the last one seen. */
  async findings(run: number, after: number, limit: number): Promise<FindingView[]> {
    return this.house.database.query<FindingView[]>(FINDINGS, [run, after, limit]);
  }

  /**
   * What became otherwise for the source of the second run, from what the first run left to what the second one left.
   * @throws ProblemError 410 when one of their versions is no longer kept
   */
  async diff(from: Run, to: Run, after: string | undefined, limit: number): Promise<{ items: Difference[]; next?: string }> {
    const [first, last] = [from.version ?? 0, to.version ?? 0].sort((a, b) => a - b);
    for (const version of [first, last]) await requireKept(this.house.database, version ?? 0, [to.sourceNo]);
    const swap = (from.version ?? 0) > (to.version ?? 0);
    const place = after === undefined ? ['', '', ''] : placeOf(after);
    const rows = await this.house.database.query<Difference[]>(DIFF, [to.sourceNo, first, last, to.source, ...place, limit + 1, swap]);
    const items = rows.slice(0, limit);
    const end = items.at(-1);
    return rows.length > limit && end !== undefined
      ? { items, next: Buffer.from(JSON.stringify([end.kind, end.id, end.agency])).toString('base64url') }
      : { items };
  }

  private pace({ startedAt, progress, state }: Run): Pick<RunView, 'objectsPerSecond' | 'bytesPerSecond' | 'remainingMs'> {
    const elapsedMs = startedAt === null ? 0 : this.house.clock.now().getTime() - startedAt.getTime();
    if (state !== 'reading' || progress === null || elapsedMs <= 0)
      return { objectsPerSecond: null, bytesPerSecond: null, remainingMs: null };
    const done = progress.bytesTotal === undefined ? undefined : progress.bytesRead / Math.max(1, progress.bytesTotal);
    return {
      objectsPerSecond: Math.round((progress.objects / elapsedMs) * 1_000),
      bytesPerSecond: Math.round((progress.bytesRead / elapsedMs) * 1_000),
      remainingMs: done === undefined || done <= 0 ? null : Math.round(Math.max(0, elapsedMs / done - elapsedMs)),
    };
  }
}

/** @throws ProblemError 400 */
function placeOf(cursor: string): string[] {
  const parts = cursorParts(cursor);
  if (parts.length === 3 && parts.every((part) => typeof part === 'string')) return parts;
  throw notACursor();
}

const KINDS =
  'SELECT kind, count(*)::float8 AS count FROM catalogue_object WHERE source_no = $1 AND to_version IS NULL GROUP BY kind ORDER BY kind';

const HISTORY = `
  SELECT count(v.version) FILTER (WHERE v.version >= s.oldest_version)::int AS versions, s.oldest_version AS "oldestVersion",
    min(v.applied_at) FILTER (WHERE v.version >= s.oldest_version) AS "oldestAt",
    (SELECT count(*)::int FROM catalogue_kept_version k WHERE k.source_no = s.no) AS "namedVersions",
    s.swept_version IS NOT NULL AS "isRemoving", s.removed_states::float8 AS "removedStates", s.removed_bytes::float8 AS "removedBytes"
  FROM catalogue_source s LEFT JOIN catalogue_version v ON v.source_no = s.no WHERE s.no = $1 GROUP BY s.no`;

const FINDING_COUNTS = `
  SELECT count(*) FILTER (WHERE severity = 'muss')::int AS muss, count(*) FILTER (WHERE severity = 'soll')::int AS soll
  FROM catalogue_finding WHERE run_id = $1`;

const FINDINGS = `
  SELECT no::float8 AS no, severity, code, message, document, line, kind, agency, object_id AS id FROM catalogue_finding
  WHERE run_id = $1 AND no > $2 ORDER BY no LIMIT $3`;

/** Objects whose state at both versions differs; what came and went in between is none of it. */
const DIFF = `
  SELECT CASE WHEN a.hash IS NOT NULL AND b.hash IS NOT NULL THEN 'change' WHEN (a.hash IS NULL) = $9::boolean THEN 'remove' ELSE 'add' END AS op,
    $4::text AS source, k.kind, k.agency, k.object_id AS id
  FROM (
    SELECT DISTINCT object_id, agency, kind FROM catalogue_object
    WHERE source_no = $1 AND ((from_version > $2 AND from_version <= $3) OR (to_version > $2 AND to_version <= $3))) k
  LEFT JOIN catalogue_object a ON a.object_id = k.object_id AND a.agency = k.agency AND a.kind = k.kind AND a.source_no = $1
    AND a.from_version <= $2 AND (a.to_version IS NULL OR a.to_version > $2)
  LEFT JOIN catalogue_object b ON b.object_id = k.object_id AND b.agency = k.agency AND b.kind = k.kind AND b.source_no = $1
    AND b.from_version <= $3 AND (b.to_version IS NULL OR b.to_version > $3)
  WHERE a.hash IS DISTINCT FROM b.hash AND (k.kind, k.object_id, k.agency) > ($5::text COLLATE "C", $6::text COLLATE "C", $7::text COLLATE "C")
  ORDER BY k.kind, k.object_id, k.agency LIMIT $8`;
