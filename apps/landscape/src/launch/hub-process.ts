// SPDX-License-Identifier: EUPL-1.2
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { hubFlags } from './hub-flags.js';
import { ROOT } from './places.js';
import { LaunchError } from './problem.js';

const READY_MS_MAX = 60_000;
const POLL_MS = 50;
/** Longer than the hub's own `shutdown.finishMs` in config/demo.yaml. */
const STOP_MS_MAX = 30_000;
const LOG_BYTES_MAX = 20_000_000;
const LOG_LINES_SHOWN = 15;

/** How a hub is started as a process of its own. */
export interface HubProcessWish {
  readonly url: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly logFile: string;
  /** Default `config/demo.yaml`. */
  readonly configFile?: string;
  /** What the configuration says the process does, where it is not everything. */
  readonly roles?: readonly string[];
}

/** A hub in a process of its own, started exactly as an operator would start it. */
export class HubProcess {
  /** Resolves with a sentence when the process ends without having been asked to. */
  readonly died: Promise<string>;
  private isStopping = false;

  private constructor(
    private readonly child: ChildProcess,
    private readonly wish: HubProcessWish,
  ) {
    this.died = (once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>).then(([code, signal]) =>
      this.isStopping ? new Promise<never>(() => undefined) : this.obituary(code, signal),
    );
  }

  static async start(wish: HubProcessWish): Promise<HubProcess> {
    await limitLog(wish.logFile);
    const log = await open(wish.logFile, 'a', 0o600);
    try {
      const preload = join(ROOT, 'dist/apps/landscape/src/launch/end-with-launcher.js');
      const main = join(ROOT, 'dist/apps/hub/src/main.js');
      const child = spawn(
        process.execPath,
        [...hubFlags(wish.roles ?? []), '--import', preload, main, wish.configFile ?? 'config/demo.yaml'],
        {
          cwd: ROOT,
          env: { ...process.env, ...wish.environment },
          // A process group of its own: Ctrl-C in the terminal is for the launcher, which ends things in order.
          detached: true,
          stdio: ['ignore', log.fd, log.fd, 'ipc'],
        },
      );
      await once(child, 'spawn');
      return new HubProcess(child, wish);
    } finally {
      await log.close();
    }
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }
  get url(): string {
    return this.wish.url;
  }

  /** Waits until the hub may be sent requests. @throws LaunchError when it ends before, or is not ready in time. */
  async untilReady(signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    const either = AbortSignal.any([signal, over.signal]);
    const died = this.died.then((sentence) => Promise.reject(new LaunchError(sentence)));
    try {
      await Promise.race([this.ask(either), died]);
    } finally {
      over.abort();
    }
  }

  private async ask(signal: AbortSignal): Promise<void> {
    const tooLate = Date.now() + READY_MS_MAX;
    while (!(await isReady(this.url))) {
      if (Date.now() > tooLate) throw new LaunchError(`The hub was not ready within ${READY_MS_MAX / 1_000} s. ${await this.lastLines()}`);
      await sleep(POLL_MS, undefined, { signal });
    }
  }

  /** Lets it finish what is under way, and waits for its end. */
  async stop(): Promise<void> {
    this.isStopping = true;
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    // One that is frozen would not even hear of it.
    this.child.kill('SIGCONT');
    const patience = setTimeout(() => this.child.kill('SIGKILL'), STOP_MS_MAX);
    await ended;
    clearTimeout(patience);
  }

  /** Another process with the same wish, after this one has stopped. */
  again(): Promise<HubProcess> {
    return HubProcess.start(this.wish);
  }

  /** For tests of crashes: SIGKILL, no goodbye of any kind. */
  async kill(): Promise<void> {
    this.isStopping = true;
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }
  /** For tests of crashes: it stands still in the middle of whatever it does, and knows nothing of it. */
  freeze(): void {
    this.child.kill('SIGSTOP');
  }
  /** It goes on as if no time had passed. */
  thaw(): void {
    this.child.kill('SIGCONT');
  }

  private async obituary(code: number | null, signal: NodeJS.Signals | null): Promise<string> {
    const how = signal === null ? `with code ${code ?? 0}` : `by ${signal}`;
    return `The hub (process ${this.pid}) ended ${how}. ${await this.lastLines()}`;
  }

  private async lastLines(): Promise<string> {
    const text = await readFile(this.wish.logFile, 'utf8').catch(() => '');
    const lines = text.trimEnd().split('\n').slice(-LOG_LINES_SHOWN);
    return [`The last lines of ${this.wish.logFile}:`, ...lines.map((line) => `  ${line}`)].join('\n');
  }
}

async function isReady(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(5_000) });
    await answer.body?.cancel();
    return answer.status === 200;
  } catch {
    return false;
  }
}

async function limitLog(file: string): Promise<void> {
  const size = (await stat(file).catch(() => undefined))?.size ?? 0;
  if (size > LOG_BYTES_MAX) await rename(file, `${file}.1`);
}
