// SPDX-License-Identifier: EUPL-1.2
import { openDatabase } from '@amtsbote/store';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { query } from '../journeys/support/bookkeeping.js';
import { HubProcess } from '../journeys/support/hub-process.js';
import { type PreparedTown, prepareTown } from '../journeys/support/running-town.js';
import { createTestDatabase } from '../support/database.js';
import { selfSigned } from '../support/real/certificate.js';
import { installedPostgres, type OwnDatabase, RealPostgres } from '../support/real/real-postgres.js';

const installations = installedPostgres();

describe('a hub that cannot use its database', () => {
  let postgres: RealPostgres;
  let database: OwnDatabase;
  let prepared: PreparedTown;
  /** How every sentence begins. */
  let place: string;

  beforeAll(async () => {
    postgres = await RealPostgres.start(installations[0]);
    database = await postgres.createDatabase();
    prepared = await prepareTown({ database });
    place = `The database server localhost:${postgres.port}`;
  }, 120_000);
  afterAll(async () => {
    await prepared.stop();
    await postgres.remove();
  }, 60_000);

  /** Everything the hub says when it is started with this address. */
  async function lastWords(url: string): Promise<string> {
    const ended = await HubProcess.start({ ...prepared.environment, DATABASE_URL: url }).then(
      async (hub) => `it runs: ${await hub.stop()}`,
      (error: unknown) => (error as Error).message,
    );
    expect(ended).not.toContain(database.password);
    expect(ended).not.toMatch(/^\s+at /m);
    return ended;
  }
  const named = (name = database.name, role = database.role): string => `${place} (database "${name}", role "${role}")`;

  it('says so when the password is wrong', async () => {
    const words = await lastWords(postgres.url(database.role, 'not-the-password', database.name));
    expect(words).toContain(`${named()} does not accept this password (28P01).`);
    expect(words).toContain(`Correct the password of "${database.role}" in database.url.`);
    expect(words).not.toContain('not-the-password');
  }, 60_000);

  it('says so when the role is not known', async () => {
    const words = await lastWords(postgres.url('nobody_here', database.password, database.name));
    // PostgreSQL does not tell strangers which roles there are.
    expect(words).toContain(`${named(database.name, 'nobody_here')} does not accept this password (28P01).`);
  }, 60_000);

  it('says so when the database is not there, and how to make it', async () => {
    const words = await lastWords(postgres.url(database.role, database.password, 'not_there'));
    expect(words).toContain(`${named('not_there')} has no such database (3D000).`);
    expect(words).toContain(`CREATE DATABASE "not_there" OWNER "${database.role}"`);
  }, 60_000);

  it('says so when the role may not make tables, and how to let it', async () => {
    const { role, password } = await postgres.createRole();
    const words = await lastWords(postgres.url(role, password, database.name));
    expect(words).toContain(`${named(database.name, role)} does not give this role the rights to make and change its tables (42501: `);
    expect(words).toContain(`ALTER DATABASE "${database.name}" OWNER TO "${role}"`);
  }, 60_000);

  it('says so when the server demands TLS', async () => {
    const words = await lastWords(postgres.url(database.role, database.password, database.name, ''));
    expect(words).toContain(`${named()} does not let this role in (28000: `);
    expect(words).toContain('add ?sslmode=verify-full&sslrootcert=');
  }, 60_000);

  it('says so when it does not trust the certificate', async () => {
    const words = await lastWords(postgres.url(database.role, database.password, database.name, '?sslmode=verify-full'));
    expect(words).toContain(`${named()} has a certificate that nobody vouches for whom the hub trusts`);
    const stranger = await selfSigned(postgres.directory, 'stranger', { names: ['stranger.example'] });
    const wrong = postgres.trust(stranger.certificateFile);
    expect(await lastWords(postgres.url(database.role, database.password, database.name, wrong))).toContain('nobody vouches for');
  }, 60_000);

  it('says so when the certificate it should trust by is not there', async () => {
    const words = await lastWords(postgres.url(database.role, database.password, database.name, postgres.trust('/etc/not-there.pem')));
    expect(words).toContain('database.url names a file that cannot be read (ENOENT): /etc/not-there.pem');
  }, 60_000);

  it('says so when nothing listens there, and starts when something does', async () => {
    await postgres.stop('fast');
    const words = await lastWords(database.url);
    expect(words).toContain(`${named()} cannot be reached: nothing listens there (ECONNREFUSED).`);
    expect(words).toContain('Start PostgreSQL there, or correct host and port in database.url.');
    await postgres.start();
    expect(await lastWords(database.url)).toBe('it runs: 0');
  }, 60_000);
});

describe('a server whose certificate is made out to another name', () => {
  it('is not believed', async () => {
    const postgres = await RealPostgres.start(installations[0], {}, ['elsewhere.example']);
    try {
      const { url } = await postgres.createDatabase();
      await expect(openDatabase({ url, connectionsMax: 2, statementMs: 10_000 })).rejects.toMatchObject({
        name: 'DatabaseProblem',
        message: expect.stringContaining('made out to another name (ERR_TLS_CERT_ALTNAME_INVALID)'),
      });
    } finally {
      await postgres.remove();
    }
  }, 120_000);
});

describe('a server without a free connection', () => {
  it('is named when the hub starts, with what to change', async () => {
    const postgres = await RealPostgres.start(installations[0]);
    try {
      const { url, role } = await postgres.createDatabase();
      await postgres.asAdministrator(`ALTER ROLE "${role}" CONNECTION LIMIT 0`);
      await expect(openDatabase({ url, connectionsMax: 2, statementMs: 10_000 })).rejects.toMatchObject({
        name: 'DatabaseProblem',
        message: expect.stringMatching(/has no connection left \(53300: [^]*lower database\.connectionsMax/),
      });
    } finally {
      await postgres.remove();
    }
  }, 120_000);
});

describe.each(installations)('the tables on PostgreSQL $major of Debian', (installation) => {
  it('are the same as on the embedded one, also when the migration is run again', async () => {
    const postgres = await RealPostgres.start(installation);
    const embedded = await createTestDatabase();
    try {
      const { url } = await postgres.createDatabase();
      for (const at of [url, url, embedded.url]) await (await openDatabase({ url: at, connectionsMax: 2, statementMs: 10_000 })).destroy();
      const [real, known] = [await schemaOf(url), await schemaOf(embedded.url)];
      expect(real.length).toBeGreaterThan(100);
      expect(real).toEqual(known);
    } finally {
      await postgres.remove();
      await embedded.drop();
    }
  }, 120_000);
});

/** Every column and every index, in words. */
async function schemaOf(url: string): Promise<string[]> {
  const rows = await query<{ line: string }>(
    { DATABASE_URL: url },
    `SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable, column_default) AS line FROM information_schema.columns
      WHERE table_schema = 'public'
     UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1`,
  );
  return rows.map(({ line }) => line);
}
