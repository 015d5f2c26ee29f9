// SPDX-License-Identifier: EUPL-1.2
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';

import type { ServerUser } from './unprivileged.js';

const READY_WITHIN_MS = 120_000;
const END_WITHIN_MS = 30_000;
const LOG_CHARACTERS_MAX = 3_000;
/** Nothing of the launcher's own environment. */
const ENVIRONMENT = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', TZ: 'UTC' };

/** How a server is started. */
export interface ServerStart {
  readonly command: string;
  /** For the foreground: a server that goes to the background by itself cannot be ended by its process id. */
  readonly args: readonly string[];
  readonly user: ServerUser | undefined;
  /** Beside the little that every server gets. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Takes what it says. */
  readonly logFile: string;
  /** Whether it answers as it should. */
  readonly isReady: () => Promise<boolean>;
}

/** A real server in the foreground, as a child of this process: it is ended by its process id, and it ends when this process dies. */
export class ServerProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly logFile: string,
  ) {}

  /** Starts it and waits until it is ready. @throws Error with its last words when it ends instead. */
  static async start({ command, args, user, environment, logFile, isReady }: ServerStart): Promise<ServerProcess> {
    const log = openSync(logFile, 'a');
    // setpriv belongs to Debian's essential packages. Root becomes the server's user before, so that the signal reaches it.
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', command, ...args], {
      ...user,
      cwd: '/',
      env: { ...ENVIRONMENT, ...environment },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    await once(child, 'spawn');
    const server = new ServerProcess(child, logFile);
    const giveUpAt = Date.now() + READY_WITHIN_MS;
    while (!(await isReady())) {
      if (server.hasEnded || Date.now() > giveUpAt) {
        await server.end('SIGKILL');
        throw new Error(`${command} did not become ready. It said:\n${server.lastWords}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return server;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }
  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** Sends the signal that means "end" to it and waits. @throws Error when it does not end. */
  async end(signal: NodeJS.Signals): Promise<void> {
    if (this.hasEnded) return;
    const ended = once(this.child, 'exit', { signal: AbortSignal.timeout(END_WITHIN_MS) });
    this.child.kill(signal);
    try {
      await ended;
    } catch (cause) {
      this.child.kill('SIGKILL');
      throw new Error(`process ${this.child.pid} did not end after ${signal}. It said:\n${this.lastWords}`, { cause });
    }
  }

  private get lastWords(): string {
    return readFileSync(this.logFile, 'utf8').slice(-LOG_CHARACTERS_MAX);
  }
}

/** Runs a server's tool to its end, as the server's user. @throws Error with what it said when it fails. */
export async function runTool(command: string, args: readonly string[], user?: ServerUser): Promise<void> {
  await promisify(execFile)(command, args, { ...user, cwd: '/', env: ENVIRONMENT, timeout: 120_000 });
}
