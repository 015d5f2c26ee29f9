// SPDX-License-Identifier: EUPL-1.2

/** Anything that runs SQL: a data source or the entity manager of a transaction. Parameters only, never text pasted together. */
export interface Sql {
  query<Row = Record<string, unknown>>(query: string, parameters?: unknown[]): Promise<Row[]>;
}

/**
 * Rows of an INSERT, UPDATE or DELETE with RETURNING: TypeORM answers those with [rows, count].
 */
export async function returning<Row>(sql: Sql, query: string, parameters: unknown[]): Promise<Row[]> {
  const answer = (await sql.query<unknown>(query, parameters)) as unknown;
  const [rows] = answer as [Row[], number];
  return Array.isArray(rows) ? rows : (answer as Row[]);
}

/** How many rows an UPDATE or DELETE without RETURNING touched. */
export async function affected(sql: Sql, query: string, parameters: unknown[]): Promise<number> {
  const [, count] = (await sql.query<unknown>(query, parameters)) as unknown as [unknown[], number];
  return count;
}
