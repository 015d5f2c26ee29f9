// SPDX-License-Identifier: EUPL-1.2
import { Client } from 'pg';

/** The oldest PostgreSQL the store is tried with; older ones get no security fixes any more. */
const MAJOR_MIN = 14;

/** The store cannot be opened, and the operator can do something about it: which server, what is wrong, what to do. Never the password. */
export class DatabaseProblem extends Error {
  override readonly name = 'DatabaseProblem';
}

/** What is wrong and what to do; both go on after the name of the place. */
interface Finding {
  readonly found: string;
  readonly todo: string;
}

/** Where a connection string leads, as far as it can be read. */
interface Place {
  readonly server: string;
  readonly database: string;
  readonly role: string;
}

/**
 * Says what keeps the store from being opened: an error of the network, of TLS, or one of PostgreSQL's own (by its SQLSTATE).
 * @returns `undefined` for everything else, which is not the operator's to mend.
 */
export function databaseProblem(error: unknown, url: string): DatabaseProblem | undefined {
  if (error instanceof DatabaseProblem) return error;
  const place = placeOf(url);
  if (place === undefined) return unusableAddress(error);
  const finding = findingOf(error, place);
  if (finding === undefined) return undefined;
  const { server, database, role } = place;
  const where = `The database server ${server} (database "${database}", role "${role}")`;
  return new DatabaseProblem(`${where} ${finding.found}.\n${finding.todo}`, { cause: error });
}

/** @param versionNumber PostgreSQL's `server_version_num`, 150004 for 15.4. */
export function versionProblem(versionNumber: number, url: string): DatabaseProblem | undefined {
  const major = Math.floor(versionNumber / 10_000);
  if (major >= MAJOR_MIN) return undefined;
  const server = placeOf(url)?.server ?? '';
  return new DatabaseProblem(`The database server ${server} is PostgreSQL ${major}. Amtsbote needs ${MAJOR_MIN} or newer: upgrade it.`);
}

/** As the client itself reads it: with defaults and the parameters after the question mark. */
function placeOf(url: string): Place | undefined {
  try {
    const { host, port, database = '', user = '' } = new Client(url);
    return { server: `${host}:${port}`, database, role: user };
  } catch {
    return undefined;
  }
}

function unusableAddress(error: unknown): DatabaseProblem {
  const { code, path } = factsOf(error);
  // sslrootcert, sslcert and sslkey are read with the address.
  if (code === 'ENOENT' || code === 'EACCES')
    return new DatabaseProblem(`database.url names a file that cannot be read (${code}): ${path}`, { cause: error });
  return new DatabaseProblem('database.url is no address of a database. Expected: postgres://role:password@host:5432/database');
}

function findingOf(error: unknown, place: Place): Finding | undefined {
  const { code, message } = factsOf(error);
  return unreachable(code, message) ?? untrusted(code, message) ?? refused(code, message, place);
}

function unreachable(code: string, message: string): Finding | undefined {
  const correct = 'correct host and port in database.url';
  switch (code) {
    case 'ECONNREFUSED':
      return { found: `cannot be reached: nothing listens there (${code})`, todo: `Start PostgreSQL there, or ${correct}.` };
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return { found: `cannot be reached: its name is not known (${code})`, todo: `Mend the name service, or ${correct}.` };
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return { found: `cannot be reached (${code})`, todo: `Let the firewall pass the hub, or ${correct}.` };
    case 'ECONNRESET':
      return { found: `closes the connection at once (${code})`, todo: `Look whether PostgreSQL listens there, or ${correct}.` };
  }
  if (/timeout|timed out/i.test(message) && code === '')
    return {
      found: 'does not answer within ten seconds',
      todo: `Look whether it is overloaded, let the firewall pass the hub, or ${correct}.`,
    };
  if (message === 'Connection terminated unexpectedly')
    return { found: 'closes the connection at once', todo: `Look whether PostgreSQL listens there, or ${correct}.` };
  return undefined;
}

const UNKNOWN_SIGNER = [
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
];

function untrusted(code: string, message: string): Finding | undefined {
  if (UNKNOWN_SIGNER.includes(code))
    return {
      found: `has a certificate that nobody vouches for whom the hub trusts (${code})`,
      todo: 'Name the certificate of its authority in database.url: ?sslmode=verify-full&sslrootcert=/path/to/authority.pem',
    };
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return {
      found: `has a certificate that is made out to another name (${code})`,
      todo: 'Use in database.url the name that its certificate holds, or give it one for this name.',
    };
  if (code === 'CERT_HAS_EXPIRED') return { found: `has a certificate that has expired (${code})`, todo: 'Renew it.' };
  if (message === 'The server does not support SSL connections')
    return {
      found: 'speaks no TLS, and database.url asks for it (sslmode)',
      todo: 'Switch it on there (ssl = on), or leave sslmode away for a server on this very machine.',
    };
  return undefined;
}

function refused(code: string, message: string, { database, role }: Place): Finding | undefined {
  switch (code) {
    case '28P01':
      return { found: 'does not accept this password (28P01)', todo: `Correct the password of "${role}" in database.url.` };
    case '28000':
      return {
        found: `does not let this role in (28000: ${message})`,
        todo: message.includes('no encryption')
          ? 'It wants TLS: add ?sslmode=verify-full&sslrootcert=/path/to/authority.pem to database.url.'
          : 'Create the role, or admit it in pg_hba.conf.',
      };
    case '3D000':
      return { found: 'has no such database (3D000)', todo: `As its administrator: CREATE DATABASE "${database}" OWNER "${role}"` };
    case '42501':
      return {
        found: `does not give this role the rights to make and change its tables (42501: ${message})`,
        todo: `As its administrator: ALTER DATABASE "${database}" OWNER TO "${role}"`,
      };
    case '53300':
      return {
        found: `has no connection left (53300: ${message})`,
        todo: 'Raise max_connections there, or lower database.connectionsMax: it counts for every process of the hub.',
      };
    case '0A000':
      if (!message.startsWith('extension ')) return undefined;
      return {
        found: `lacks a part that the tables need (0A000: ${message})`,
        todo: 'Install what comes beside that PostgreSQL as its "contrib" package; Debian has it in postgresql-<version>.',
      };
    case '57P03':
      return { found: `is not ready (57P03: ${message})`, todo: 'Wait until it is, then start again.' };
    default:
      return undefined;
  }
}

/** What an error of the network, of TLS or of PostgreSQL says; several attempts (IPv4, IPv6) come as one error with a code. */
function factsOf(error: unknown): { code: string; message: string; path: string } {
  const { code, message, path } = Object(error) as { code?: unknown; message?: unknown; path?: unknown };
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  return { code: text(code), message: text(message), path: text(path) };
}
