// SPDX-License-Identifier: EUPL-1.2
import { setTimeout as sleep } from 'node:timers/promises';

import { HubProcess, type HubProcessWish } from '../launch/hub-process.js';
import type { Logbook } from './logbook.js';

const PAUSE_MS = 300;

/**
 * A hub as a supervisor keeps it: whoever kills it, it is started again. One that ends by itself after it was ready is a finding; one
 * that cannot start because its database is away is tried again, as systemd would.
 */
export class HubUnderFire {
  /** Ends of its own that nobody brought about. */
  readonly findings: string[] = [];
  private process: HubProcess | undefined;
  private frozen = false;
  private stopping = false;
  /** Counts deaths: only the last one is followed by a new process, however many come while it is down. */
  private generation = 0;
  private turn: Promise<unknown> = Promise.resolve();
  private readonly stopped = new AbortController();

  constructor(
    readonly name: string,
    private readonly wish: HubProcessWish,
    private readonly logbook: Logbook,
  ) {}

  get url(): string {
    return this.wish.url;
  }
  get isFrozen(): boolean {
    return this.frozen;
  }

  /** Starts a process; it is not ready yet. */
  async start(): Promise<HubProcess> {
    const process = await this.startOnce({});
    let wasReady = false;
    void process.untilReady(this.stopped.signal).then(
      () => {
        wasReady = true;
      },
      () => undefined,
    );
    void process.died.then(async (sentence) => {
      if (this.stopping || this.process !== process) return;
      this.logbook.note('hub', `${this.name} ended by itself${wasReady ? '' : ' while it was starting'}`);
      if (wasReady) this.findings.push(sentence);
      await this.startAgain(PAUSE_MS);
    });
    return process;
  }

  /** Starts a process that nobody starts again. */
  async startOnce(environment: Readonly<Record<string, string>>): Promise<HubProcess> {
    const process = await HubProcess.start({ ...this.wish, environment: { ...this.wish.environment, ...environment } });
    this.process = process;
    return process;
  }

  /** Waits until it may be sent requests. */
  async untilReady(): Promise<void> {
    await this.process?.untilReady(this.stopped.signal);
  }

  /** SIGKILL, and a new process after a while. */
  async kill(downMs: number): Promise<void> {
    await this.inTurn(async () => this.process?.kill());
    this.frozen = false;
    await this.startAgain(downMs);
  }

  /** SIGKILL, for good. */
  async end(): Promise<void> {
    await this.process?.kill();
  }

  /** SIGSTOP, and SIGCONT after a while, when it is still the same process. */
  async freeze(ms: number): Promise<void> {
    const process = this.process;
    if (process === undefined || this.frozen) return;
    this.frozen = true;
    process.freeze();
    await sleep(ms);
    if (this.process === process) this.frozen = false;
    process.thaw();
  }

  async stop(): Promise<void> {
    this.stopping = true;
    this.stopped.abort(new Error('the hub is stopped'));
    await this.turn;
    await this.process?.stop();
  }

  private async startAgain(afterMs: number): Promise<void> {
    const mine = (this.generation += 1);
    await sleep(afterMs);
    await this.inTurn(async () => {
      if (!this.stopping && mine === this.generation) await this.start();
    });
  }

  /** A process that is being started cannot be killed yet: one after the other. */
  private inTurn(act: () => Promise<unknown>): Promise<unknown> {
    this.turn = this.turn.then(act);
    return this.turn;
  }
}
