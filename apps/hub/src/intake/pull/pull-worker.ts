// SPDX-License-Identifier: EUPL-1.2
import { Injectable } from '@nestjs/common';

import { Gates } from '../../delivery/gates.js';
import { Lease } from '../../delivery/lease.js';
import type { Background } from '../../house/lifecycle.js';
import { House } from '../../house/tokens.js';
import { HeldSubmissions } from './held-submissions.js';
import { PullRound } from './pull-round.js';
import { PullSources } from './pull-sources.js';
import { type ClaimedSource, gateOf, isOutbox } from './pulled.js';

/** How often it is looked for sources that are due, unless somebody in this process knows of one. */
const POLL_MS = 1_000;
const FORGET_MS = 60 * 60_000;

/** Asks sources for submissions in the background: claims those that are due, as many as the gates of their endpoints let through. */
@Injectable()
export class PullWorker implements Background {
  private readonly stop = new AbortController();
  private readonly rounds = new Set<Promise<void>>();
  private loop: Promise<void> | undefined;
  private napping: AbortController | undefined;
  private isEnsured = false;
  private forgotAt = 0;

  constructor(
    private readonly house: House,
    private readonly sources: PullSources,
    private readonly held: HeldSubmissions,
    private readonly round: PullRound,
    private readonly gates: Gates,
  ) {
    for (const asked of sources.list()) {
      if (isOutbox(asked)) continue;
      const { name, config } = asked;
      const { concurrency, listMs, breaker } = config.pull;
      this.gates.register(gateOf(name), { concurrency, attemptMs: listMs, breaker }, 'other');
    }
  }

  start(): void {
    if (this.sources.list().some(({ port }) => port.sources.length > 0)) this.loop ??= this.work();
  }

  /** Submissions under way are stored or left; what is not acknowledged is acknowledged by whoever comes next. */
  async finish(): Promise<void> {
    this.stop.abort(new Error('the process stops'));
    this.wake();
    await this.loop;
    await this.idle();
  }

  /** Something may be due by now. */
  wake(): void {
    this.napping?.abort();
  }

  /** Resolves when no round is under way here. */
  async idle(): Promise<void> {
    await Promise.all(this.rounds);
  }

  /** Looks for what is due. @returns how many rounds it has begun. */
  async look(): Promise<number> {
    await this.prepare();
    let begun = 0;
    for (const [name, count] of await this.sources.due()) {
      const endpoint = this.sources.find(name);
      if (endpoint === undefined || this.stop.signal.aborted) continue;
      const admission = await this.gates.admit(gateOf(name), count, async () => true);
      if (admission.places === 0) continue;
      let claimed: ClaimedSource[] = [];
      try {
        claimed = await this.sources.claim(endpoint, admission.places);
      } finally {
        await this.gates.unused(admission, admission.places - claimed.length);
        if (claimed.length === 0) await this.gates.releaseProbe(admission);
      }
      begun += claimed.length;
      for (const source of claimed) this.begin(source, async () => this.gates.releaseProbe(admission));
    }
    return begun;
  }

  private begin(source: ClaimedSource, releaseProbe: () => Promise<void>): void {
    const { name, config } = source.endpoint;
    const lease = new Lease(source, config.pull.leaseMs, this.sources, this.house.clock, new AbortController().signal);
    const work = this.round
      .run(source, lease, this.stop.signal)
      .catch((error: unknown) => this.house.log.error('pull.round-broken', error, { endpoint: name, source: source.source.name }))
      .then(releaseProbe)
      .catch((error: unknown) => this.house.log.error('circuit.not-released', error, { instance: gateOf(name) }))
      .finally(() => {
        lease.release();
        // How fast an instance files is counted by what it files, not by looks into its outbox.
        if (isOutbox(source.endpoint)) this.gates.left(gateOf(name));
        else this.gates.ended(gateOf(name));
        this.rounds.delete(work);
        this.wake();
      });
    this.rounds.add(work);
  }

  private async prepare(): Promise<void> {
    if (!this.isEnsured) await this.sources.ensure();
    this.isEnsured = true;
    const now = this.house.clock.now().getTime();
    if (now - this.forgotAt < FORGET_MS) return;
    await this.held.forget();
    this.forgotAt = now;
  }

  private async work(): Promise<void> {
    while (!this.stop.signal.aborted) {
      this.napping = new AbortController();
      const nap = AbortSignal.any([this.napping.signal, this.stop.signal]);
      try {
        await this.look();
      } catch (error) {
        this.house.log.error('pull.look-failed', error);
      }
      await this.house.clock.sleep(Math.min(POLL_MS, this.house.loaded.config.sweepMs), nap).catch(() => undefined);
    }
  }
}
