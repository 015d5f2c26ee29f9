// SPDX-License-Identifier: EUPL-1.2
import { randomBytes } from 'node:crypto';

import { createDatabase, dropDatabase } from '../../libs/platform/src/embedded-postgres/index.js';

export interface TestDatabase {
  /** Connection string of a database that nobody else uses. */
  readonly url: string;
  /** Removes it, ending every connection that is still open. */
  drop(): Promise<void>;
}

/**
 * A database of its own for one test file: empty, or a copy of the database named by TEST_POSTGRES_TEMPLATE, to which nobody may be
 * connected.
 * @throws Error outside of the Jest projects that start PostgreSQL.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const adminUrl = process.env['TEST_POSTGRES_URL'];
  if (adminUrl === undefined) {
    throw new Error(
      'TEST_POSTGRES_URL is not set: tests with a database belong into *.int.spec.ts or test/journeys, whose projects start PostgreSQL.',
    );
  }
  const template = process.env['TEST_POSTGRES_TEMPLATE'];
  const name = `test_${randomBytes(8).toString('hex')}`;
  await createDatabase(adminUrl, name, template === undefined ? {} : { template });
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return { url: url.href, drop: async () => dropDatabase(adminUrl, name) };
}
