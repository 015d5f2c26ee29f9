// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from '@jest/globals';

import type { Mutation } from './model-store.js';
import { runSchedule, type ScheduleResult } from './schedule.js';

/** `SIMULATION_SEEDS=20000 npm test -- --only unit simulation` tries more; `SIMULATION_FROM` begins elsewhere. */
const SEEDS = Number(process.env['SIMULATION_SEEDS'] ?? 1_000);
const FROM = Number(process.env['SIMULATION_FROM'] ?? 1);

/** Seeds that once failed, with what they found; they are tried first, for ever. */
const REGRESSIONS: readonly (readonly [seed: number, symptom: string])[] = [
  [19, 'a process that stood still past its lease acted when it went on, after another one had'],
  [32, 'the same, for two applications in one run'],
  [40, 'the same, in the middle of a step'],
];

const failuresOf = (results: readonly ScheduleResult[]): string[] =>
  results.flatMap(({ seed, violations }) => violations.map((violation) => `seed ${seed}: ${violation}`));

async function runAll(seeds: number): Promise<ScheduleResult[]> {
  const results: ScheduleResult[] = [];
  for (let seed = FROM; seed < FROM + seeds; seed += 1) results.push(await runSchedule(seed));
  return results;
}

/** Tries seeds until one fails. @returns what it found, nothing after `seeds` of them. */
async function firstFailure(seeds: number, mutation: Mutation): Promise<string[]> {
  for (let seed = 1; seed <= seeds; seed += 1) {
    const failures = failuresOf([await runSchedule(seed, mutation)]);
    if (failures.length > 0) return failures;
  }
  return [];
}

describe('delivery on simulated time', () => {
  it.each(REGRESSIONS)('keeps the laws under seed %i (%s)', async (seed) => {
    expect(failuresOf([await runSchedule(seed)])).toEqual([]);
  });

  it(`keeps the laws under ${SEEDS} schedules of deaths, freezes and lost calls`, async () => {
    const results = await runAll(SEEDS);
    expect(failuresOf(results)).toEqual([]);
    // A simulation in which nothing happens keeps every law.
    expect(results.reduce((sum, { acts }) => sum + acts, 0)).toBeGreaterThan(SEEDS * 10);
  }, 600_000);

  it('is the same for the same seed', async () => {
    expect(await runSchedule(4)).toEqual(await runSchedule(4));
  });

  it.each<[string, Mutation]>([
    ['late owners write', { noFence: true }],
    ['recovery takes steps whose owner is alive', { recoversLive: true }],
    ['two processes get the same step', { sharesClaims: true }],
    ['what was begun is forgotten', { forgetsBegun: true }],
  ])(
    'would be seen to break them if the store let it happen that %s',
    async (_what, mutation) => {
      expect(await firstFailure(200, mutation)).not.toEqual([]);
    },
    120_000,
  );
});
