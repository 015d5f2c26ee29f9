// SPDX-License-Identifier: EUPL-1.2
import { setTimeout as sleep } from 'node:timers/promises';

import type { Undoing } from '../launch/undoing.js';
import { atMost, type BenchResult, type BenchWish, percentileOf } from './bench.js';
import { webhook } from './intake/requests.js';
import { HttpConnection } from './load/http-client.js';
import { requestMaker } from './load/request-maker.js';
import { interleaved, medianIn } from './rounds.js';
import { startBenchHub } from './stage/bench-hub.js';
import { Receiver } from './stage/receiver.js';
import { Stage } from './stage/stage.js';

const STANDARD = { rounds: 3, samples: 60 };
const BODY_BYTES = 3_000;
/** Long enough that the hub is idle again, not a divisor of any of its intervals. */
const PAUSE_MS = 73;
const P95_MS_MAX = 50;
const CASE = 'webhook sent to first attempt received';
const HUB = 'amtsbote (idle)';

/** How long an application waits in an idle hub: from the sender's first byte until the target hears of it. */
export async function latencyBench(wish: BenchWish, undoing: Undoing): Promise<BenchResult> {
  const { say, signal, rounds = STANDARD.rounds, size = STANDARD.samples } = wish;
  say('Starting a database, a hub and a target …');
  const stage = await Stage.open(wish, undoing);
  const receiver = await Receiver.start(undoing);
  const hub = await startBenchHub(stage, 'latency', { roles: ['all'], portalUrl: receiver.url, route: 'report' }, undoing);
  const connection = new HttpConnection(hub.port);
  undoing.add('sender', async () => connection.close());
  const make = requestMaker(webhook('/intake/webhook', hub.secrets, BODY_BYTES));
  const measure = async (): Promise<Record<string, number>> => {
    const [attempts, answers]: number[][] = [[], []];
    for (let sample = 0; sample < size; sample += 1) {
      await sleep(PAUSE_MS, undefined, { signal });
      const arrived = receiver.next();
      const pieces = make();
      const sent = performance.now();
      const status = await connection.send(pieces);
      if (status !== 202) throw new Error(`the hub answered ${status}`);
      answers?.push(performance.now() - sent);
      attempts?.push((await arrived) - sent);
    }
    return {
      'p50 ms': percentileOf(attempts ?? [], 0.5),
      'p95 ms': percentileOf(attempts ?? [], 0.95),
      'confirmed p50 ms': percentileOf(answers ?? [], 0.5),
    };
  };
  const rows = await interleaved([{ name: HUB, measure }], { case: CASE, rounds, seconds: 0, warmUpSeconds: 0, say, signal });
  return { rows, aims: [atMost('latencyP95Ms', medianIn(rows, { contender: HUB, case: CASE, unit: 'p95 ms' }), P95_MS_MAX)] };
}
