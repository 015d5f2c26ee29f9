// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { ManualClock } from './clock.js';
import { seededRandomness, systemRandomness, uuidV7 } from './ids.js';

describe('uuidV7', () => {
  it('carries the milliseconds in front, version and variant in their places (RFC 9562, section 5.7)', () => {
    const clock = new ManualClock('2022-02-22T19:22:22.000Z');
    const ids = uuidV7(clock, { fraction: () => 0, bytes: (count) => new Uint8Array(count).fill(0xff) });
    expect(ids.uuid()).toBe('017f22e2-79b0-7fff-bfff-ffffffffffff');
    const zeros = uuidV7(clock, { fraction: () => 0, bytes: (count) => new Uint8Array(count) });
    expect(zeros.uuid()).toBe('017f22e2-79b0-7000-8000-000000000000');
  });

  it('is always a UUID of version 7', () => {
    const ids = uuidV7(new ManualClock(), systemRandomness);
    for (let n = 0; n < 1_000; n += 1) expect(ids.uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('sorts by time', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e12 }), (ms) => {
        const clock = new ManualClock();
        const ids = uuidV7(clock, systemRandomness);
        const earlier = ids.uuid();
        clock.advance(ms);
        expect(earlier < ids.uuid()).toBe(true);
      }),
    );
  });

  it('gives no id twice in one millisecond', () => {
    const ids = uuidV7(new ManualClock(), systemRandomness);
    expect(new Set(Array.from({ length: 10_000 }, () => ids.uuid())).size).toBe(10_000);
  });
});

describe('seededRandomness', () => {
  it('repeats itself for the same seed, and differs for another', () => {
    const draw = (seed: number): number[] => {
      const randomness = seededRandomness(seed);
      return Array.from({ length: 20 }, () => randomness.fraction());
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
  });

  it('stays in its ranges and reaches all of them', () => {
    const randomness = seededRandomness(3);
    const fractions = Array.from({ length: 2_000 }, () => randomness.fraction());
    expect(fractions.every((one) => one >= 0 && one < 1)).toBe(true);
    expect(new Set(fractions.map((one) => Math.floor(one * 10))).size).toBe(10);
    expect(new Set(randomness.bytes(5_000)).size).toBe(256);
    expect(randomness.bytes(3)).toHaveLength(3);
  });
});
