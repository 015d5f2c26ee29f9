// SPDX-License-Identifier: EUPL-1.2
import type { Progress } from '@amtsbote/canonical';
import type { DeadLetterView, OpenCount, Overview, ParkedGroup, QueueView } from '@amtsbote/ops-api';
import { Injectable } from '@nestjs/common';

import { House } from '../house/tokens.js';
import { SCHEMA_VIOLATED } from '../intake/intake.service.js';
import type { Operator } from './operator.js';

const DAY_MS = 24 * 60 * 60_000;

/** What concerns the house as a whole, limited to the operator's tenants. */
@Injectable()
export class HouseQueries {
  constructor(private readonly house: House) {}

  async overview({ tenants }: Operator): Promise<Overview<Date>> {
    const { database, clock } = this.house;
    const since = new Date(clock.now().getTime() - DAY_MS);
    const [open, recent, [dead]] = await Promise.all([
      database.query<OpenCount<Date>[]>(OPEN, [tenants]),
      database.query<{ progress: Progress; count: number }[]>(RECENT, [tenants, since]),
      database.query<{ count: number }[]>(DEAD_COUNT, [tenants]),
    ]);
    const last24Hours: Record<Progress, number> = { flowing: 0, parked: 0, finished: 0, cancelled: 0, shadow: 0 };
    for (const { progress, count } of recent) last24Hours[progress] = count;
    return { open, last24Hours, deadLetters: dead?.count ?? 0 };
  }

  async parked({ tenants }: Operator): Promise<ParkedGroup<Date>[]> {
    return this.house.database.query<ParkedGroup<Date>[]>(PARKED, [tenants]);
  }

  async queues({ tenants }: Operator): Promise<QueueView<Date>[]> {
    const own = Object.entries(this.house.loaded.config.queues).filter(([, { tenant }]) => tenants?.includes(tenant) ?? true);
    const now = this.house.clock.now();
    return Promise.all(
      own.map(async ([name, { tenant }]) => {
        const [counts] = await this.house.database.query<Omit<QueueView<Date>, 'name' | 'tenant'>[]>(QUEUE, [name, tenant, now]);
        return { name, tenant, ...(counts ?? { offered: 0, leased: 0, oldestOfferedAt: null, lastCollectedAt: null, rejected: 0 }) };
      }),
    );
  }

  async deadLetters({ tenants }: Operator, limit: number): Promise<DeadLetterView<Date>[]> {
    return this.house.database.query<DeadLetterView<Date>[]>(DEAD_LETTERS, [tenants, limit]);
  }
}

/** Served by the index of what is not over. */
const OPEN = `
  SELECT progress, state, route, count(*)::int AS count, min(received_at) AS "oldestReceivedAt" FROM application
  WHERE progress IN ('flowing', 'parked') AND ($1::text[] IS NULL OR tenant = ANY($1)) GROUP BY progress, state, route ORDER BY progress, count DESC, route`;

/** Two questions, each answered by an index alone: the finished ones are many, and reading their rows took most of the overview's time. */
const RECENT = `
  SELECT 'finished' AS progress, count(*)::int AS count FROM application
  WHERE progress = 'finished' AND received_at >= $2 AND ($1::text[] IS NULL OR tenant = ANY($1))
  UNION ALL
  SELECT progress, count(*)::int FROM application
  WHERE progress <> 'finished' AND received_at >= $2 AND ($1::text[] IS NULL OR tenant = ANY($1)) GROUP BY progress`;

const DEAD_COUNT = 'SELECT count(*)::int AS count FROM dead_letter WHERE ($1::text[] IS NULL OR tenant = ANY($1))';

const WITHOUT_ROUTE = "a.progress = 'parked' AND a.route IS NULL AND ($1::text[] IS NULL OR a.tenant = ANY($1))";
/** Parked by the policy of the schema that its form is bound to. */
const HELD = `EXISTS (
      SELECT FROM journal j WHERE j.application_id = a.id AND j.event = '${SCHEMA_VIOLATED}' AND j.data->>'policy' = 'park')`;

const PARKED = `
  SELECT * FROM (
    SELECT instance, coalesce(failure->>'code', 'unknown') AS code, coalesce(failure->>'kind', 'unknown') AS kind, max(failure->>'message') AS message,
      max(failure->>'hintKey') AS "hintKey", count(*)::int AS count, min(changed_at) AS "oldestAt"
    FROM step WHERE state = 'parked' AND ($1::text[] IS NULL OR tenant = ANY($1)) GROUP BY 1, 2, 3
    UNION ALL
    SELECT NULL, 'routing/no-route', 'misconfigured', 'No route matches: add or change a route, then reroute.', 'noRoute', count(*)::int, min(received_at)
    FROM application a WHERE ${WITHOUT_ROUTE} AND NOT ${HELD} HAVING count(*) > 0
    UNION ALL
    SELECT NULL, 'intake/schema-violated', 'untransferable', 'The form does not fit its schema: look at the violations, then reroute or cancel.',
      'schemaViolated', count(*)::int, min(received_at)
    FROM application a WHERE ${WITHOUT_ROUTE} AND ${HELD} HAVING count(*) > 0) grouped
  ORDER BY count DESC, code`;

const QUEUE = `
  SELECT count(*) FILTER (WHERE state = 'offered' OR lease_until < $3)::int AS offered, count(*) FILTER (WHERE state = 'leased' AND lease_until >= $3)::int AS leased,
    min(offered_at) AS "oldestOfferedAt",
    (SELECT max(settled_at) FROM pickup_item WHERE queue = $1 AND tenant = $2 AND state = 'acknowledged') AS "lastCollectedAt",
    (SELECT count(*)::int FROM step WHERE state = 'parked' AND tenant = $2 AND instance = $1 AND kind = 'export') AS rejected
  FROM pickup_item WHERE queue = $1 AND tenant = $2 AND state IN ('offered', 'leased')`;

const DEAD_LETTERS = `
  SELECT id, type, CASE WHEN subject ~ '^[0-9a-f-]{36}$' THEN subject END AS "applicationId", tenant, reason, deliveries, died_at AS "diedAt" FROM dead_letter
  WHERE ($1::text[] IS NULL OR tenant = ANY($1)) ORDER BY died_at LIMIT $2`;
