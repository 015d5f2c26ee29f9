// SPDX-License-Identifier: EUPL-1.2
import type { Clock } from '@amtsbote/canonical';

/** @returns whether a promise was kept or broken within so many ms; whoever asks still has to look at it himself. */
export async function isSettledWithin(clock: Clock, ms: number, promise: Promise<unknown>): Promise<boolean> {
  const alarm = new AbortController();
  const settled = promise.then(
    () => true,
    () => true,
  );
  const late = clock.sleep(ms, alarm.signal).then(
    () => false,
    () => false,
  );
  const isSettled = await Promise.race([settled, late]);
  alarm.abort();
  return isSettled;
}
