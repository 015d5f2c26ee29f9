// SPDX-License-Identifier: EUPL-1.2
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';

import { HUB_FLAGS } from '../../../apps/landscape/src/launch/hub-flags.js';

const MAIN = 'dist/apps/hub/src/main.js';

/** The built hub as a process of its own: what a test can really kill. */
export class HubProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly output: string[],
    readonly url: string,
  ) {}

  /** Starts and waits until it is ready. @throws Error with the process's last words when it ends instead. */
  static async start(
    environment: Readonly<Record<string, string>>,
    configFile = 'config/demo.yaml',
    url = environment['HUB_URL'] ?? '',
  ): Promise<HubProcess> {
    if (!existsSync(MAIN)) throw new Error(`${MAIN} is missing: run "npm run build" first`);
    const output: string[] = [];
    const child = spawn(process.execPath, [...HUB_FLAGS, MAIN, configFile], {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => output.push(chunk.toString()));
    const hub = new HubProcess(child, output, url);
    while (!(await hub.isReady())) {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`the hub ended: ${output.join('').slice(-2_000)}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return hub;
  }

  /** SIGKILL: no goodbye of any kind. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }
  /** SIGTERM, as a supervisor stops it. @returns the exit code. */
  async stop(): Promise<number | null> {
    await this.end('SIGTERM');
    return this.child.exitCode;
  }
  /** Resolves when it is gone, whoever ended it. */
  async ended(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    await new Promise((resolve) => this.child.once('exit', resolve));
  }
  get log(): string {
    return this.output.join('');
  }

  private async isReady(): Promise<boolean> {
    return fetch(`${this.url}/health/ready`, { signal: AbortSignal.timeout(2_000) }).then(
      (answer) => answer.ok,
      () => false,
    );
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill(signal);
    await ended;
  }
}
