// SPDX-License-Identifier: EUPL-1.2
import type { RedriveFilter, RedriveWhat } from '@amtsbote/ops-api';

import { ProblemError } from '../../http/problem.js';

/** A choice as it is asked of the store. */
export interface Chosen {
  readonly what: RedriveWhat;
  /** `null` = all tenants. */
  readonly tenants: readonly string[] | null;
  readonly filter: RedriveFilter<Date>;
  /** Only what was parked or died before: what fails again while a job runs is not its business. */
  readonly until: Date;
}

/** Fields that say nothing about the other kind. */
const FOREIGN: Readonly<Record<RedriveWhat, readonly (keyof RedriveFilter)[]>> = {
  steps: ['type'],
  deadLetters: ['kind', 'failureKind'],
};

/** @throws ProblemError 400 for fields that do not belong to what is redriven: a filter that filters nothing is a mistake. */
export function checkFilter(what: RedriveWhat, filter: RedriveFilter<Date>): void {
  const foreign = FOREIGN[what].find((name) => filter[name] !== undefined);
  if (foreign !== undefined) throw new ProblemError(400, 'foreign-filter', `"${foreign}" says nothing about ${what}.`, { place: foreign });
}

/** The tenants a filter leaves of an operator's reach. Pure. @throws ProblemError 404 for one out of reach */
export function tenantsOf({ tenant }: RedriveFilter<Date>, reach: readonly string[] | null): readonly string[] | null {
  if (tenant === undefined) return reach;
  if (reach !== null && !reach.includes(tenant))
    throw new ProblemError(404, 'unknown-tenant', 'There is no such tenant.', { place: 'tenant' });
  return [tenant];
}

/** Parameters $1 to $10 of {@link FROM}. */
export function parametersOf({ tenants, filter, until, what }: Chosen): unknown[] {
  const { instance, kind, type, code, failureKind, route, state, from, to } = filter;
  const before = to === undefined || to > until ? until : to;
  const own = what === 'steps' ? [kind, failureKind] : [type, undefined];
  return [tenants, instance, code, route, state, from, before, ...own].map((value) => value ?? null);
}

/**
 * What fits, by parameters $1 tenants, $2 instance, $3 code, $4 route, $5 state of the application, $6 from, $7 to, $8 kind of step or type of message,
 * $9 kind of failure; as rows of a relation `item` with id, tenant, at, instance, code, kind and whether nobody can tell.
 */
export const FROM: Readonly<Record<RedriveWhat, string>> = {
  steps: `(
    SELECT s.id, s.tenant, s.changed_at AS at, s.instance, coalesce(s.failure->>'code', 'unknown') AS code, coalesce(s.failure->>'kind', 'unknown') AS kind,
      coalesce(s.failure->>'code', '') LIKE '%/cannot-tell' AS uncertain
    FROM step s JOIN application a ON a.id = s.application_id AND a.tenant = s.tenant
    WHERE s.state = 'parked' AND a.progress <> 'cancelled' AND ($1::text[] IS NULL OR s.tenant = ANY($1)) AND ($2::text IS NULL OR s.instance = $2)
      AND ($3::text IS NULL OR s.failure->>'code' = $3) AND ($4::text IS NULL OR a.route = $4) AND ($5::text IS NULL OR a.state = $5)
      AND ($6::timestamptz IS NULL OR s.changed_at >= $6) AND s.changed_at < $7::timestamptz
      AND ($8::text IS NULL OR s.kind = $8) AND ($9::text IS NULL OR s.failure->>'kind' = $9)) item`,
  deadLetters: `(
    SELECT d.id, d.tenant, d.died_at AS at, d.envelope->'data'->>'instance' AS instance, d.reason AS code, d.type AS kind, false AS uncertain
    FROM dead_letter d LEFT JOIN application a ON a.tenant = d.tenant AND a.id = CASE WHEN d.subject ~ '^[0-9a-f-]{36}$' THEN d.subject::uuid END
    WHERE ($1::text[] IS NULL OR d.tenant = ANY($1)) AND ($2::text IS NULL OR d.envelope->'data'->>'instance' = $2)
      AND ($3::text IS NULL OR d.reason = $3) AND ($4::text IS NULL OR a.route = $4) AND ($5::text IS NULL OR a.state = $5)
      AND ($6::timestamptz IS NULL OR d.died_at >= $6) AND d.died_at < $7::timestamptz
      AND ($8::text IS NULL OR d.type = $8) AND $9::text IS NULL) item`,
};
