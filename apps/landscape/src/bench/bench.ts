// SPDX-License-Identifier: EUPL-1.2

/** One line of a bench's table: the same keys in every row. */
export type Row = Readonly<Record<string, string | number>>;

/** A figure that has to keep within a limit. */
export interface Aim {
  /** `<bench>/<figure>`. */
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

/** A figure with its upper limit, in whole tenths. */
export function atMost(name: string, value: number, aim: number): Aim {
  const rounded = Math.round(value * 10) / 10;
  return { name, value: rounded, aim, side: 'atMost', ok: rounded <= aim };
}

/** A figure with its lower limit, in whole tenths. */
export function atLeast(name: string, value: number, aim: number): Aim {
  const rounded = Math.round(value * 10) / 10;
  return { name, value: rounded, aim, side: 'atLeast', ok: rounded >= aim };
}

/** Rows as an aligned table, numbers to the right. */
export function tableOf(rows: readonly Row[]): string {
  const columns = Object.keys(rows[0] ?? {});
  const width = (column: string): number => Math.max(column.length, ...rows.map((row) => String(row[column]).length));
  const line = (cell: (column: string) => string | number): string =>
    columns
      .map((column) =>
        typeof rows[0]?.[column] === 'number' ? String(cell(column)).padStart(width(column)) : String(cell(column)).padEnd(width(column)),
      )
      .join('  ');
  return [line((column) => column), ...rows.map((row) => line((column) => row[column] ?? ''))].join('\n');
}
