// SPDX-License-Identifier: EUPL-1.2
import { seededRandomness } from '@amtsbote/platform';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { BEGIN } from '../../apps/hub/src/delivery/beginnings.js';
import { ANY_DUE, CLAIM, CLAIM_ONE, ONE_DUE, RECOVER, RENEW } from '../../apps/hub/src/delivery/claims.js';
import { END } from '../../apps/hub/src/delivery/records.js';
import { startHouse, TENANT, type TestHouse } from '../support/house.js';
import { ModelStore } from './model-store.js';

const OPERATIONS = 60;
const LEASE_MS = 1_000;
const FAILURE = { kind: 'unavailable', code: 'x/y', message: 'no' };

/** A claim somebody made, perhaps long ago. */
interface Claim {
  readonly id: string;
  readonly applicationId: string;
  readonly fence: string;
  readonly attempt: number;
}

/** What is compared of an answer: both sides say it in their own columns. */
const FACTS = ['id', 'fence', 'attempt', 'failures', 'unexpected', 'before', 'fresh', 'state', 'receipt', 'held'] as const;

describe("the simulation's model of the store", () => {
  let house: TestHouse;
  beforeAll(async () => {
    house = await startHouse();
  });
  afterAll(async () => {
    await house.close();
  });

  it.each(Array.from({ length: 15 }, (_, index) => index + 1))(
    'answers claims, renewals, recoveries, effects and ends as PostgreSQL does (operations of seed %i)',
    async (seed) => {
      const dice = seededRandomness(seed);
      const pick = <One>(choices: readonly One[]): One => choices[Math.floor(dice.fraction() * choices.length)] as One;
      await house.query("UPDATE step SET state = 'done', due_at = NULL");
      const applications = [await house.submit(), await house.submit(), await house.submit()];
      const model = new ModelStore();
      for (const id of applications) {
        const file = (await house.steps(id))['file'];
        if (file === undefined) throw new Error('there is no step');
        const { id: stepId, name, instance, state, dueAt } = file;
        model.add({ id: stepId, name, instance, state, dueAt, applicationId: id, after: [] });
      }
      const claims: Claim[] = [];
      for (let operation = 0; operation < OPERATIONS; operation += 1) {
        house.clock.advance(Math.floor(dice.fraction() * 400));
        const [text, parameters] = statement(house.clock.now(), claims, pick);
        const real = await house.query(text, parameters);
        const modelled = model.query(text, structuredClone(parameters));
        expect({ seed, operation, text, answer: factsOf(text, real) }).toEqual({ seed, operation, text, answer: factsOf(text, modelled) });
        if (text === CLAIM || text === CLAIM_ONE) claims.push(...(real as Claim[]));
        expect(await rowsOf(applications)).toEqual(modelRows(model));
      }
      expect(claims.length).toBeGreaterThan(3);
    },
    60_000,
  );

  const rowsOf = async (applications: readonly string[]): Promise<unknown> =>
    house.query(
      `SELECT id, state, due_at AS "dueAt", lease_owner AS "leaseOwner", lease_until AS "leaseUntil", fence, attempts, failures, unexpected,
         failing_since AS "failingSince", failure, receipt
       FROM step WHERE application_id = ANY($1) ORDER BY id`,
      [applications],
    );
});

type Pick = <One>(choices: readonly One[]) => One;

function statement(now: Date, claims: readonly Claim[], pick: Pick): [text: string, parameters: unknown[]] {
  const until = new Date(now.getTime() + LEASE_MS);
  const claimed: [string, unknown[]][] = [
    [CLAIM, [now, until, pick(['one', 'other']), 'eakte', pick([1, 2, 5]), '']],
    [ANY_DUE, [now, 'eakte']],
    [RECOVER, [now, 'worker:one']],
  ];
  if (claims.length === 0) return pick(claimed);
  // Late owners included: most claims of a long run are over.
  const { id, applicationId, fence, attempt } = pick([pick(claims), ...claims.slice(-2)]);
  const effects = pick(['[]', JSON.stringify([{ name: 'vorgang', receipt: { id: 'V' }, doneAt: now }])]);
  const [state, outcome, failure] = pick([
    ['done', 'done', null],
    ['retrying', 'unavailable', JSON.stringify(FAILURE)],
    ['inDoubt', 'unexpected', JSON.stringify({ ...FAILURE, kind: 'unexpected' })],
    ['parked', 'refused', JSON.stringify({ ...FAILURE, kind: 'refused' })],
    ['awaiting', 'awaiting', null],
  ] as const);
  const dueAt = state === 'done' || state === 'parked' ? null : new Date(now.getTime() + pick([0, 300]));
  const begins = (name: string): string =>
    JSON.stringify([{ n: 0, id, fence, tenant: TENANT, name, finished: JSON.parse(effects) as unknown }]);
  const receipt = failure === null ? JSON.stringify({ id: 'V' }) : null;
  return pick([
    ...claimed,
    [CLAIM_ONE, [now, until, 'one', 'eakte', id]],
    [ONE_DUE, [now, 'eakte', id]],
    [RENEW, [id, fence, until, TENANT]],
    [BEGIN, [begins(pick(['akte', 'vorgang'])), now]],
    [BEGIN, [begins(pick(['akte', 'vorgang'])), now]],
    [END, [id, fence, state, dueAt, failure, receipt, now, attempt, outcome, TENANT, applicationId, effects]],
  ] as [string, unknown[]][]);
}

/** UPDATE … RETURNING comes as rows with their number. */
function factsOf(text: string, answer: unknown): unknown {
  // What comes with the end of an attempt is the application's row, which the model does not keep.
  const facts = text === END ? (['held'] as const) : FACTS;
  const rows = (Array.isArray((answer as unknown[])[0]) ? (answer as unknown[][])[0] : answer) as Record<string, unknown>[];
  // Of recovered steps the order is nobody's promise.
  const ordered = text === RECOVER ? rows.sort((one, two) => (String(one['id']) < String(two['id']) ? -1 : 1)) : rows;
  return ordered.map((row) => Object.fromEntries(facts.flatMap((fact) => (row[fact] === undefined ? [] : [[fact, row[fact]]]))));
}

function modelRows(model: ModelStore): unknown {
  return [...model.steps.values()]
    .sort((one, two) => (one.id < two.id ? -1 : 1))
    .map(({ id, state, dueAt, leaseOwner, leaseUntil, fence, attempts, failures, unexpected, failingSince, failure, receipt }) => ({
      ...{ id, state, dueAt, leaseOwner, leaseUntil, fence: String(fence), attempts, failures, unexpected, failingSince, failure, receipt },
    }));
}
