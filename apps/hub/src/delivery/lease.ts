// SPDX-License-Identifier: EUPL-1.2
import type { Clock } from '@amtsbote/canonical';

/** Where leases are kept. */
export interface LeaseKeeper<Held> {
  /** Prolongs it from now on. @returns false when somebody else has it. */
  renew(held: Held, leaseMs: number): Promise<boolean>;
}

/** Renewed so many times before it would be over. */
const RENEWALS = 3;
/**
 * It counts as over this part of it early: between the question and the outside call a moment passes, and the clock of whoever waits for its end may be
 * ahead of ours.
 */
const MARGIN = 0.1;

/**
 * The lease of something claimed (a step) while it is worked at: renewed until it is released, and lost when another worker has it, or when it could
 * not be renewed in time. A process that stood still (a paused machine) or cannot reach the store finds out by the clock, before it acts.
 */
export class Lease<Held extends { readonly leaseUntil: Date }> {
  private readonly lost = new AbortController();
  private readonly done = new AbortController();
  private until: number;

  /** @param gone ends the renewing: the process leaves, and lets leases run out. */
  constructor(
    private readonly claimed: Held,
    private readonly leaseMs: number,
    private readonly keeper: LeaseKeeper<Held>,
    private readonly clock: Clock,
    gone: AbortSignal,
  ) {
    this.until = claimed.leaseUntil.getTime();
    void this.keep(AbortSignal.any([this.done.signal, gone]));
  }

  /** Fires when it is lost. */
  get signal(): AbortSignal {
    return this.lost.signal;
  }

  /** Whether nobody else can have the step at this moment: what has to be asked right before an outside call. */
  isHeld(): boolean {
    return !this.lost.signal.aborted && this.remainingMs() > 0;
  }

  /** The attempt is over. */
  release(): void {
    this.done.abort();
  }

  private async keep(done: AbortSignal): Promise<void> {
    while (await this.sleeps(Math.min(this.leaseMs / RENEWALS, this.remainingMs()), done)) {
      const renewing = this.renew();
      // A store that does not answer now may do so before the lease is over.
      const isOver = this.sleeps(this.remainingMs(), done);
      const held = await Promise.race([renewing, isOver.then(() => this.isHeld() || done.aborted)]);
      if (!held) {
        this.lost.abort();
        return;
      }
    }
  }

  /** @returns false when another worker has it. */
  private async renew(): Promise<boolean> {
    const until = this.clock.now().getTime() + this.leaseMs;
    try {
      if (!(await this.keeper.renew(this.claimed, this.leaseMs))) return false;
      this.until = until;
    } catch {
      // Not renewed is not lost: the clock tells when it is.
    }
    return this.isHeld();
  }

  private remainingMs(): number {
    return this.until - this.leaseMs * MARGIN - this.clock.now().getTime();
  }

  private async sleeps(ms: number, done: AbortSignal): Promise<boolean> {
    return this.clock.sleep(ms, done).then(
      () => true,
      () => false,
    );
  }
}
