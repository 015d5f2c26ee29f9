// SPDX-License-Identifier: EUPL-1.2
import type { Clock } from '@amtsbote/canonical';

/** A clock that runs with the machine's, and can be moved forward by days: whoever sleeps beyond his time wakes at once. */
export class JumpingClock implements Clock {
  private offsetMs = 0;
  private readonly sleepers = new Set<() => void>();

  readonly nowMs = (): number => Date.now() + this.offsetMs;

  now(): Date {
    return new Date(this.nowMs());
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const until = this.nowMs() + ms;
    await new Promise<void>((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined;
      const done = (): void => {
        clearTimeout(timer);
        this.sleepers.delete(look);
        signal?.removeEventListener('abort', abort);
      };
      const look = (): void => {
        const left = until - this.nowMs();
        clearTimeout(timer);
        if (left > 0) timer = setTimeout(look, left);
        else {
          done();
          resolve();
        }
      };
      const abort = (): void => {
        done();
        reject(new Error('aborted'));
      };
      if (signal?.aborted === true) {
        reject(new Error('aborted'));
        return;
      }
      signal?.addEventListener('abort', abort, { once: true });
      this.sleepers.add(look);
      look();
    });
  }

  /** Moves time forward. */
  jump(ms: number): void {
    this.offsetMs += ms;
    for (const look of [...this.sleepers]) look();
  }
}
