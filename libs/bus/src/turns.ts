// SPDX-License-Identifier: EUPL-1.2
import type { Clock } from '@amtsbote/canonical';

/**
 * Does something again and again, one turn at a time: at once as long as there is something to do, otherwise when somebody stirs it, at the
 * latest after `pollMs`.
 */
export class Turns {
  private running = false;
  private woken = false;
  private wake: (() => void) | undefined;
  private over: Promise<void> | undefined;

  /** @param turn one turn; answers whether it found something to do. Never throws. */
  constructor(
    private readonly clock: Clock,
    private readonly pollMs: number,
    private readonly turn: () => Promise<boolean>,
  ) {}

  start(): void {
    this.running = true;
    this.over = this.work();
  }

  /** There may be something to do. */
  stir(): void {
    this.woken = true;
    this.wake?.();
  }

  /** Lets the turn under way finish, and takes no other one. */
  async stop(): Promise<void> {
    this.running = false;
    this.stir();
    await this.over;
  }

  private async work(): Promise<void> {
    while (this.isRunning()) {
      // Wakes from here on are for the next turn. Not forgetting older ones would turn a full or paused carrier in circles.
      this.woken = false;
      if (!(await this.turn())) await this.rest();
    }
  }

  /** A method, because the field changes while the loop awaits. */
  private isRunning(): boolean {
    return this.running;
  }

  private async rest(): Promise<void> {
    if (this.woken || !this.running) return;
    const alarm = new AbortController();
    await Promise.race([
      new Promise<void>((resolve) => {
        this.wake = resolve;
      }),
      this.clock.sleep(this.pollMs, alarm.signal).catch(() => undefined),
    ]);
    alarm.abort();
    this.wake = undefined;
  }
}
