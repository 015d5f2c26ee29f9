// SPDX-License-Identifier: EUPL-1.2

/** One measured figure: who did what, and how fast. Every bench prints such rows. */
export interface Row {
  /** Who was measured: the hub, or what it is compared with. */
  readonly contender: string;
  /** What it did. */
  readonly case: string;
  /** Unit of the three values, such as `MB/s`. */
  readonly unit: string;
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** A figure that has to keep within a limit. */
export interface Aim {
  readonly name: string;
  readonly value: number;
  readonly aim: number;
  /** On which side of the aim the value has to be. */
  readonly side: 'atMost' | 'atLeast';
  readonly ok: boolean;
}

/** What a bench comes to. */
export interface BenchResult {
  readonly rows: readonly Row[];
  readonly aims: readonly Aim[];
}

/** What a bench is told. */
export interface BenchWish {
  /** A PostgreSQL of the person's own; absent = the embedded one. */
  readonly databaseUrl: string | undefined;
  /** Size of the thing that is measured, in the bench's own unit; absent = its standard. */
  readonly size: number | undefined;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** A row of the values of several rounds (at least one). */
export function rowOf({ contender, unit, ...what }: Pick<Row, 'contender' | 'case' | 'unit'>, values: readonly number[]): Row {
  const rounded = (value: number): number => Number(value.toPrecision(4));
  const [median, min, max] = [medianOf(values), Math.min(...values), Math.max(...values)].map(rounded);
  return { contender, case: what.case, unit, median: median ?? Number.NaN, min: min ?? Number.NaN, max: max ?? Number.NaN };
}

/** The middle one; of an even number the mean of the two in the middle. @throws RangeError without values. */
export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const [below, above] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  if (below === undefined || above === undefined) throw new RangeError('there is no median of nothing');
  return (below + above) / 2;
}

/** A figure with its upper limit, in thousandths. */
export function atMost(name: string, value: number, aim: number): Aim {
  const rounded = inThousandths(value);
  return { name, value: rounded, aim, side: 'atMost', ok: rounded <= aim };
}

/** A figure with its lower limit, in thousandths. */
export function atLeast(name: string, value: number, aim: number): Aim {
  const rounded = inThousandths(value);
  return { name, value: rounded, aim, side: 'atLeast', ok: rounded >= aim };
}

/** How many times the other's value this is, at least. */
export function ratioAtLeast(name: string, value: number, other: number, aim: number): Aim {
  return atLeast(name, value / other, aim);
}

/** How many times the other's value this is, at most. */
export function ratioAtMost(name: string, value: number, other: number, aim: number): Aim {
  return atMost(name, value / other, aim);
}

function inThousandths(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}

const COLUMNS = ['contender', 'case', 'unit', 'median', 'min', 'max'] as const;

/** Rows as an aligned table, numbers to the right. */
export function tableOf(rows: readonly Row[]): string {
  const width = (column: keyof Row): number => Math.max(column.length, ...rows.map((row) => String(row[column]).length));
  const line = (cell: (column: keyof Row) => string | number): string =>
    COLUMNS.map((column) =>
      typeof rows[0]?.[column] === 'number' ? String(cell(column)).padStart(width(column)) : String(cell(column)).padEnd(width(column)),
    ).join('  ');
  return [line((column) => column), ...rows.map((row) => line((column) => row[column]))].join('\n');
}

/** The line for machines: one JSON object. */
export function jsonOf(bench: string, { rows, aims }: BenchResult): string {
  return JSON.stringify({ bench, rows, aims: aims.map(({ name, value, aim, ok }) => ({ name, value, aim, ok })) });
}
