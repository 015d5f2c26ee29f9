// SPDX-License-Identifier: EUPL-1.2
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { startHouse, TENANT, type TestHouse, withDatabase } from '../../../../test/support/house.js';
import { HouseQueries } from './house.queries.js';
import type { Operator } from './operator.js';

const OTHER = '999999999999';
const COUNT = 20_000;
const operator = (tenants: readonly string[] | null): Operator => ({ name: 'admin', actor: 'admin:admin', via: 'token', tenants });

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly Plans?: readonly Plan[];
}

describe('the overview', () => {
  let house: TestHouse;
  /** One application every 10 seconds up to now; one in 100 is open, one in 400 parked, one in 1,000 cancelled, one in 4 another tenant's. */
  beforeAll(async () => {
    house = await startHouse();
    await house.query(
      `INSERT INTO application (id, tenant, reference, endpoint, submission_id, fingerprint, route, completes_by, state, progress, test, document,
         received_at, changed_at)
       SELECT gen_random_uuid(), CASE WHEN n % 4 = 1 THEN '${OTHER}' ELSE '${TENANT}' END, 'R' || n, 'gewerbe', 's' || n, 'f', 'filed', 'steps', 'SUBMITTED',
         CASE WHEN n % 1000 = 0 THEN 'cancelled' WHEN n % 400 = 0 THEN 'parked' WHEN n % 100 = 0 THEN 'flowing' ELSE 'finished' END, false,
         jsonb_build_object('form', repeat(md5(n::text), 20)), $1::timestamptz - n * interval '10 seconds', $1
       FROM generate_series(1, ${COUNT}) AS n`,
      [house.clock.now()],
    );
    await house.query('VACUUM ANALYZE application');
  });
  afterAll(async () => house.close());

  it('counts what is open, and what became of the last 24 hours', async () => {
    const overview = await new HouseQueries(house.house).overview(operator(null));
    expect(overview.open.map(({ progress, count }) => [progress, count])).toEqual([
      ['flowing', 140],
      ['parked', 40],
    ]);
    expect(overview.last24Hours).toEqual({ flowing: 61, parked: 17, shadow: 0, cancelled: 8, finished: 8_554 });
    const { last24Hours } = await new HouseQueries(house.house).overview(operator([OTHER]));
    expect(last24Hours).toEqual({ flowing: 0, parked: 0, shadow: 0, cancelled: 0, finished: 2_160 });
  });

  it.each([
    ['all tenants', null],
    ['one tenant', [OTHER]],
  ])('is not slower the more is finished: %s are counted from indexes', async (_whose, tenants) => {
    const asked: [string, unknown[]][] = [];
    const recording = {
      query: async (sql: string, parameters: unknown[]): Promise<unknown[]> => {
        asked.push([sql, parameters]);
        return [];
      },
    };
    const database = recording as unknown as TestHouse['house']['database'];
    await new HouseQueries(withDatabase(house.house, database)).overview(operator(tenants));
    const scans: Plan[] = [];
    for (const [sql, parameters] of asked) {
      const [row] = await house.query<{ 'QUERY PLAN': { Plan: Plan }[] }>(`EXPLAIN (FORMAT JSON) ${sql}`, parameters);
      for (const { Plan: plan } of row?.['QUERY PLAN'] ?? []) scans.push(...scansOf(plan));
    }
    expect(scans.map((scan) => `${scan['Node Type']} ${scan['Index Name'] ?? ''}`).sort()).toEqual([
      'Index Only Scan application_finished',
      'Index Only Scan application_unfinished',
      'Index Scan application_unfinished',
    ]);
  });
});

/** Whatever reads the table of applications, or one of its indexes. */
function scansOf(plan: Plan): Plan[] {
  const own = plan['Relation Name'] === 'application' ? [plan] : [];
  return [...own, ...(plan.Plans ?? []).flatMap(scansOf)];
}
