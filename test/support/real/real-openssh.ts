// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';
import { chmod, chown, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';

import { freePort } from '../../../apps/landscape/src/free-port.js';
import { runTool, ServerProcess } from './server-process.js';
import { makeWorkplace, type ServerUser, serverUser, type Workplace } from './unprivileged.js';

/** Not root and not locked: who runs the server is the only one who can log in to it. */
const ACCOUNT = 'www-data';

/** An OpenSSH of Debian that serves files to one user by key, with keys, port and folder of its own. */
export class RealOpenSsh {
  private server: ServerProcess | undefined;

  private constructor(
    readonly port: number,
    readonly username: string,
    private readonly workplace: Workplace,
    private readonly user: ServerUser | undefined,
  ) {}

  /** Makes and starts one. @throws Error when the tests were not started by `npm run test:real`. */
  static async start(): Promise<RealOpenSsh> {
    const user = await serverUser(ACCOUNT);
    const workplace = await makeWorkplace('openssh', user);
    const openssh = new RealOpenSsh(await freePort(), user === undefined ? userInfo().username : ACCOUNT, workplace, user);
    for (const name of ['host', 'other-host', 'client'])
      await runTool('/usr/bin/ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', openssh.file(name)], user);
    await writeFile(openssh.file('authorized'), await readFile(openssh.file('client.pub')));
    await writeFile(openssh.file('sshd.conf'), openssh.configuration());
    await openssh.emptied();
    await openssh.start();
    return openssh;
  }

  /** Where applications are dropped. */
  get directory(): string {
    return this.file('eingang');
  }

  /** Starts it again, on the same port and files. @param hostKey which of its keys it shows. */
  async start(hostKey: 'host' | 'other-host' = 'host'): Promise<void> {
    const command = process.env['REAL_SSHD'];
    if (command === undefined) throw new Error('REAL_SSHD is not set: npm run test:real finds or installs OpenSSH and sets it.');
    this.server = await ServerProcess.start({
      command,
      args: ['-D', '-e', '-f', this.file('sshd.conf'), '-h', this.file(hostKey), '-p', String(this.port)],
      user: this.user,
      logFile: this.file('sshd.log'),
      isReady: () => this.answers(),
    });
  }
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    await this.server?.end(signal);
  }
  /** Ends it and removes everything. */
  async remove(): Promise<void> {
    await this.stop();
    await this.workplace.remove();
  }

  /** Fingerprint of one of its keys, as `ssh-keygen -lf` shows it. */
  async fingerprint(hostKey: 'host' | 'other-host' = 'host'): Promise<string> {
    const [, key = ''] = (await readFile(this.file(`${hostKey}.pub`), 'utf8')).split(' ');
    return `SHA256:${createHash('sha256').update(Buffer.from(key, 'base64')).digest('base64').replace(/=+$/, '')}`;
  }
  /** What the client proves itself with. */
  privateKey(): Promise<string> {
    return readFile(this.file('client'), 'utf8');
  }

  /** An empty folder. */
  async emptied(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
    await mkdir(this.directory);
    if (this.user !== undefined) await chown(this.directory, this.user.uid, this.user.gid);
  }
  /** Takes the right to write away from everybody, or gives it back. */
  async writable(isWritable: boolean): Promise<void> {
    await chmod(this.directory, isWritable ? 0o755 : 0o555);
  }
  /** Names in the folder, hidden ones too. */
  list(): Promise<string[]> {
    return readdir(this.directory);
  }

  private file(name: string): string {
    return join(this.workplace.directory, name);
  }

  private answers(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = createConnection(this.port, '127.0.0.1');
      socket
        .once('data', () => resolve(true))
        .once('error', () => resolve(false))
        .once('close', () => resolve(false));
      socket.once('data', () => socket.destroy());
    });
  }

  private configuration(): string {
    return [
      'ListenAddress 127.0.0.1',
      `PidFile ${this.file('sshd.pid')}`,
      `AuthorizedKeysFile ${this.file('authorized')}`,
      'UsePAM no',
      'StrictModes no',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'Subsystem sftp internal-sftp',
      'ForceCommand internal-sftp',
      '',
    ].join('\n');
  }
}
