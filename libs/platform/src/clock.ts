// SPDX-License-Identifier: EUPL-1.2
import { setTimeout as delay } from 'node:timers/promises';

import type { Clock } from '@amtsbote/canonical';

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => new Date(),
  sleep: async (ms, signal) => {
    await delay(ms, undefined, signal === undefined ? {} : { signal });
  },
};

/** A clock that only tests move: `advance` wakes every sleeper whose time has come. */
export class ManualClock implements Clock {
  private millis: number;
  private readonly sleepers = new Set<{ at: number; wake: () => void }>();

  constructor(start = '2026-01-31T10:00:00.000Z') {
    this.millis = Date.parse(start);
  }
  now(): Date {
    return new Date(this.millis);
  }
  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (ms <= 0) return;
    await new Promise<void>((resolve, reject) => {
      const aborted = (): void => {
        this.sleepers.delete(sleeper);
        reject(signal?.reason instanceof Error ? signal.reason : new Error('aborted'));
      };
      const wake = (): void => {
        signal?.removeEventListener('abort', aborted);
        resolve();
      };
      const sleeper = { at: this.millis + ms, wake };
      this.sleepers.add(sleeper);
      signal?.addEventListener('abort', aborted, { once: true });
    });
  }
  /** Moves time forward by `ms`; sleepers wake in the order of their times. */
  advance(ms: number): void {
    this.millis += ms;
    const due = [...this.sleepers].filter(({ at }) => at <= this.millis).sort((a, b) => a.at - b.at);
    for (const sleeper of due) {
      this.sleepers.delete(sleeper);
      sleeper.wake();
    }
  }
}
