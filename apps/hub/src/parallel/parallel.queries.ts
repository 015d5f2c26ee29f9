// SPDX-License-Identifier: EUPL-1.2
import type { Application } from '@amtsbote/canonical';
import type {
  FactComparison,
  FormComparison,
  PairComparison,
  PairSide,
  PairSummary,
  ParallelCounts,
  ParallelRunView,
} from '@amtsbote/ops-api';
import { appendJournal } from '@amtsbote/store';
import { Injectable } from '@nestjs/common';

import { House } from '../house/tokens.js';
import { ProblemError } from '../http/problem.js';
import { isVisible, tenantsOfEndpoint } from '../ops/reach.js';
import { compareApplications, tally } from './compare.js';
import { type ParallelRun, ParallelRuns } from './parallel-runs.js';

/** Whose comparison it is to be. */
export interface Looker {
  readonly actor: string;
  readonly tenants: readonly string[] | null;
}

/** Documents of so many pairs are in memory at the same time. */
const PAIRS_AT_ONCE = 20;
/** Applications without a counterpart that one comparison lists. */
const ALONE_MAX = 100;
const COMPARED = 'application.compared';

type PairRow = Record<`${'current' | 'next'}${'Id' | 'Reference' | 'Progress'}`, string> & { currentAt: Date; nextAt: Date };
type Loaded = PairSide<Date> & { readonly tenant: string; readonly endpoint: string; readonly document: Application };

/** Reads parallel runs for operators; every query is limited to the operator's tenants. */
@Injectable()
export class ParallelQueries {
  constructor(
    private readonly house: House,
    private readonly runs: ParallelRuns,
  ) {}

  async list({ tenants }: Looker): Promise<ParallelRunView<Date>[]> {
    const visible = this.runs.list().filter((run) => this.isVisible(run, tenants));
    return Promise.all(visible.map((run) => this.view(run, tenants)));
  }

  /** A run by its name. @throws ProblemError 404, also for other tenants' runs */
  find(name: string, tenants: Looker['tenants']): ParallelRun {
    const run = this.runs.list().find((candidate) => candidate.name === name);
    if (run === undefined || !this.isVisible(run, tenants))
      throw new ProblemError(404, 'unknown-parallel-run', 'There is no such parallel run. Runs are configured under parallelRuns.');
    return run;
  }

  async view(run: ParallelRun, tenants: Looker['tenants']): Promise<ParallelRunView<Date>> {
    const { name, current, next } = run;
    const { database } = this.house;
    const [switched] = await database.query<{ live: string; at: Date; by: string; reason: string }[]>(SWITCHED, [name]);
    const live = switched?.live ?? current;
    const [counts] = await database.query<ParallelCounts[]>(COUNTS, [name, tenants, current, next]);
    if (counts === undefined) throw new Error('a count without a row');
    return {
      name,
      current,
      next,
      live,
      switched: switched === undefined ? null : { at: switched.at, by: switched.by, reason: switched.reason },
      counts,
    };
  }

  /** The newest pairs, where they differ, and what has no counterpart. No values. @throws ProblemError 404 */
  async compare(name: string, { tenants }: Looker, limit: number): Promise<FormComparison<Date>> {
    const run = this.find(name, tenants);
    const { current, next } = run;
    const { database } = this.house;
    const rows = await database.query<PairRow[]>(NEWEST_PAIRS, [name, tenants, current, next, limit]);
    const pairs: PairSummary<Date>[] = [];
    const compared: (readonly FactComparison[])[] = [];
    for (let start = 0; start < rows.length; start += PAIRS_AT_ONCE) {
      const page = rows.slice(start, start + PAIRS_AT_ONCE);
      const documents = await this.documents(
        page.flatMap(({ currentId, nextId }) => [currentId, nextId]),
        tenants,
      );
      for (const row of page) {
        const [ours, theirs] = [documents.get(row.currentId), documents.get(row.nextId)];
        // Deleted by rule between the two questions.
        if (ours === undefined || theirs === undefined) continue;
        // Only places and verdicts are kept: what citizens wrote goes page by page.
        const facts = compareApplications(ours, theirs, run).map(({ place, label, verdict }) => ({ place, label, verdict }));
        compared.push(facts);
        const off = facts.filter(({ verdict }) => verdict !== 'equal' && verdict !== 'ignored');
        const equal = facts.filter(({ verdict }) => verdict === 'equal').length;
        pairs.push({ ...sidesOf(row), equal, differing: off.map(({ place }) => place) });
      }
    }
    const alone = await database.query<FormComparison<Date>['alone']>(ALONE, [name, tenants, current, next, ALONE_MAX]);
    return { run: await this.view(run, tenants), pairs, fields: tally(compared), alone };
  }

