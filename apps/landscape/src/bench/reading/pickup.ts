// SPDX-License-Identifier: EUPL-1.2
import type { Undoing } from '../../launch/undoing.js';
import type { BenchResult, BenchWish } from '../bench.js';
import { type BenchHub, QUEUE } from '../stage/bench-hub.js';
import type { Stage } from '../stage/stage.js';
import { growthBench, type Question } from './growth.js';

const GROWTH_MAX = 1.5;
const SMALL = 1_000;
const LIMIT = 10;

/** Poll of a pickup queue, ten items leased each time, with few and with a million applications waiting. */
export async function pickupBench(wish: BenchWish, undoing: Undoing): Promise<BenchResult> {
  return growthBench({ name: 'pickup', small: SMALL, growthMax: GROWTH_MAX, questionsFor }, wish, undoing);
}

function questionsFor(stage: Stage, { databaseUrl, secrets }: BenchHub): Question[] {
  return [
    {
      name: `poll of ${LIMIT}`,
      request: () => ({ path: `/pickup/${QUEUE}?limit=${LIMIT}`, token: secrets.pickup }),
      settle: async () => {
        await stage.query(databaseUrl, OFFER_AGAIN);
        await stage.query(databaseUrl, 'VACUUM pickup_item');
      },
    },
  ];
}

const OFFER_AGAIN = "UPDATE pickup_item SET state = 'offered', lease_id = NULL, lease_until = NULL, deliveries = 0 WHERE state = 'leased'";
