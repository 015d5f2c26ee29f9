// SPDX-License-Identifier: EUPL-1.2
import type { House } from '../house/tokens.js';

const MINUTE_MS = 60_000;
/** How often what was counted is written down, in milliseconds. */
const FLUSH_MS = 10_000;
const KEEP_MS = 60 * MINUTE_MS;

/**
 * How many attempts ended at each instance, minute by minute, over all processes: from it operators are told how long what waits will take. Counted
 * in memory and written every few seconds; what a killed process had counted since is missing, and nothing depends on it.
 */
export class InstanceFlow {
  private counted = new Map<string, number>();
  private flushedAt: number;

  constructor(private readonly house: Pick<House, 'database' | 'clock'>) {
    this.flushedAt = house.clock.now().getTime();
  }

  /** An attempt has ended. */
  ended(instance: string): void {
    this.counted.set(instance, (this.counted.get(instance) ?? 0) + 1);
  }

  /** Writes down what was counted, when it is time to. */
  async flush(): Promise<void> {
    const now = this.house.clock.now().getTime();
    if (now - this.flushedAt < FLUSH_MS || this.counted.size === 0) return;
    const counted = this.counted;
    this.counted = new Map();
    const minute = new Date(Math.floor(now / MINUTE_MS) * MINUTE_MS);
    try {
      await this.house.database.query(ADD, [[...counted.keys()], [...counted.values()], minute]);
      this.flushedAt = now;
    } catch (error) {
      for (const [instance, count] of counted) this.counted.set(instance, (this.counted.get(instance) ?? 0) + count);
      throw error;
    }
    await this.house.database.query('DELETE FROM instance_flow WHERE minute < $1', [new Date(now - KEEP_MS)]);
  }
}

const ADD = `
  INSERT INTO instance_flow (instance, minute, ended) SELECT instance, $3, ended FROM unnest($1::text[], $2::int[]) AS f(instance, ended)
  ON CONFLICT (instance, minute) DO UPDATE SET ended = instance_flow.ended + excluded.ended`;