  /**
   * Two applications side by side with what citizens wrote; who looked stands in the journal of both. Any two of the run may be named: where
   * nothing says which belong together, a person knows.
   * @throws ProblemError 404; 422 when they are not one of each form system, or of two municipalities
   */
  async pair(name: string, looker: Looker, ids: { readonly current: string; readonly next: string }): Promise<PairComparison<Date>> {
    const run = this.find(name, looker.tenants);
    const rows = await this.house.database.query<Loaded[]>(LOADED, [[ids.current, ids.next], looker.tenants]);
    const side = (id: string): Loaded => {
      const row = rows.find((candidate) => candidate.id === id);
      if (row === undefined) throw new ProblemError(404, 'unknown-application', 'There is no such application.');
      return row;
    };
    const [ours, theirs] = [side(ids.current), side(ids.next)];
    if (ours.endpoint !== run.current || theirs.endpoint !== run.next)
      throw new ProblemError(
        422,
        'not-a-pair',
        `Expected an application that came through ${run.current} and one that came through ${run.next}; these came through ${ours.endpoint} and ${theirs.endpoint}.`,
      );
    if (ours.tenant !== theirs.tenant) throw new ProblemError(422, 'not-a-pair', 'The applications belong to two municipalities.');
    const seen = { stepId: null, at: this.house.clock.now(), actor: looker.actor, event: COMPARED };
    await appendJournal(
      this.house.database,
      [ours, theirs].map(({ id, tenant }) => ({ ...seen, tenant, applicationId: id, data: { run: name } })),
    );
    return { current: plain(ours), next: plain(theirs), facts: compareApplications(ours.document, theirs.document, run) };
  }

  private async documents(ids: readonly string[], tenants: Looker['tenants']): Promise<Map<string, Application>> {
    const rows = await this.house.database.query<{ id: string; document: Application }[]>(DOCUMENTS, [ids, tenants]);
    return new Map(rows.map(({ id, document }) => [id, document]));
  }

  private isVisible({ current, next }: ParallelRun, tenants: Looker['tenants']): boolean {
    const { config } = this.house.loaded;
    return isVisible([...tenantsOfEndpoint(current, config), ...tenantsOfEndpoint(next, config)], tenants);
  }
}

function sidesOf(row: PairRow): { current: PairSide<Date>; next: PairSide<Date> } {
  return {
    current: {
      id: row.currentId,
      reference: row.currentReference,
      receivedAt: row.currentAt,
      progress: row.currentProgress as PairSide['progress'],
    },
    next: { id: row.nextId, reference: row.nextReference, receivedAt: row.nextAt, progress: row.nextProgress as PairSide['progress'] },
  };
}

function plain({ id, reference, receivedAt, progress }: Loaded): PairSide<Date> {
  return { id, reference, receivedAt, progress };
}

/**
 * Who belongs to whom: what has the same key is paired in the order in which it came, the first of one form system with the first of the other.
 * $1 run, $2 tenants, $3 current endpoint, $4 next endpoint. `partner` is the counterpart's progress.
 */
export const PAIRED = `
  placed AS (
    SELECT id, tenant, endpoint, reference, pair_key, received_at, progress, row_number() OVER (PARTITION BY tenant, pair_key, endpoint ORDER BY received_at, id) AS turn
    FROM application WHERE parallel_run = $1 AND ($2::text[] IS NULL OR tenant = ANY($2)) AND endpoint IN ($3, $4)),
  paired AS (
    SELECT own.*, other.id AS other_id, other.progress AS partner FROM placed own
    LEFT JOIN placed other ON other.tenant = own.tenant AND other.pair_key = own.pair_key AND other.turn = own.turn AND other.endpoint <> own.endpoint)`;

/** Kept, and a counterpart is delivered. */
export const SHADOW_PAIRED = "progress = 'shadow' AND partner IS NOT NULL AND partner NOT IN ('shadow', 'cancelled')";
/** Kept, and nobody delivers a counterpart. */
export const SHADOW_ALONE = "progress = 'shadow' AND (partner IS NULL OR partner IN ('shadow', 'cancelled'))";

const SWITCHED = 'SELECT live, changed_at AS at, actor AS by, reason FROM parallel_run WHERE name = $1';

const COUNTS = `
  WITH ${PAIRED}
  SELECT count(*) FILTER (WHERE endpoint = $3 AND partner IS NOT NULL)::int AS pairs,
    count(*) FILTER (WHERE endpoint = $3 AND partner IS NULL AND pair_key IS NOT NULL)::int AS "onlyCurrent",
    count(*) FILTER (WHERE endpoint = $4 AND partner IS NULL AND pair_key IS NOT NULL)::int AS "onlyNext",
    count(*) FILTER (WHERE pair_key IS NULL)::int AS unpairable,
    count(*) FILTER (WHERE ${SHADOW_PAIRED})::int AS "shadowsPaired",
    count(*) FILTER (WHERE ${SHADOW_ALONE})::int AS "shadowsAlone"
  FROM paired`;

const NEWEST_PAIRS = `
  WITH ${PAIRED}
  SELECT own.id AS "currentId", own.reference AS "currentReference", own.received_at AS "currentAt", own.progress AS "currentProgress",
    other.id AS "nextId", other.reference AS "nextReference", other.received_at AS "nextAt", other.progress AS "nextProgress"
  FROM paired own JOIN placed other ON other.id = own.other_id WHERE own.endpoint = $3
  ORDER BY greatest(own.received_at, other.received_at) DESC, own.id LIMIT $5`;

const ALONE = `
  WITH ${PAIRED}
  SELECT id, reference, received_at AS "receivedAt", progress, endpoint FROM paired WHERE partner IS NULL ORDER BY received_at DESC, id LIMIT $5`;

const DOCUMENTS = 'SELECT id, document FROM application WHERE id = ANY($1::uuid[]) AND ($2::text[] IS NULL OR tenant = ANY($2))';

const LOADED = `
  SELECT id, tenant, endpoint, reference, received_at AS "receivedAt", progress, document FROM application
  WHERE id = ANY($1::uuid[]) AND ($2::text[] IS NULL OR tenant = ANY($2)) AND parallel_run IS NOT NULL`;
