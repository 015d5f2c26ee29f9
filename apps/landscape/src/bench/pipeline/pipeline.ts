// SPDX-License-Identifier: EUPL-1.2
import type { Undoing } from '../../launch/undoing.js';
import { type Aim, atLeast, type BenchResult, type BenchWish, notMeasured } from '../bench.js';
import { Load } from '../load/load.js';
import { type Contender, interleaved, medianIn } from '../rounds.js';
import { startBenchHub } from '../stage/bench-hub.js';
import { Stage } from '../stage/stage.js';
import { BusAlone } from './bus-alone.js';
import { carriersHere } from './carriers.js';
import { deliver } from './delivering.js';

const STANDARD = { rounds: 3, applications: 500 };
const UNIT = 'applications/s';
const CASE = 'webhook to acknowledged export';
/** Half of what the bus could carry. */
const SHARE_MIN = 0.5;
const ALONE = 'bus alone';

/**
 * Applications per second from webhook to acknowledged export with filing (file, document, export: three outside effects each), beside the
 * bus alone carrying as many messages to handlers that do nothing. The other sides are in the hub's memory: the hub is measured.
 */
export async function pipelineBench(wish: BenchWish, undoing: Undoing): Promise<BenchResult> {
  const { say, signal, rounds = STANDARD.rounds, size = STANDARD.applications } = wish;
  say('Starting a database, the hubs and a bus alone …');
  const stage = await Stage.open(wish, undoing);
  const load = await Load.start(undoing);
  const alone = await BusAlone.start(await stage.database('bus'), undoing);
  let messagesEach = 0;
  const contenders: Contender[] = [];
  const carriers = await carriersHere(say, undoing);
  for (const { name, more } of carriers) {
    if (more === undefined) continue;
    const hub = await startBenchHub(stage, name, { roles: ['all'], route: 'deliver', more }, undoing);
    const measure = async (): Promise<Record<string, number>> => {
      const delivered = await deliver({ stage, load, hub, signal }, size);
      ({ messagesEach } = delivered);
      return { [UNIT]: delivered.applications / delivered.seconds };
    };
    contenders.push({ name: contenderOf(name), measure });
  }
  const carryAlone = async (): Promise<Record<string, number>> => {
    const seconds = await alone.carry({ applications: size, messagesEach });
    return { [UNIT]: size / seconds };
  };
  contenders.push({ name: ALONE, measure: carryAlone });
  const rows = await interleaved(contenders, { case: CASE, rounds, seconds: 0, warmUpSeconds: 0, say, signal });
  say(`Each application was ${messagesEach} messages on the bus.`);
  const rateOf = (contender: string): number => medianIn(rows, { contender, case: CASE, unit: UNIT });
  const aims = carriers.map(({ name, figure, more }): Aim =>
    more === undefined ? notMeasured(figure, SHARE_MIN) : atLeast(figure, rateOf(contenderOf(name)) / rateOf(ALONE), SHARE_MIN),
  );
  return { rows, aims };
}

function contenderOf(carrier: string): string {
  return `amtsbote (${carrier})`;
}
