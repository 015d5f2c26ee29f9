// SPDX-License-Identifier: EUPL-1.2
import { Client, escapeIdentifier } from 'pg';

import { codeOf } from './errors.js';

/**
 * Creates a database on the server behind `adminUrl`.
 * @param options.template copied, with all its contents; nobody may be connected to it. Default: an empty database.
 * @returns whether it was created; `false` when there was one of that name already.
 */
export async function createDatabase(adminUrl: string, name: string, options: { readonly template?: string } = {}): Promise<boolean> {
  const template = options.template === undefined ? '' : ` TEMPLATE ${escapeIdentifier(options.template)}`;
  try {
    await execute(adminUrl, `CREATE DATABASE ${escapeIdentifier(name)}${template}`);
    return true;
  } catch (error) {
    // duplicate_database, or unique_violation when two create it at the same moment.
    if (['42P04', '23505'].includes(codeOf(error) ?? '')) return false;
    throw error;
  }
}

/** Drops a database if it exists, ending every connection to it. */
export async function dropDatabase(adminUrl: string, name: string): Promise<void> {
  await execute(adminUrl, `DROP DATABASE IF EXISTS ${escapeIdentifier(name)} WITH (FORCE)`);
}

async function execute(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
