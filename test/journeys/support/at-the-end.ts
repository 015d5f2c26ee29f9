// SPDX-License-Identifier: EUPL-1.2
import { afterEach } from '@jest/globals';

const ends: (() => Promise<unknown>)[] = [];

/** Stops a thing when the test is over, whatever the test did; things end in reverse order of beginning. */
export function atTheEnd<Thing extends { stop(): Promise<unknown> }>(thing: Thing): Thing {
  ends.push(() => thing.stop());
  return thing;
}

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
}, 60_000);
