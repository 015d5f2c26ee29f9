// SPDX-License-Identifier: EUPL-1.2
import { type Row, rowOf } from './bench.js';

/** Figures of one measurement: unit → value. */
export type Figures = Readonly<Record<string, number>>;

/** Somebody who is measured. */
export interface Contender {
  readonly name: string;
  /** Does its work for about so many seconds. @throws Error when anything went wrong: a wrong answer is no figure. */
  measure(seconds: number): Promise<Figures>;
  /** Waits until what the measurement left behind is worked off, so that it does not disturb the next one. */
  settle?(): Promise<void>;
}

/** How often and how long. */
export interface RoundsWish {
  readonly case: string;
  readonly rounds: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Measures everybody in turn, several rounds: what the machine does meanwhile hits all alike. Every other round goes backwards, so that nobody
 * always follows the same neighbour.
 * @returns one row for each contender and unit.
 */
export async function interleaved(contenders: readonly Contender[], wish: RoundsWish): Promise<Row[]> {
  const found = new Map(contenders.map((contender) => [contender, [] as Figures[]]));
  for (const contender of contenders) await turnOf(contender, wish.warmUpSeconds, wish.signal);
  for (let round = 1; round <= wish.rounds; round += 1) {
    const order = round % 2 === 0 ? [...contenders].reverse() : contenders;
    for (const contender of order) {
      const figures = await turnOf(contender, wish.seconds, wish.signal);
      found.get(contender)?.push(figures);
      wish.say(`  ${wish.case}, round ${round}: ${contender.name} ${shortened(figures)}`);
    }
  }
  return contenders.flatMap((contender) => rowsOf(contender.name, wish.case, found.get(contender) ?? []));
}

/** The median of one row. @throws Error when it was not measured. */
export function medianIn(rows: readonly Row[], what: Pick<Row, 'contender' | 'case' | 'unit'>): number {
  const row = rows.find(({ contender, case: name, unit }) => contender === what.contender && name === what.case && unit === what.unit);
  if (row === undefined) throw new Error(`there is no figure of ${what.contender}, ${what.case}, ${what.unit}`);
  return row.median;
}

async function turnOf(contender: Contender, seconds: number, signal: AbortSignal): Promise<Figures> {
  signal.throwIfAborted();
  const figures = await contender.measure(seconds);
  await contender.settle?.();
  return figures;
}

function rowsOf(contender: string, name: string, rounds: readonly Figures[]): Row[] {
  return Object.keys(rounds[0] ?? {}).map((unit) =>
    rowOf(
      contender,
      name,
      unit,
      rounds.map((figures) => figures[unit] ?? Number.NaN),
    ),
  );
}

function shortened(figures: Figures): string {
  return Object.entries(figures)
    .map(([unit, value]) => `${Number(value.toPrecision(4))} ${unit}`)
    .join(', ');
}
