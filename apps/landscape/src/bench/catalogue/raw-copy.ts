// SPDX-License-Identifier: EUPL-1.2
import { copyInto, copyLine } from '@amtsbote/store';
import { DataSource, type QueryRunner } from 'typeorm';

/** The tables that an import fills, with the columns that carry what was read. */
const TABLES = [
  { name: 'catalogue_content', columns: ['id', 'document'] },
  {
    name: 'catalogue_object',
    columns: ['source_no', 'kind', 'agency', 'object_id', 'from_version', 'to_version', 'content_id', 'document_no', 'hash', 'valid'],
  },
  {
    name: 'catalogue_service',
    columns: ['content_id', 'source_no', 'title', 'title_en', 'leika_keys', 'tags', 'edited_at', 'title_words', 'words'],
  },
  {
    name: 'catalogue_competence',
    columns: [
      'content_id',
      'source_no',
      'subject_kind',
      'subject_agency',
      'subject_id',
      'service_agency',
      'service_id',
      'area',
      'role',
      'valid',
    ],
  },
] as const;
const ROWS_MAX = 20_000;

/** Rows of an imported catalogue, as lines for COPY. */
export interface CopiedRows {
  readonly lines: ReadonlyMap<string, readonly string[]>;
  readonly count: number;
}

/** The rows that an import left, read once, outside of what is timed. */
export async function rowsOf(databaseUrl: string): Promise<CopiedRows> {
  return connected(databaseUrl, async (runner) => {
    const lines = new Map<string, string[]>();
    let count = 0;
    for (const { name, columns } of TABLES) {
      const all: string[] = [];
      await runner.query(
        `DECLARE rows NO SCROLL CURSOR WITH HOLD FOR SELECT ${columns.map((column) => `${column}::text`).join(', ')} FROM ${name}`,
      );
      for (;;) {
        const rows = (await runner.query(`FETCH ${ROWS_MAX} FROM rows`)) as Record<string, string | null>[];
        if (rows.length === 0) break;
        for (const row of rows) all.push(copyLine(columns.map((column) => row[column] ?? null)));
      }
      await runner.query('CLOSE rows');
      lines.set(name, all);
      count += all.length;
    }
    return { lines, count };
  });
}

/** Writes the rows by COPY into tables without indexes, durably, in one transaction, as nothing that keeps a catalogue could. @returns seconds */
export async function copyRows(databaseUrl: string, { lines }: CopiedRows): Promise<number> {
  return connected(databaseUrl, async (runner) => {
    for (const { name } of TABLES) await runner.query(`CREATE TABLE raw_${name} (LIKE ${name})`);
    const started = performance.now();
    await runner.startTransaction();
    for (const { name, columns } of TABLES) await copyInto(runner, `raw_${name} (${columns.join(', ')})`, lines.get(name) ?? []);
    await runner.commitTransaction();
    const seconds = (performance.now() - started) / 1_000;
    for (const { name } of TABLES) await runner.query(`DROP TABLE raw_${name}`);
    return seconds;
  });
}

/** Runs SQL against a database outside of a hub. */
export async function connected<Result>(url: string, act: (runner: QueryRunner) => Promise<Result>): Promise<Result> {
  const source = await new DataSource({ type: 'postgres', url, poolSize: 1 }).initialize();
  const runner = source.createQueryRunner();
  try {
    return await act(runner);
  } finally {
    await runner.release();
    await source.destroy();
  }
}
