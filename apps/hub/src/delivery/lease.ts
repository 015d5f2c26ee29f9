// SPDX-License-Identifier: EUPL-1.2
import type { Clock } from '@amtsbote/canonical';

import type { ClaimedStep, Claims } from './claims.js';

/** Renewed so many times before it would be over. */
const RENEWALS = 3;

/**
 * The lease of a claimed step while an attempt runs: renewed until it is released, and lost when another worker has the step, or when it could
 * not be renewed in time. A process that stood still (a paused machine) or cannot reach the store finds out by the clock, before it acts.
 */
export class Lease {
  private readonly lost = new AbortController();
  private readonly done = new AbortController();
  private until: number;

  /** @param gone ends the renewing: the process leaves, and lets leases run out. */
  constructor(
    private readonly step: ClaimedStep,
    private readonly leaseMs: number,
    private readonly claims: Pick<Claims, 'renew'>,
    private readonly clock: Clock,
    gone: AbortSignal,
  ) {
    this.until = step.leaseUntil.getTime();
    void this.keep(AbortSignal.any([this.done.signal, gone]));
  }

  /** Fires when it is lost. */
  get signal(): AbortSignal {
    return this.lost.signal;
  }

  /** Whether nobody else can have the step at this moment: what has to be asked right before an outside call. */
  isHeld(): boolean {
    return !this.lost.signal.aborted && this.clock.now().getTime() < this.until;
  }

  /** The attempt is over. */
  release(): void {
    this.done.abort();
  }

  private async keep(done: AbortSignal): Promise<void> {
    while (await this.sleeps(this.leaseMs / RENEWALS, done)) {
      const renewing = this.renew();
      // A store that does not answer now may do so before the lease is over.
      const isOver = this.sleeps(this.until - this.clock.now().getTime(), done);
      const held = await Promise.race([renewing, isOver.then(() => this.isHeld() || done.aborted)]);
      if (!held) {
        this.lost.abort();
        return;
      }
    }
  }

  /** @returns false when another worker has the step. */
  private async renew(): Promise<boolean> {
    const until = this.clock.now().getTime() + this.leaseMs;
    try {
      if (!(await this.claims.renew(this.step, this.leaseMs))) return false;
      this.until = until;
    } catch {
      // Not renewed is not lost: the clock tells when it is.
    }
    return this.isHeld();
  }

  private async sleeps(ms: number, done: AbortSignal): Promise<boolean> {
    return this.clock.sleep(ms, done).then(
      () => true,
      () => false,
    );
  }
}
