// SPDX-License-Identifier: EUPL-1.2
import type { Undoing } from '../../launch/undoing.js';
import { atMost, type BenchResult, type BenchWish, percentileOf, type Row } from '../bench.js';
import { type Figures, interleaved, medianIn } from '../rounds.js';
import { type BenchHub, startBenchHub } from '../stage/bench-hub.js';
import { Stage } from '../stage/stage.js';
import { fill } from './multiplied.js';

const STANDARD = { rounds: 3, large: 1_000_000 };
const SAMPLES = 60;
const P50 = 'p50 ms';

/** A question to a hub whose answer may not take longer because there is more. */
export interface Question {
  readonly name: string;
  /** Path with query, and the credential it is asked with. */
  readonly request: (sample: number) => { readonly path: string; readonly token: string };
  /** Puts everything back as it was. */
  readonly settle?: () => Promise<void>;
}

/** What is asked of hubs with few and with many applications. */
export interface GrowthWish {
  readonly name: 'pickup' | 'search';
  readonly small: number;
  readonly growthMax: number;
  readonly questionsFor: (stage: Stage, hub: BenchHub, count: number) => readonly Question[];
}

/** Asks the same of a small and of a large hub in turns. The growth is that of the question that grows most. */
export async function growthBench(
  { name, small, growthMax, questionsFor }: GrowthWish,
  wish: BenchWish,
  undoing: Undoing,
): Promise<BenchResult> {
  const { say, signal, rounds = STANDARD.rounds, size = STANDARD.large } = wish;
  const stage = await Stage.open(wish, undoing);
  const sides: { label: string; hub: BenchHub; questions: readonly Question[] }[] = [];
  for (const [label, count] of [
    ['small', small],
    ['large', size],
  ] as const) {
    const hub = await startBenchHub(stage, label, { roles: ['all'], route: 'offer' }, undoing);
    say(`Filling a hub with ${count} applications …`);
    await fill({ stage, hub }, count, signal);
    sides.push({ label: `${count} applications`, hub, questions: questionsFor(stage, hub, count) });
  }
  const rows: Row[] = [];
  const growths: number[] = [];
  for (const [index, { name: question }] of (sides[0]?.questions ?? []).entries()) {
    const contenders = sides.flatMap(({ label, hub, questions }) => {
      const asked = questions[index];
      if (asked === undefined) return [];
      const { settle } = asked;
      return [{ name: label, measure: () => timesOf(hub, asked, signal), ...(settle === undefined ? {} : { settle }) }];
    });
    const found = await interleaved(contenders, { case: question, rounds, seconds: 0, warmUpSeconds: 0, say, signal });
    rows.push(...found);
    const [few, many] = contenders.map((one) => medianIn(found, { contender: one.name, case: question, unit: P50 }));
    growths.push((many ?? 0) / (few ?? 0));
  }
  return { rows, aims: [atMost(`${name}/growth`, Math.max(...growths), growthMax)] };
}

async function timesOf({ port }: BenchHub, question: Question, signal: AbortSignal): Promise<Figures> {
  const times: number[] = [];
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    const { path, token } = question.request(sample);
    const started = performance.now();
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { authorization: `Bearer ${token}` }, signal });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${question.name}: the hub answered ${answer.status}`);
    if (!text.includes('"reference"')) throw new Error(`${question.name}: the hub found nothing`);
    times.push(performance.now() - started);
  }
  return { [P50]: percentileOf(times, 0.5), 'p95 ms': percentileOf(times, 0.95) };
}
