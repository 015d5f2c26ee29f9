// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from '@jest/globals';

import { databaseProblem, versionProblem } from './database-problem.js';

const URL = 'postgres://hub:geheim%21@db.example:5433/antraege?sslmode=verify-full';
const WHERE = 'The database server db.example:5433 (database "antraege", role "hub")';
const error = (code: string | undefined, message = 'x'): Error => Object.assign(new Error(message), code === undefined ? {} : { code });
const told = (failure: unknown, url = URL): string | undefined => databaseProblem(failure, url)?.message;

describe('what keeps the store from being opened', () => {
  // Those that a real server shows are in test/real/postgres-start.real.spec.ts.
  it.each([
    [error('ENOTFOUND'), 'cannot be reached: its name is not known', 'Mend the name service'],
    [error('EHOSTUNREACH'), 'cannot be reached (EHOSTUNREACH)', 'firewall'],
    [error(undefined, 'Connection terminated due to connection timeout'), 'does not answer', 'firewall'],
    [error(undefined, 'Connection terminated unexpectedly'), 'closes the connection at once', 'whether PostgreSQL listens there'],
    [error('CERT_HAS_EXPIRED'), 'certificate that has expired', 'Renew it.'],
    [error(undefined, 'The server does not support SSL connections'), 'speaks no TLS', 'ssl = on'],
    [error('28000', 'role "hub" does not exist'), 'role "hub" does not exist', 'Create the role'],
    [error('57P03', 'the database system is starting up'), 'is not ready', 'Wait until it is'],
    [error('0A000', 'extension "pg_trgm" is not available'), 'extension "pg_trgm" is not available', '"contrib" package'],
  ])('%s: place, what is wrong, what to do, and no password', (failure, found, todo) => {
    const message = told(failure) ?? '';
    const [what, advice] = message.split('\n');
    expect(what).toContain(`${WHERE} `);
    expect(what).toContain(found);
    expect(advice).toContain(todo);
    expect(message).not.toContain('geheim');
  });

  it('is no riddle when the address is none', () => {
    expect(told(error('ERR_INVALID_URL'), 'postgres://hub:geheim@[::1:5432/antraege')).toBe(
      'database.url is no address of a database. Expected: postgres://role:password@host:5432/database',
    );
    const missing = Object.assign(error('ENOENT'), { path: '/etc/amtsbote/ca.pem' });
    expect(told(missing, `${URL}&sslrootcert=/etc/amtsbote/ca.pem`)).toBe(
      'database.url names a file that cannot be read (ENOENT): /etc/amtsbote/ca.pem',
    );
  });

  it('is left as it is when the operator cannot mend it', () => {
    expect(told(error('42P07', 'relation "application" already exists'))).toBeUndefined();
    expect(told(error('0A000', 'cached plan must not change result type'))).toBeUndefined();
    expect(told(new TypeError('x'))).toBeUndefined();
  });

  it('is a PostgreSQL without security fixes', () => {
    expect(versionProblem(130_022, URL)?.message).toBe(
      'The database server db.example:5433 is PostgreSQL 13. Amtsbote needs 14 or newer: upgrade it.',
    );
    expect(versionProblem(140_000, URL)).toBeUndefined();
    expect(versionProblem(180_001, URL)).toBeUndefined();
  });
});
