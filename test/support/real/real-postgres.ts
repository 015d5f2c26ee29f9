// SPDX-License-Identifier: EUPL-1.2
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { Client, escapeIdentifier, escapeLiteral } from 'pg';

import { freePort } from '../../../apps/landscape/src/free-port.js';
import type { TestDatabase } from '../database.js';
import { type Certificate, selfSigned } from './certificate.js';
import { runTool, ServerProcess } from './server-process.js';
import { makeWorkplace, type ServerUser, serverUser, type Workplace } from './unprivileged.js';

const SUPERUSER = 'postgres';
/** Only with TLS, only with a password: what a town's own server demands. */
const HBA = 'hostssl all all 127.0.0.1/32 scram-sha-256\n';

/** An installed PostgreSQL. */
export interface PostgresInstallation {
  readonly major: number;
  /** Where initdb and postgres are. */
  readonly binaries: string;
}

/** The installed majors, the oldest first. @throws Error when the tests were not started by `npm run test:real`. */
export function installedPostgres(): readonly [PostgresInstallation, ...PostgresInstallation[]] {
  const directories = process.env['REAL_POSTGRES_BINS']?.split(':') ?? [];
  const [oldest, ...newer] = directories.map((binaries) => ({ major: Number(/\/(\d+)\/bin$/.exec(binaries)?.[1]), binaries }));
  if (oldest === undefined) throw new Error('REAL_POSTGRES_BINS is not set: npm run test:real finds or installs PostgreSQL and sets it.');
  return [oldest, ...newer];
}

/** A role and a database that belongs to it alone. */
export interface OwnDatabase extends TestDatabase {
  readonly role: string;
  readonly password: string;
  readonly name: string;
}

/** A PostgreSQL of Debian with data, port, certificate and user of its own. */
export class RealPostgres {
  private server: ServerProcess | undefined;

  private constructor(
    readonly installation: PostgresInstallation,
    readonly port: number,
    readonly certificate: Certificate,
    private readonly password: string,
    private readonly workplace: Workplace,
    private readonly user: ServerUser | undefined,
    private readonly settings: Readonly<Record<string, string | number>>,
  ) {}

  /** Makes and starts one. @param settings of postgresql.conf. @param names that its certificate is made out to. */
  static async start(
    installation: PostgresInstallation,
    settings: Readonly<Record<string, string | number>> = {},
    names: readonly string[] = ['localhost'],
  ): Promise<RealPostgres> {
    const user = await serverUser('postgres');
    const workplace = await makeWorkplace('postgres', user);
    const password = randomBytes(12).toString('hex');
    const passwordFile = join(workplace.directory, 'password');
    await writeFile(passwordFile, password);
    const data = join(workplace.directory, 'data');
    const access = ['-U', SUPERUSER, `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
    await runTool(join(installation.binaries, 'initdb'), ['-D', data, ...access, '--encoding=UTF8', '--locale=C.UTF-8'], user);
    await writeFile(join(data, 'pg_hba.conf'), HBA);
    const certificate = await selfSigned(workplace.directory, 'server', { names, owner: user });
    const postgres = new RealPostgres(installation, await freePort(), certificate, password, workplace, user, settings);
    await postgres.start();
    return postgres;
  }

  /** Starts it again, on the same port and data. */
  async start(): Promise<void> {
    const settings = {
      listen_addresses: '127.0.0.1',
      port: this.port,
      unix_socket_directories: '',
      ssl: 'on',
      ssl_cert_file: this.certificate.certificateFile,
      ssl_key_file: this.certificate.keyFile,
      ...this.settings,
    };
    this.server = await ServerProcess.start({
      command: join(this.installation.binaries, 'postgres'),
      args: [
        '-D',
        join(this.workplace.directory, 'data'),
        ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ],
      user: this.user,
      logFile: join(this.workplace.directory, 'postgres.log'),
      isReady: () =>
        this.asAdministrator('SELECT 1').then(
          () => true,
          () => false,
        ),
    });
  }

  /** Ends it as `pg_ctl stop -m <mode>` does: `fast` closes all connections in order, `immediate` is like a crash. */
  async stop(mode: 'fast' | 'immediate'): Promise<void> {
    await this.server?.end(mode === 'fast' ? 'SIGINT' : 'SIGQUIT');
  }

  /** Ends it and removes everything. */
  async remove(): Promise<void> {
    await this.stop('fast');
    await this.workplace.remove();
  }

  /** Makes a role that may do nothing but own one database. */
  async createDatabase(): Promise<OwnDatabase> {
    const name = `town_${randomBytes(6).toString('hex')}`;
    const { role, password } = await this.createRole();
    await this.asAdministrator(`CREATE DATABASE ${escapeIdentifier(name)} OWNER ${escapeIdentifier(role)}`);
    return {
      role,
      password,
      name,
      url: this.url(role, password, name),
      drop: () => this.asAdministrator(`DROP DATABASE ${escapeIdentifier(name)} WITH (FORCE)`),
    };
  }

  /** Makes a role that owns nothing. */
  async createRole(): Promise<{ role: string; password: string }> {
    const [role, password] = [`role_${randomBytes(6).toString('hex')}`, `pass-${randomBytes(12).toString('hex')}`];
    await this.asAdministrator(`CREATE ROLE ${escapeIdentifier(role)} LOGIN PASSWORD ${escapeLiteral(password)}`);
    return { role, password };
  }

  /** DATABASE_URL as an operator writes it for a server whose certificate is verified. */
  url(role: string, password: string, database: string, parameters = this.trust()): string {
    return `postgres://${role}:${encodeURIComponent(password)}@localhost:${this.port}/${database}${parameters}`;
  }

  /** The parameters that verify the server. */
  trust(certificateFile = this.certificate.certificateFile): string {
    return `?sslmode=verify-full&sslrootcert=${encodeURIComponent(certificateFile)}`;
  }

  /** Where tests may put files of their own. */
  get directory(): string {
    return this.workplace.directory;
  }

  /** Does something as the superuser. */
  async asAdministrator(sql: string): Promise<void> {
    const client = new Client({
      host: '127.0.0.1',
      port: this.port,
      user: SUPERUSER,
      password: this.password,
      database: 'postgres',
      connectionTimeoutMillis: 10_000,
      // Also servers whose certificate is wrong on purpose need an administrator.
      ssl: { rejectUnauthorized: false },
    });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query(sql);
    } finally {
      await client.end();
    }
  }
}
