// SPDX-License-Identifier: EUPL-1.2
import type { Clock } from '@amtsbote/canonical';

import { Carrier, type CarrierEvents, type CarrierSettings, STORE_PAUSE_MS } from './carrier.js';
import type { ClaimedMessage, PostgresQueue } from './postgres-queue.js';
import { Turns } from './turns.js';
import type { Waker } from './waker.js';

/**
 * The message bus on PostgreSQL alone: claims heads of subjects in batches with SKIP LOCKED. At least once; in order per subject; one stuck
 * subject does not hold up the others.
 */
export class PostgresCarrier extends Carrier {
  override readonly transportId = Symbol('postgres');
  private readonly turns: Turns;
  private stopListening: (() => void) | undefined;

  constructor(
    queue: PostgresQueue,
    private readonly waker: Waker,
    clock: Clock,
    settings: CarrierSettings,
    events: CarrierEvents,
  ) {
    super(queue, clock, settings, events);
    this.turns = new Turns(clock, settings.pollMs, () => this.claimAndDeliver());
  }

  override listen(callback: () => void): void {
    this.stopListening = this.waker.onWake(() => this.stir());
    this.turns.start();
    callback();
  }

  /** Stops claiming, waits for handlers under way and for their acknowledgements. */
  override async close(): Promise<void> {
    this.stopListening?.();
    await this.turns.stop();
    await this.idle();
  }

  protected override stir(): void {
    this.turns.stir();
  }

  private async claimAndDeliver(): Promise<boolean> {
    const free = this.free();
    const claimed = free <= 0 ? [] : await this.claim(free);
    this.deliverAll(claimed);
    return claimed.length > 0;
  }

  private async claim(limit: number): Promise<ClaimedMessage[]> {
    try {
      const claimed = await this.queue.claim(this.types(), limit, this.settings.leaseMs);
      return claimed.sort((a, b) => Number(BigInt(a.seq) - BigInt(b.seq)));
    } catch (error) {
      this.events.storeFailed(error);
      await this.clock.sleep(STORE_PAUSE_MS);
      return [];
    }
  }
}
