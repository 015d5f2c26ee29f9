// SPDX-License-Identifier: EUPL-1.2
import { createHash, generateKeyPairSync } from 'node:crypto';
import { type AddressInfo, createServer, type Server as NetServer, type Socket } from 'node:net';

import ssh2, { type Connection } from 'ssh2';

import type { Fault, FaultRule } from '../../src/index.js';
import { FileTree } from './file-tree.js';
import { type Act, serveFiles } from './serve-files.js';

/** An SFTP server on loopback with files in memory and switchable faults. It knows no extensions: what OpenSSH adds is tried with OpenSSH. */
export class SftpSimulator {
  /** `OPERATION path` of every request, in order. */
  readonly requests: string[] = [];
  readonly files = new FileTree();
  /** Fingerprint of its key. */
  readonly hostKey: string;
  private readonly privateKey: string;
  private readonly sockets = new Set<Socket>();
  private rules: { rule: FaultRule; left: number }[] = [];
  private server: NetServer | undefined;

  constructor(
    readonly username: string,
    readonly password: string,
    readonly directory = '/eingang',
  ) {
    // Node's generator: that of the library now and then makes an ed25519 key which it cannot read itself.
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    this.privateKey = privateKey.export({ type: 'sec1', format: 'pem' }).toString();
    const key = ssh2.utils.parseKey(this.privateKey);
    if (key instanceof Error) throw key;
    this.hostKey = `SHA256:${createHash('sha256').update(key.getPublicSSH()).digest('base64').replace(/=+$/, '')}`;
    this.files.makeFolder(directory);
  }

  async start(): Promise<this> {
    const ssh = new ssh2.Server({ hostKeys: [this.privateKey] });
    ssh.on('connection', (connection: Connection, { port }) => {
      const socket = [...this.sockets].find(({ remotePort }) => remotePort === port);
      if (socket !== undefined) this.welcome(connection, socket);
    });
    const server = createServer((socket) => {
      this.sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('close', () => this.sockets.delete(socket)).on('error', () => undefined);
      if (this.spoils(socket)) return;
      ssh.injectSocket(socket);
    });
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
    this.server = server;
    return this;
  }

  get port(): number {
    if (this.server === undefined) throw new Error('the simulator is not started');
    return (this.server.address() as AddressInfo).port;
  }

  /** Adds a fault; rules strike in the order in which they were added. Connections meet only those that name no request. */
  fail(rule: FaultRule | Fault): void {
    const complete: FaultRule = typeof rule === 'string' ? { fault: rule } : rule;
    this.rules.push({ rule: complete, left: complete.times ?? Number.POSITIVE_INFINITY });
  }
  heal(): void {
    this.rules = [];
  }
  async stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => (server === undefined ? resolve() : server.close(() => resolve())));
  }

  /** Something that happens at the server just before a request is answered. */
  protected beforeRequest(_line: string): void {
    // Nothing happens by itself.
  }

  private welcome(connection: Connection, socket: Socket): void {
    connection.on('error', () => undefined);
    connection.on('authentication', (context) => {
      const isKnown = context.method === 'password' && context.username === this.username && context.password === this.password;
      if (isKnown && !this.isActive('unauthorised')) context.accept();
      else context.reject(['password']);
    });
    connection.on('ready', () =>
      connection.on('session', (accept) =>
        accept().on('sftp', (acceptSftp) =>
          serveFiles(acceptSftp(), this.files, (line, act, refuse) => this.meet(line, act, refuse, socket)),
        ),
      ),
    );
  }

  /** Whether a fault strikes whole connections. */
  private isActive(fault: Fault): boolean {
    return this.rules.some(({ rule, left }) => rule.fault === fault && rule.match === undefined && left > 0);
  }
  private spoils(socket: Socket): boolean {
    if (this.isActive('garbage')) socket.end('\u0000<<not the protocol\r\n');
    else if (this.isActive('down')) socket.destroy();
    else return false;
    return true;
  }

  private meet(line: string, act: Act, refuse: (status: 'failure' | 'permissionDenied') => void, socket: Socket): void {
    this.requests.push(line);
    this.beforeRequest(line);
    const hit = this.rules.find(({ rule, left }) => left > 0 && (rule.match?.test(line) ?? true));
    if (hit !== undefined) hit.left -= 1;
    switch (hit?.rule.fault) {
      case undefined: {
        act()();
        return;
      }
      case 'error500': {
        refuse('failure');
        return;
      }
      case 'unauthorised': {
        refuse('permissionDenied');
        return;
      }
      case 'slow':
        return void setTimeout(() => (socket.destroyed ? undefined : act()()), hit.rule.slowMs ?? 1_000).unref();
      case 'garbage':
        return void socket.end('\u0000<<not the protocol\r\n');
      case 'answerLost':
        act();
        return void socket.destroy();
      case 'down':
      case 'throttled':
        return void socket.destroy();
    }
  }
}
