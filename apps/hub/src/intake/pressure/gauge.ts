// SPDX-License-Identifier: EUPL-1.2
import type { Clock } from '@amtsbote/canonical';

/**
 * A figure that takes time to read and may be a little old: whoever asks gets what was read last, while it is read anew. Only the first one waits.
 * A reading that fails leaves the one before; without any the figure is unknown.
 */
export class Gauge {
  private value: number | undefined;
  private readAt = Number.NEGATIVE_INFINITY;
  private reading: Promise<void> | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly maxAgeMs: number,
    private readonly read: () => Promise<number>,
  ) {}

  /** The figure; `undefined` when it could never be read. */
  async get(): Promise<number | undefined> {
    if (this.clock.now().getTime() - this.readAt >= this.maxAgeMs) this.reading ??= this.refresh();
    if (this.value === undefined) await this.reading;
    return this.value;
  }

  private async refresh(): Promise<void> {
    try {
      this.value = await this.read();
    } catch {
      // What stands in the way of reading it shows where the work is done; here it must not stand in the way of work.
    } finally {
      this.readAt = this.clock.now().getTime();
      this.reading = undefined;
    }
  }
}
