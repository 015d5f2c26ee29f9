// SPDX-License-Identifier: EUPL-1.2

/** One figure of one contender in one case; the same shape in every bench. */
export interface Row {
  readonly contender: string;
  readonly case: string;
  readonly unit: string;
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** A figure that has to keep within a limit. */
export interface Aim {
  /** Stable name, for machines. */
  readonly name: string;
  readonly value: number;
  readonly aim: number;
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
  /** How often each contender is measured, in turns; absent = the bench's standard. */
  readonly rounds: number | undefined;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Figures of all rounds as one row. @throws Error without a figure. */
export function rowOf(contender: string, what: string, unit: string, figures: readonly number[]): Row {
  if (figures.length === 0) throw new Error(`no figure for ${contender}, ${what}`);
  const [min, max] = [Math.min(...figures), Math.max(...figures)];
  return { contender, case: what, unit, median: rounded(medianOf(figures)), min: rounded(min), max: rounded(max) };
}

/** The middle one; between the two in the middle where there are two. */
export function medianOf(figures: readonly number[]): number {
  const sorted = [...figures].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle - 1)] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2;
}

/** The figure below which this share of them lies. */
export function percentileOf(figures: readonly number[], share: number): number {
  const sorted = [...figures].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** A figure with its upper limit. */
export function atMost(name: string, value: number, aim: number): Aim {
  return { name, value: rounded(value), aim, ok: rounded(value) <= aim };
}

/** A figure with its lower limit. */
export function atLeast(name: string, value: number, aim: number): Aim {
  return { name, value: rounded(value), aim, ok: rounded(value) >= aim };
}

/** Small figures to the thousandth, large ones to the whole: nobody measures more. */
function rounded(value: number): number {
  const steps = Math.abs(value) < 10 ? 1_000 : Math.abs(value) < 1_000 ? 10 : 1;
  return Math.round(value * steps) / steps;
}

/** Rows as an aligned table, numbers to the right. */
export function tableOf(rows: readonly Row[]): string {
  const columns = ['case', 'contender', 'unit', 'median', 'min', 'max'] as const;
  const width = (column: (typeof columns)[number]): number => Math.max(column.length, ...rows.map((row) => String(row[column]).length));
  const line = (cell: (column: (typeof columns)[number]) => string | number): string =>
    columns
      .map((column) =>
        ['median', 'min', 'max'].includes(column)
          ? String(cell(column)).padStart(width(column))
          : String(cell(column)).padEnd(width(column)),
      )
      .join('  ');
  return [line((column) => column), ...rows.map((row) => line((column) => row[column]))].join('\n');
}
