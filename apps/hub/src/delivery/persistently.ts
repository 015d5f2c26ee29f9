// SPDX-License-Identifier: EUPL-1.2
import type { Clock } from '@amtsbote/canonical';
import { isStoreTrouble } from '@amtsbote/store';

/** Pause before the next try while the store is away, in milliseconds. */
const PAUSE_MS = 500;

/**
 * Writes down how an attempt ended, again and again while the store is away (a restart, a failover): a step whose end is not written down
 * has to wait for the end of its lease. Repeating is harmless: the fence lets the second write of a result find nothing to do.
 * @param signal ends the repetition; then one last try is made.
 * @throws what the last try threw: anything but trouble of the store at once.
 */
export async function persistently<Result>(write: () => Promise<Result>, clock: Clock, signal: AbortSignal): Promise<Result> {
  for (;;) {
    const isLast = signal.aborted;
    try {
      return await write();
    } catch (error) {
      if (isLast || !isStoreTrouble(error)) throw error;
    }
    await clock.sleep(PAUSE_MS, signal).catch(() => undefined);
  }
}
