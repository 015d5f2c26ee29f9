// SPDX-License-Identifier: EUPL-1.2
import { randomBytes } from 'node:crypto';

import { openDatabase } from '@amtsbote/store';
import { Client, escapeIdentifier } from 'pg';

import { createDatabase, dropDatabase } from '../../libs/platform/src/embedded-postgres/index.js';

export interface TestDatabase {
  /** Connection string of a database that nobody else uses. */
  readonly url: string;
  /** Removes it, ending every connection that is still open. */
  drop(): Promise<void>;
}

/** Made once for each server, by whoever needs it first. */
const MIGRATED = 'test_migrated';

/**
 * An empty database that nobody else uses, or a copy of the one named by TEST_POSTGRES_TEMPLATE, to which nobody may be connected.
 * @throws Error outside of the Jest projects that start PostgreSQL.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const template = process.env['TEST_POSTGRES_TEMPLATE'];
  return aDatabase(template === undefined ? {} : { template });
}

/** The same with the tables of the store: copied, which takes a tenth of the time of making them. */
export async function createMigratedDatabase(): Promise<TestDatabase> {
  try {
    return await aDatabase({ template: MIGRATED });
  } catch (error) {
    if (codeOf(error) !== UNKNOWN_DATABASE) throw error;
  }
  await makeTemplate();
  return aDatabase({ template: MIGRATED });
}

/** It gets its name when it is complete and nobody is connected to it. Whoever made it at the same time was first: one is enough. */
async function makeTemplate(): Promise<void> {
  const database = await createTestDatabase();
  const store = await openDatabase({ url: database.url, connectionsMax: 2, statementMs: 60_000 });
  await store.destroy();
  const client = new Client({ connectionString: adminUrl() });
  await client.connect();
  try {
    await client.query(`ALTER DATABASE ${escapeIdentifier(new URL(database.url).pathname.slice(1))} RENAME TO ${MIGRATED}`);
  } catch (error) {
    if (codeOf(error) !== DUPLICATE_DATABASE) throw error;
    await database.drop();
  } finally {
    await client.end();
  }
}

const UNKNOWN_DATABASE = '3D000';
const DUPLICATE_DATABASE = '42P04';

async function aDatabase(options: { readonly template?: string }): Promise<TestDatabase> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  await createDatabase(adminUrl(), name, options);
  const url = new URL(adminUrl());
  url.pathname = `/${name}`;
  return { url: url.href, drop: async () => dropDatabase(adminUrl(), name) };
}

function adminUrl(): string {
  const url = process.env['TEST_POSTGRES_URL'];
  if (url !== undefined) return url;
  throw new Error(
    'TEST_POSTGRES_URL is not set: tests with a database belong into *.int.spec.ts or test/journeys, whose projects start PostgreSQL.',
  );
}

function codeOf(error: unknown): unknown {
  return (Object(error) as { code?: unknown }).code;
}
