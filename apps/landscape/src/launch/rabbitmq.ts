// SPDX-License-Identifier: EUPL-1.2
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { chown, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { connect } from 'amqplib';

import { freePort } from '../free-port.js';
import { LaunchError } from './problem.js';
import { ServerProcess } from './server-process.js';
import { makeWorkplace, type ServerUser, serverUser, type Workplace } from './unprivileged.js';

/** Where packages of distributions put it: `rabbitmq_server-<version>/sbin/rabbitmq-server`. */
const HOME = '/usr/lib/rabbitmq/lib';
const EPMD = '/usr/bin/epmd';
const ANSWER_MS = 2_000;

/** Something of its own for a user beside the administrator. */
export interface RabbitUser {
  readonly name: string;
  readonly password: string;
  /** Pattern of names with which it may do everything in the vhost; absent: it is not let in. */
  readonly rights?: string;
}

/** How a broker differs from the plain one. */
export interface RabbitWishes {
  /** Certificate and key for a second listener with TLS. */
  readonly tls?: { readonly certificateFile: string; readonly keyFile: string };
  readonly users?: readonly RabbitUser[];
  /** Further lines of rabbitmq.conf. */
  readonly settings?: readonly string[];
}

/** The start script of the installed RabbitMQ, the newest first; `undefined` when there is none. */
export function findRabbit(): string | undefined {
  if (!existsSync(HOME) || !existsSync(EPMD)) return undefined;
  return readdirSync(HOME)
    .sort((one, other) => other.localeCompare(one, 'en', { numeric: true }))
    .map((name) => join(HOME, name, 'sbin', 'rabbitmq-server'))
    .find((script) => existsSync(script));
}

/**
 * A RabbitMQ of the system with data, ports, cookie, port mapper and user of its own, on 127.0.0.1 only. It is ended by its process id, and it
 * ends when this process dies; the system's own service is left alone.
 */
export class RabbitServer {
  readonly vhost = 'town';
  readonly user = 'hub';
  private broker: ServerProcess | undefined;
  private mapper: ServerProcess | undefined;

  private constructor(
    private readonly script: string,
    readonly port: number,
    readonly tlsPort: number,
    private readonly innerPorts: { readonly mapper: number; readonly distribution: number },
    readonly password: string,
    private readonly workplace: Workplace,
    private readonly owner: ServerUser | undefined,
  ) {}

  /** Makes and starts one. @throws LaunchError when none is installed. */
  static async start(wishes: RabbitWishes = {}): Promise<RabbitServer> {
    const script = findRabbit();
    if (script === undefined)
      throw new LaunchError(`There is no RabbitMQ in ${HOME}: apt-get install --no-install-recommends rabbitmq-server`);
    const owner = await serverUser('rabbitmq');
    const workplace = await makeWorkplace('rabbitmq', owner);
    const inner = { mapper: await freePort(), distribution: await freePort() };
    const password = randomBytes(12).toString('hex');
    const server = new RabbitServer(script, await freePort(), await freePort(), inner, password, workplace, owner);
    try {
      await server.configure(wishes);
      await server.start();
    } catch (error) {
      await server.remove();
      throw error;
    }
    return server;
  }

  /** Address as an operator writes it. */
  get url(): string {
    return this.urlAs(this.user, this.password);
  }

  /** The same for somebody else, another vhost, or by way of something that stands between. */
  urlAs(user: string, password: string, { vhost = this.vhost, port = this.port }: { vhost?: string; port?: number } = {}): string {
    return `amqp://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}/${encodeURIComponent(vhost)}`;
  }

  private get node(): string {
    return `amtsbote-${this.port}@localhost`;
  }

  /** Process id of the broker itself, for whoever stops or freezes it. */
  get pid(): number {
    return this.broker?.pid ?? 0;
  }

  /** Where tests may put files of their own. */
  get directory(): string {
    return this.workplace.directory;
  }

  /** Starts it again, on the same ports and data. */
  async start(): Promise<void> {
    const common = { user: this.owner, environment: this.environment() };
    // Started by RabbitMQ itself it would stay behind in the background.
    if (this.mapper === undefined || this.mapper.hasEnded)
      this.mapper = await ServerProcess.start({
        ...common,
        command: EPMD,
        args: ['-port', String(this.innerPorts.mapper), '-address', '127.0.0.1'],
        logFile: join(this.directory, 'epmd.log'),
        isReady: async () => true,
      });
    this.broker = await ServerProcess.start({
      ...common,
      command: this.script,
      args: [],
      logFile: join(this.directory, 'rabbitmq.log'),
      isReady: () => this.answers(),
    });
  }

  /** Ends it in order. */
  async stop(): Promise<void> {
    await this.broker?.end('SIGTERM');
  }

  /** SIGKILL: what it had not written is gone. */
  async kill(): Promise<void> {
    await this.broker?.end('SIGKILL');
  }

  /**
   * Takes from a broker that does not run the list of which log belongs to which quorum queue. It writes this list every half second only, so
   * that a broker that is killed may wake up without it.
   */
  async forgetQueueLogs(): Promise<void> {
    await rm(join(this.directory, 'data', this.node, 'quorum', this.node, 'names.dets'));
  }

  /** Ends it and removes everything. */
  async remove(): Promise<void> {
    await this.kill();
    await this.mapper?.end('SIGTERM');
    await this.workplace.remove();
  }

  private async answers(): Promise<boolean> {
    try {
      const connection = await connect(this.url, { timeout: ANSWER_MS });
      await connection.close();
      return true;
    } catch {
      return false;
    }
  }

  private async configure({ tls, users = [], settings = [] }: RabbitWishes): Promise<void> {
    const all: RabbitUser[] = [{ name: this.user, password: this.password, rights: '.*' }, ...users];
    const permissions = all.flatMap(({ name: user, rights }) =>
      rights === undefined ? [] : [{ user, vhost: this.vhost, configure: rights, write: rights, read: rights }],
    );
    const definitions = {
      vhosts: [{ name: this.vhost }],
      users: all.map(({ name, password }) => ({ name, password, tags: '' })),
      permissions,
    };
    await this.write('definitions.json', JSON.stringify(definitions));
    await this.write(
      'rabbitmq.conf',
      [
        `listeners.tcp.1 = 127.0.0.1:${this.port}`,
        `load_definitions = ${join(this.directory, 'definitions.json')}`,
        // A laptop's disk is never as empty as that of a server.
        'disk_free_limit.absolute = 50MB',
        ...(tls === undefined
          ? []
          : [
              `listeners.ssl.1 = 127.0.0.1:${this.tlsPort}`,
              `ssl_options.certfile = ${tls.certificateFile}`,
              `ssl_options.keyfile = ${tls.keyFile}`,
            ]),
        ...settings,
        '',
      ].join('\n'),
    );
    await this.write('enabled_plugins', '[].\n');
    // Read from HOME; nobody else may be able to.
    await this.write('.erlang.cookie', randomBytes(16).toString('hex'), 0o400);
    await mkdir(join(this.directory, 'log'));
    await this.give('log');
  }

  private async write(name: string, text: string, mode = 0o600): Promise<void> {
    await writeFile(join(this.directory, name), text, { mode });
    await this.give(name);
  }
  private async give(name: string): Promise<void> {
    if (this.owner !== undefined) await chown(join(this.directory, name), this.owner.uid, this.owner.gid);
  }

  private environment(): Record<string, string> {
    const { directory } = this;
    return {
      HOME: directory,
      LC_ALL: 'C.UTF-8',
      RABBITMQ_NODENAME: this.node,
      RABBITMQ_CONFIG_FILE: join(directory, 'rabbitmq.conf'),
      RABBITMQ_CONF_ENV_FILE: '/dev/null',
      RABBITMQ_ENABLED_PLUGINS_FILE: join(directory, 'enabled_plugins'),
      RABBITMQ_MNESIA_BASE: join(directory, 'data'),
      RABBITMQ_LOG_BASE: join(directory, 'log'),
      RABBITMQ_PID_FILE: join(directory, 'pid'),
      RABBITMQ_DIST_PORT: String(this.innerPorts.distribution),
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
      ERL_EPMD_PORT: String(this.innerPorts.mapper),
      ERL_EPMD_ADDRESS: '127.0.0.1',
      // The start script becomes the broker instead of watching it: signals, also SIGKILL, reach the broker.
      detached: 'true',
    };
  }
}
