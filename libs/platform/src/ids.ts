// SPDX-License-Identifier: EUPL-1.2
import { randomFillSync } from 'node:crypto';

import type { Clock, Ids, Randomness } from '@amtsbote/canonical';

const POOL_BYTES = 8_192;
const pool = Buffer.alloc(POOL_BYTES);
let used = POOL_BYTES;

/**
 * Randomness of the operating system, fetched in larger pieces: an application needs a dozen ids, and fetching costs more than making them.
 * Bytes that were given out are wiped from the pool.
 */
export const systemRandomness: Randomness = {
  fraction: () => Math.random(),
  bytes: (count) => {
    if (count > POOL_BYTES) return randomFillSync(Buffer.alloc(count));
    if (used + count > POOL_BYTES) {
      randomFillSync(pool);
      used = 0;
    }
    const given = Buffer.from(pool.subarray(used, used + count));
    pool.fill(0, used, used + count);
    used += count;
    return given;
  },
};

/** Pseudo-random numbers from a seed (mulberry32), for tests that have to be repeatable. Not for secrets. */
export function seededRandomness(seed: number): Randomness {
  let state = seed >>> 0;
  const fraction = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return { fraction, bytes: (count) => Uint8Array.from({ length: count }, () => Math.floor(fraction() * 256)) };
}

/** UUIDv7 (RFC 9562, section 5.7): 48 bits of milliseconds, 74 random bits. */
export function uuidV7(clock: Clock, randomness: Randomness): Ids {
  return {
    uuid: () => {
      const bytes = Buffer.alloc(16);
      bytes.writeUIntBE(clock.now().getTime(), 0, 6);
      bytes.set(randomness.bytes(10), 6);
      bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
      bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
      const hex = bytes.toString('hex');
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
    },
  };
}
