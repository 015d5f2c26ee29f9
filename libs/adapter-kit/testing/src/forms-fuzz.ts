// SPDX-License-Identifier: EUPL-1.2
import type { JsonValue } from '@amtsbote/canonical';

/** Values that forms were never meant to hold, and hold all the same. */
export const HOSTILE: readonly JsonValue[] = [
  '\u0000',
  'vor\u0000nach',
  '\u202Egpj.exe',
  '\uD800',
  '\uFEFF',
  '__proto__',
  ' '.repeat(100_000),
  'ä'.repeat(50_000),
  '😀'.repeat(5_000),
  '=cmd|calc',
  '<script>alert(1)</script>',
  '${jndi:ldap://x}',
  "' OR 1=1 --",
  '31.02.2026',
  '1e999',
  -0,
  9_007_199_254_740_993,
  1e308,
  true,
  null,
  [],
  {},
  [[[[[]]]]],
  { constructor: { prototype: {} } },
];

/** A body with bytes changed, left out and put in: the same ones every time, so that a failure can be looked at again. */
export function* mutationsOf(bytes: Buffer, count: number): Generator<Buffer, void> {
  const next = numbers();
  const below = (limit: number): number => Math.floor(next() * limit);
  for (let number = 0; number < count; number += 1) {
    let changed = bytes;
    for (let edits = 1 + below(5); edits > 0; edits -= 1) {
      const at = below(changed.length);
      const added = Buffer.from(
        Array.from({ length: below(9) }, () => (next() < 0.5 ? '{}[]",:\\<>&;/='.charCodeAt(below(15)) : below(256))),
      );
      changed = Buffer.concat([changed.subarray(0, at), added, changed.subarray(at + below(9))]);
    }
    yield changed;
  }
}

/** Numbers from 0 to 1 (Park and Miller, "minimal standard"). */
function numbers(): () => number {
  let state = 20_261_128;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
