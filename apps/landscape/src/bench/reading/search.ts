// SPDX-License-Identifier: EUPL-1.2
import type { Undoing } from '../../launch/undoing.js';
import type { BenchResult, BenchWish } from '../bench.js';
import type { BenchHub } from '../stage/bench-hub.js';
import type { Stage } from '../stage/stage.js';
import { growthBench, type Question } from './growth.js';

const GROWTH_MAX = 1.5;
const SMALL = 10_000;

/** What operators ask for, with ten thousand and with a million applications. */
export async function searchBench(wish: BenchWish, undoing: Undoing): Promise<BenchResult> {
  return growthBench({ name: 'search', small: SMALL, growthMax: GROWTH_MAX, questionsFor }, wish, undoing);
}

function questionsFor(_stage: Stage, { secrets }: BenchHub, count: number): Question[] {
  const { ops: token } = secrets;
  const applications = (query: string): { path: string; token: string } => ({ path: `/ops/applications?limit=50${query}`, token });
  // Spread over everything there is.
  const nth = (sample: number): number => 1 + ((sample * 7_919) % (count - 1));
  return [
    { name: 'newest page', request: () => applications('') },
    { name: 'by submission id', request: (sample) => applications(`&submissionId=copy-${nth(sample)}`) },
    { name: 'by any key', request: (sample) => applications(`&q=copy-${nth(sample)}`) },
    { name: 'parked ones', request: () => applications('&progress=parked') },
  ];
}
