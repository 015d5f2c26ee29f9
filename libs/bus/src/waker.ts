// SPDX-License-Identifier: EUPL-1.2
import type { SqlRunner } from './bus.port.js';

/** NOTIFY channel; the payload is empty. */
export const WAKE_CHANNEL = 'amtsbote_wake';
/** Wakes within this time become one NOTIFY. */
const GATHER_MS = 10;

/**
 * Spreads the hint "there may be something to do": at once inside the process, by NOTIFY to the others. NOTIFY stays out of the write
 * transaction (it more than halves the rate of durable writes) and carries nothing.
 */
export class Waker {
  private readonly listeners = new Set<() => void>();
  private gathering: NodeJS.Timeout | undefined;

  constructor(private readonly sql: SqlRunner) {}

  /** Calls `listener` on every wake; returns how to stop that. */
  onWake(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** To be called after a commit that published something. */
  nudge(): void {
    this.wakeHere();
    this.gathering ??= setTimeout(() => {
      this.gathering = undefined;
      // A lost hint costs one poll interval; the database's own trouble shows where it matters.
      this.sql.query('SELECT pg_notify($1, $2)', [WAKE_CHANNEL, '']).catch(() => undefined);
    }, GATHER_MS).unref();
  }

  /** Wakes this process only: a hint that came from another one. */
  wakeHere(): void {
    for (const listener of this.listeners) listener();
  }

  close(): void {
    clearTimeout(this.gathering);
    this.listeners.clear();
  }
}
