// SPDX-License-Identifier: EUPL-1.2
import type { Clock } from '@amtsbote/canonical';

/** The longest time that something may take, by the clock of the house. */
export class TimeLimit {
  private readonly over = new AbortController();
  private readonly lifted = new AbortController();

  /**
   * @param ms from now on, in milliseconds.
   * @param gone ends the waiting: the process leaves, and nobody is there any more to heed it.
   */
  constructor(clock: Clock, ms: number, gone: AbortSignal) {
    clock.sleep(ms, AbortSignal.any([this.lifted.signal, gone])).then(
      () => this.over.abort(new DOMException(`It took longer than ${ms} ms.`, 'TimeoutError')),
      () => undefined,
    );
  }

  /** Fires when the time is over. */
  get signal(): AbortSignal {
    return this.over.signal;
  }

  /** It came to its end in time. */
  lift(): void {
    this.lifted.abort();
  }
}
