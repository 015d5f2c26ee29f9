// SPDX-License-Identifier: EUPL-1.2
import type { PullHeldState, PullHeldView, PullSourceView, PullView, ReconciliationView } from '@amtsbote/ops-api';
import { InstanceStateRow } from '@amtsbote/store';
import { Injectable } from '@nestjs/common';

import { House } from '../../house/tokens.js';
import { ProblemError } from '../../http/problem.js';
import { PullSources } from '../../intake/pull/pull-sources.js';
import { type Asked, gateOf, instanceOfOutbox } from '../../intake/pull/pulled.js';
import type { Operator } from '../operator.js';
import { isOwn, isVisible, tenantsOfEndpoint } from '../reach.js';

/** Endpoints that fetch, as operators see them: the tables alone, whichever process asks the sources. */
@Injectable()
export class PullQueries {
  constructor(
    private readonly house: House,
    private readonly sources: PullSources,
  ) {}

  async list(operator: Operator): Promise<PullView<Date>[]> {
    const { database, clock } = this.house;
    const endpoints = this.sources.list().filter(({ name }) => this.isVisible(name, operator));
    const names = endpoints.map(({ name }) => name);
    const [states, sources, held, newest] = await Promise.all([
      database.manager.find(InstanceStateRow),
      database.query<SourceRow[]>(SOURCES, [names, clock.now()]),
      database.query<HeldCount[]>(HELD_COUNTS, [names]),
      database.query<(ReconciliationView<Date> & { readonly endpoint: string })[]>(NEWEST, [names]),
    ]);
    return endpoints.map(({ name, type, config, port }) => {
      const state = states.find(({ instance }) => instance === gateOf(name));
      const own = sources.filter((row) => row.endpoint === name && port.sources.some((source) => source.name === row.source));
      return {
        endpoint: name,
        type,
        tenant: config.tenant,
        target: port.describeTarget(),
        paused: state?.paused ?? false,
        pausedReason: state?.pausedReason ?? null,
        pausedBy: state?.pausedBy ?? null,
        breaker: state?.breaker ?? 'closed',
        openUntil: state?.openUntil ?? null,
        lastFailure: state?.lastFailure ?? null,
        sources: own.map((row) => viewOf(row, held)),
        reconciliation: newestOf(newest, name),
        mayPause: isOwn(tenantsOfEndpoint(name, this.house.loaded.config), operator.tenants),
      };
    });
  }

  /** @throws ProblemError 404 */
  async held(endpoint: string, operator: Operator, limit: number): Promise<PullHeldView<Date>[]> {
    const { name } = this.visible(endpoint, operator);
    const isOwnEndpoint = isOwn(tenantsOfEndpoint(name, this.house.loaded.config), operator.tenants);
    // Names of documents may tell of people: they are for those alone whose applicants these can be.
    return this.house.database.query<PullHeldView<Date>[]>(HELD, [name, limit, isOwnEndpoint && instanceOfOutbox(name) !== undefined]);
  }

  /** Newest first. @throws ProblemError 404 */
  async reconciliations(endpoint: string, operator: Operator, limit: number): Promise<ReconciliationView<Date>[]> {
    return this.house.database.query<ReconciliationView<Date>[]>(RECONCILIATIONS, [this.visible(endpoint, operator).name, limit]);
  }

  /** @throws ProblemError 404 for what does not fetch and for other tenants', 403 for shared ones */
  own(endpoint: string, operator: Operator): Asked {
    const found = this.visible(endpoint, operator);
    if (isOwn(tenantsOfEndpoint(endpoint, this.house.loaded.config), operator.tenants)) return found;
    const detail = 'The endpoint takes submissions for other municipalities too: only an admin of all may pause, resume or ask it.';
    throw new ProblemError(403, 'shared-endpoint', detail);
  }

  private visible(endpoint: string, operator: Operator): Asked {
    const found = this.sources.find(endpoint);
    if (found !== undefined && this.isVisible(endpoint, operator)) return found;
    throw new ProblemError(404, 'unknown-endpoint', `There is no endpoint "${endpoint}" that fetches submissions.`);
  }

  private isVisible(endpoint: string, { tenants }: Operator): boolean {
    return isVisible(tenantsOfEndpoint(endpoint, this.house.loaded.config), tenants);
  }
}

type SourceRow = Omit<PullSourceView<Date>, 'held' | 'oldestHeldAt'> & { readonly endpoint: string };
interface HeldCount {
  readonly endpoint: string;
  readonly source: string;
  readonly state: PullHeldState;
  readonly count: number;
  readonly oldest: Date;
}

function newestOf(
  rows: readonly (ReconciliationView<Date> & { readonly endpoint: string })[],
  endpoint: string,
): ReconciliationView<Date> | null {
  const row = rows.find((one) => one.endpoint === endpoint);
  if (row === undefined) return null;
  const { endpoint: _name, ...view } = row;
  return view;
}

function viewOf({ endpoint, ...row }: SourceRow, counts: readonly HeldCount[]): PullSourceView<Date> {
  const held: Record<PullHeldState, number> = { retrying: 0, unacknowledged: 0, kept: 0, told: 0 };
  let oldestHeldAt: Date | null = null;
  for (const { state, count, oldest } of counts.filter((one) => one.endpoint === endpoint && one.source === row.source)) {
    held[state] = count;
    if (state !== 'told' && (oldestHeldAt === null || oldest < oldestHeldAt)) oldestHeldAt = oldest;
  }
  return { ...row, held, oldestHeldAt };
}

const SOURCES = `
  SELECT endpoint, source,
    CASE WHEN lease_until >= $2 THEN 'asking' WHEN due_at <= $2 THEN 'due' ELSE 'waiting' END AS state,
    due_at AS "dueAt", ended_at AS "endedAt", succeeded_at AS "succeededAt", failure, failed_at AS "failedAt", failures,
    accepted::float8 AS accepted, known::float8 AS known, acknowledged::float8 AS acknowledged, refused::float8 AS refused,
    accepted_at AS "acceptedAt", delay_ms::float8 AS "delayMs"
  FROM pull_source WHERE endpoint = ANY($1) ORDER BY endpoint, source`;
const HELD_COUNTS = `
  SELECT endpoint, source, state, count(*)::int AS count, min(coalesce(submitted_at, first_at)) AS oldest FROM pull_held
  WHERE endpoint = ANY($1) GROUP BY endpoint, source, state`;
const COMPARED = `id, state, failure, since_at AS "sinceAt", until_at AS "untilAt", started_at AS "startedAt", ended_at AS "endedAt", booked, matched, fetched,
  missing, surplus, fetched_ids AS "fetchedIds", missing_ids AS "missingIds", surplus_ids AS "surplusIds"`;
const NEWEST = `
  SELECT DISTINCT ON (endpoint) endpoint, ${COMPARED} FROM pull_reconciliation WHERE endpoint = ANY($1) ORDER BY endpoint, started_at DESC`;
const RECONCILIATIONS = `SELECT ${COMPARED} FROM pull_reconciliation WHERE endpoint = $1 ORDER BY started_at DESC LIMIT $2`;
const HELD = `
  SELECT source, submission_id AS "submissionId", state, failure, attempts, submitted_at AS "submittedAt", first_at AS "firstAt", due_at AS "dueAt",
    CASE WHEN $3 THEN handle->>'fileName' END AS document, CASE WHEN $3 THEN handle->>'vorgangId' END AS vorgang
  FROM pull_held WHERE endpoint = $1 ORDER BY first_at, submission_id LIMIT $2`;
