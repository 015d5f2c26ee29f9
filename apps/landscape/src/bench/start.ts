// SPDX-License-Identifier: EUPL-1.2
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import type { Undoing } from '../launch/undoing.js';
import type { BenchResult, BenchWish } from './bench.js';
import { type Contender, interleaved } from './rounds.js';
import { prepareBenchHub } from './stage/bench-hub.js';
import { Stage } from './stage/stage.js';

const STANDARD_ROUNDS = 3;
const run = promisify(execFile);

/** Cold start: from starting the process until it says it is ready; with an empty database, again with the same one, beside Node alone. */
export async function startBench(wish: BenchWish, undoing: Undoing): Promise<BenchResult> {
  const { say, signal, rounds = STANDARD_ROUNDS } = wish;
  const stage = await Stage.open(wish, undoing);
  const known = await stage.database('known');
  const hubOn = async (name: string, databaseUrl?: string): Promise<Record<string, number>> => {
    const hub = await prepareBenchHub(stage, name, {
      roles: ['all'],
      route: 'deliver',
      ...(databaseUrl === undefined ? {} : { databaseUrl }),
    });
    const started = performance.now();
    const process = await hub.start();
    undoing.add(`hub ${name}`, () => process.stop());
    await process.untilReady(signal);
    const seconds = (performance.now() - started) / 1_000;
    await process.stop();
    return { s: seconds };
  };
  const contenders: Contender[] = [
    { name: 'amtsbote, empty database', measure: () => hubOn('empty') },
    { name: 'amtsbote, its own database', measure: () => hubOn('known', known) },
    { name: 'node alone', measure: nodeAlone },
  ];
  const rows = await interleaved(contenders, { case: 'start to ready', rounds, seconds: 0, warmUpSeconds: 0, say, signal });
  return { rows, aims: [] };
}

async function nodeAlone(): Promise<Record<string, number>> {
  const started = performance.now();
  await run(process.execPath, ['--eval', '0']);
  return { s: (performance.now() - started) / 1_000 };
}
