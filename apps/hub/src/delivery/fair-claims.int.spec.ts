// SPDX-License-Identifier: EUPL-1.2
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { QueryRunner } from 'typeorm';

import { processOf, startHouse, TENANT, type TestHouse, withDatabase } from '../../../../test/support/house.js';

const BURST = 20_000;
/** Added by one statement. */
const CHUNK = 4_000;
const LEASE_MS = 60_000;
const [OTHER, THIRD] = ['057110000001', '057110000002'];

describe('steps beside 20,000 due ones of another tenant', () => {
  let house: TestHouse;
  const addDue = (tenant: string, count: number): Promise<void> => addSteps(house, tenant, count);
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
});

describe('what a claim reads of a burst', () => {
  let house: TestHouse;
  let runner: QueryRunner;
  let claims: TestHouse['claims'];

  beforeEach(async () => {
    house = await startHouse();
    runner = house.house.database.createQueryRunner();
    claims = processOf(withDatabase(house.house, runner as unknown as TestHouse['house']['database'])).claims;
  }, 60_000);
  afterEach(async () => {
    await runner.release();
    await house.close();
  });

  const burst = async (dueInMs = 0): Promise<void> => {
    await addSteps(house, TENANT, BURST, dueInMs);
    await addSteps(house, OTHER, 1);
    house.clock.advance(60_000);
  };
  const claimOften = async (): Promise<void> => {
    for (let n = 0; n < 10; n += 1) {
      await claims.claim('eakte', 64, LEASE_MS);
      await claims.isAnyDue('eakte');
    }
  };
  const readSoFar = async (): Promise<number> => {
    const [row] = (await runner.query(
      "SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::int AS read FROM pg_stat_xact_user_tables WHERE relname IN ('step', 'application')",
    )) as { read: number }[];
    return row?.read ?? 0;
  };
  const read = async (act: () => Promise<unknown>): Promise<number> => {
    await runner.startTransaction();
    const before = await readSoFar();
    await act();
    const after = await readSoFar();
    await runner.rollbackTransaction();
    return after - before;
  };

  it.each<[string, () => Promise<void>, number]>([
    ['the table was never analysed', () => burst(), 64],
    [
      'the table was analysed',
      async () => {
        await burst();
        await house.query('ANALYZE');
      },
      64,
    ],
    [
      'plans were made for a new table',
      async () => {
        await claimOften();
        await burst();
      },
      64,
    ],
    [
      'they are all due later',
      async () => {
        await claimOften();
        await burst(3_600_000);
      },
      1,
    ],
  ])(
    'is little when %s',
    async (_when, prepare, due) => {
      await prepare();
      let claimed: unknown[] = [];
      const byClaim = await read(async () => {
        claimed = await claims.claim('eakte', 64, LEASE_MS);
      });
      expect(claimed).toHaveLength(due);
      expect(byClaim).toBeLessThan(1_000);
      await expect(read(() => claims.isAnyDue('eakte'))).resolves.toBeLessThan(10);
    },
    60_000,
  );
});

/** Adds due steps, each of an application of its own. */
async function addSteps(house: TestHouse, tenant: string, count: number, dueInMs = 0): Promise<void> {
  if (count > CHUNK) await addSteps(house, tenant, count - CHUNK, dueInMs);
  await house.query(
    `WITH app AS (
       INSERT INTO application (id, tenant, reference, endpoint, submission_id, fingerprint, completes_by, state, progress, test, document, received_at, changed_at)
       SELECT gen_random_uuid(), $1, gen_random_uuid()::text, 'gewerbe', gen_random_uuid()::text, 'f', 'steps', 'SUBMITTED', 'flowing', false, '{}', $2, $2
       FROM generate_series(1, $3::int) RETURNING id)
     INSERT INTO step (id, tenant, application_id, position, name, kind, instance, options, after, state, due_at, changed_at)
     SELECT gen_random_uuid(), $1, id, 0, 'file', 'filing', 'eakte', '{}', '{}', 'due', $4, $2 FROM app`,
    [tenant, house.clock.now(), Math.min(count, CHUNK), new Date(house.clock.now().getTime() + dueInMs)],
  );
}
