// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';
import { chmod, chown, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

import type { PlainEntries } from '@amtsbote/adapter-kit/testing';

import { freePort } from '../../../apps/landscape/src/free-port.js';
import { ServerProcess } from './server-process.js';
import { makeWorkplace, type ServerUser, serverUser, type Workplace } from './unprivileged.js';

const MODULES = '/usr/lib/apache2/modules';
const LOADED = ['mpm_event', 'alias', 'authn_core', 'authn_file', 'authz_core', 'authz_user', 'auth_basic', 'dav', 'dav_fs'];

/** Where the folder for Akten is on the server. */
export const APACHE_BASE = '/dav/Gewerbeamt';

/** An Apache of Debian with mod_dav, a folder, a port and a user of its own. */
export class RealApache {
  private server: ServerProcess | undefined;

  private constructor(
    readonly port: number,
    readonly username: string,
    readonly password: string,
    private readonly workplace: Workplace,
    private readonly user: ServerUser | undefined,
  ) {}

  /** Makes and starts one. @throws Error when the tests were not started by `npm run test:real`. */
  static async start(username = 'amtsbote', password = 'dav-secret-1'): Promise<RealApache> {
    const user = await serverUser('www-data');
    const workplace = await makeWorkplace('apache', user);
    const apache = new RealApache(await freePort(), username, password, workplace, user);
    await apache.emptied();
    // As htpasswd -s writes it (RFC 2307): the password is one of this test.
    const digest = createHash('sha1').update(password).digest('base64');
    await writeFile(join(workplace.directory, 'users'), `${username}:{SHA}${digest}\n`);
    await writeFile(join(workplace.directory, 'apache.conf'), apache.configuration());
    await apache.start();
    return apache;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }
  /** The folder as the server's own storage has it. */
  get folder(): string {
    return join(this.workplace.directory, 'files', 'Gewerbeamt');
  }

  /** Starts it again, on the same port and files. */
  async start(): Promise<void> {
    const command = process.env['REAL_APACHE'];
    if (command === undefined) throw new Error('REAL_APACHE is not set: npm run test:real finds or installs Apache and sets it.');
    // One that was killed leaves its process id behind, and the next one believes that it still runs.
    await rm(join(this.workplace.directory, 'apache.pid'), { force: true });
    this.server = await ServerProcess.start({
      command,
      // One process: whoever kills it leaves no children that go on serving.
      args: ['-f', join(this.workplace.directory, 'apache.conf'), '-X'],
      user: this.user,
      logFile: join(this.workplace.directory, 'start.log'),
      isReady: () =>
        fetch(this.url).then(
          () => true,
          () => false,
        ),
    });
  }

  /** Ends it: in order, or like a crash. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    await this.server?.end(signal);
  }
  /** Ends it and removes everything. */
  async remove(): Promise<void> {
    await this.stop();
    await this.workplace.remove();
  }

  /** An empty folder for Akten. */
  async emptied(): Promise<void> {
    await rm(join(this.workplace.directory, 'files'), { recursive: true, force: true });
    await mkdir(this.folder, { recursive: true });
    for (const directory of [join(this.workplace.directory, 'files'), this.folder]) await this.own(directory);
  }

  /** Takes the right to write away from everybody, or gives it back. */
  async writable(isWritable: boolean): Promise<void> {
    await chmod(this.folder, isWritable ? 0o755 : 0o555);
  }

  /** What lies below the folder for Akten, read from the disk. */
  async entries(): Promise<PlainEntries> {
    const found = await readdir(this.folder, { recursive: true, withFileTypes: true });
    // mod_dav_fs keeps a directory of its own where properties were set, and leaves a file of its own when it is killed while it writes.
    const own = found.filter(
      (entry) =>
        !join(entry.parentPath, entry.name)
          .split(sep)
          .some((name) => /^\.(DAV$|davfs\.tmp)/.test(name)),
    );
    return Promise.all(
      own.map(async (entry) => {
        const path = join(entry.parentPath, entry.name);
        const segments = relative(this.folder, path).split(sep);
        if (entry.isDirectory()) return { segments, entry: 'folder' as const };
        const bytes = await readFile(path);
        return { segments, entry: { size: bytes.length, sha512: createHash('sha512').update(bytes).digest('hex'), bytes } };
      }),
    );
  }

  /** When anything in the folder changed last, as a number that grows. */
  async changes(): Promise<number> {
    const found = await readdir(this.folder, { recursive: true });
    const times = await Promise.all(['', ...found].map(async (name) => (await stat(join(this.folder, name))).mtimeMs));
    return Math.max(...times);
  }

  private async own(path: string): Promise<void> {
    if (this.user !== undefined) await chown(path, this.user.uid, this.user.gid);
  }

  private configuration(): string {
    const { directory } = this.workplace;
    return [
      `ServerRoot ${directory}`,
      `PidFile ${join(directory, 'apache.pid')}`,
      `DefaultRuntimeDir ${directory}`,
      'ServerName localhost',
      `Listen 127.0.0.1:${this.port}`,
      ...LOADED.map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`),
      `ErrorLog ${join(directory, 'error.log')}`,
      `DocumentRoot ${join(directory, 'files')}`,
      `DavLockDB ${join(directory, 'locks')}`,
      `Alias /dav ${join(directory, 'files')}`,
      `<Location />`,
      '  Require all denied',
      '</Location>',
      `<Location /dav>`,
      '  Dav On',
      '  AuthType Basic',
      '  AuthName files',
      `  AuthUserFile ${join(directory, 'users')}`,
      '  Require valid-user',
      '</Location>',
      '',
    ].join('\n');
  }
}
