// SPDX-License-Identifier: EUPL-1.2
import { afterEach, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';

import { createTestDatabase } from '../../../../test/support/database.js';

const clients: Client[] = [];

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  // Dropping a database ends its connections, which reports an error to each.
  client.on('error', () => undefined);
  await client.connect();
  clients.push(client);
  return client;
}

afterEach(async () => {
  delete process.env['TEST_POSTGRES_TEMPLATE'];
  await Promise.all(clients.splice(0).map(async (client) => client.end().catch(() => undefined)));
});

describe('a test database', () => {
  it('is empty, and gone afterwards although somebody is still connected', async () => {
    const database = await createTestDatabase();
    const client = await connect(database.url);
    expect((await client.query("SELECT 1 FROM pg_tables WHERE schemaname = 'public'")).rows).toEqual([]);
    await database.drop();
    await expect(connect(database.url)).rejects.toMatchObject({ code: '3D000' });
  });

  it('is a copy of the template of its own', async () => {
    const template = await createTestDatabase();
    const prepared = await connect(template.url);
    await prepared.query('CREATE TABLE prepared (n int)');
    await prepared.end();
    process.env['TEST_POSTGRES_TEMPLATE'] = new URL(template.url).pathname.slice(1);
    const databases = await Promise.all([createTestDatabase(), createTestDatabase()]);
    const [one, two] = await Promise.all([connect(databases[0].url), connect(databases[1].url)]);
    await one.query('INSERT INTO prepared VALUES (1)');
    expect((await two.query('SELECT n FROM prepared')).rows).toEqual([]);
    await Promise.all([...databases, template].map(async (database) => database.drop()));
  });
});
