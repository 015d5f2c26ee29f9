// SPDX-License-Identifier: EUPL-1.2
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { processOf, startHouse, TENANT, type TestHouse, withDatabase } from '../../../../test/support/house.js';

const BURST = 100_000;
const LEASE_MS = 60_000;
const [OTHER, THIRD] = ['057110000001', '057110000002'];

describe('steps beside 100,000 due ones of another tenant', () => {
  let house: TestHouse;
  /** Adds due steps, each of an application of its own. */
  const addDue = async (tenant: string, count: number): Promise<void> => {
    await house.query(
      `WITH app AS (
         INSERT INTO application (id, tenant, reference, endpoint, submission_id, fingerprint, completes_by, state, progress, test, document, received_at, changed_at)
         SELECT gen_random_uuid(), $1, gen_random_uuid()::text, 'gewerbe', gen_random_uuid()::text, 'f', 'steps', 'SUBMITTED', 'flowing', false, '{}', $2, $2
         FROM generate_series(1, $3::int) RETURNING id)
       INSERT INTO step (id, tenant, application_id, position, name, kind, instance, options, after, state, due_at, changed_at)
       SELECT gen_random_uuid(), $1, id, 0, 'file', 'filing', 'eakte', '{}', '{}', 'due', $2, $2 FROM app`,
      [tenant, house.clock.now(), count],
    );
  };
  const served = async (claims: TestHouse['claims'], limit: number): Promise<Record<string, number>> => {
    const counts: Record<string, number> = {};
    for (const { tenant } of await claims.claim('eakte', limit, LEASE_MS)) counts[tenant] = (counts[tenant] ?? 0) + 1;
    return counts;
  };

  beforeAll(async () => {
    house = await startHouse();
    await addDue(TENANT, BURST);
    house.clock.advance(60_000);
  }, 180_000);
  afterAll(async () => house.close());

  it('the single step of a tenant is in the next batch, though everything else is due for longer', async () => {
    await expect(served(house.claims, 4)).resolves.toEqual({ [TENANT]: 4 });
    await addDue(OTHER, 1);
    await expect(served(house.claims, 4)).resolves.toEqual({ [TENANT]: 3, [OTHER]: 1 });
  });

  it('and in the next but one when there is a single place', async () => {
    await addDue(OTHER, 1);
    expect([await served(house.claims, 1), await served(house.claims, 1)]).toContainEqual({ [OTHER]: 1 });
  });

  it('tenants take turns while each has something due', async () => {
    await addDue(OTHER, 8);
    await addDue(THIRD, 8);
    const { claims } = processOf(house.house);
    await expect(served(claims, 12)).resolves.toEqual({ [TENANT]: 4, [OTHER]: 4, [THIRD]: 4 });
    await expect(served(claims, 12)).resolves.toEqual({ [TENANT]: 4, [OTHER]: 4, [THIRD]: 4 });
    await expect(served(claims, 3)).resolves.toEqual({ [TENANT]: 3 });
  });

  it('what is due later is found neither by a claim nor by the question whether anything is due', async () => {
    await house.query("UPDATE step SET due_at = due_at + interval '1 day' WHERE tenant = $1 AND state = 'due'", [TENANT]);
    await expect(house.claims.isAnyDue('eakte')).resolves.toBe(false);
    await expect(served(house.claims, 4)).resolves.toEqual({});
    await addDue(THIRD, 1);
    await expect(house.claims.isAnyDue('eakte')).resolves.toBe(true);
    await expect(served(house.claims, 4)).resolves.toEqual({ [THIRD]: 1 });
    await house.query("UPDATE step SET due_at = due_at - interval '1 day' WHERE tenant = $1 AND state = 'due'", [TENANT]);
  });

  it.each(['before the table was analysed', 'afterwards'])('a claim does not read the burst (%s)', async (when) => {
    if (when === 'afterwards') await house.query('ANALYZE step');
    const asked: [string, unknown[]][] = [];
    const recording = {
      query: async (sql: string, parameters: unknown[]): Promise<unknown[]> => {
        asked.push([sql, parameters]);
        return [];
      },
    };
    const database = recording as unknown as TestHouse['house']['database'];
    await processOf(withDatabase(house.house, database)).claims.claim('eakte', 64, LEASE_MS);
    const [[sql, parameters] = ['', []]] = asked;
    const [row] = await house.query<{ 'QUERY PLAN': { Plan: Plan }[] }>(`EXPLAIN (ANALYZE, FORMAT JSON) ${sql}`, parameters);
    const read = readFromSteps(row?.['QUERY PLAN'][0]?.Plan);
    expect(read).toBeGreaterThan(0);
    expect(read).toBeLessThan(1_000);
  });
});

interface Plan {
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly Plan[];
}

/** Rows that a plan read from the table of steps. */
function readFromSteps(plan: Plan | undefined): number {
  if (plan === undefined) return 0;
  const rows = (plan['Actual Rows'] + (plan['Rows Removed by Filter'] ?? 0)) * plan['Actual Loops'];
  return (plan['Relation Name'] === 'step' ? rows : 0) + (plan.Plans ?? []).reduce((sum, child) => sum + readFromSteps(child), 0);
}
