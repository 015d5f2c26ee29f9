// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from '@jest/globals';

import { retryAfterMs } from './retry-after.js';

describe('retryAfterMs', () => {
  const now = new Date('2026-01-31T10:00:00.000Z');

  it.each([
    ['120', 120_000],
    [' 0 ', 0],
    ['Sat, 31 Jan 2026 10:01:30 GMT', 90_000],
    ['Sat, 31 Jan 2026 09:00:00 GMT', 0],
    ['999999999999', 3_600_000],
    ['Sun, 31 Jan 2027 10:00:00 GMT', 3_600_000],
  ])('reads %p as %p ms', (header, expected) => expect(retryAfterMs(header, now)).toBe(expected));

  it.each([undefined, '', 'soon', '-1', '1.5', '2026-01-31T10:00:00Z', 'Sat, what'])('knows no pause for %p', (header) =>
    expect(retryAfterMs(header, now)).toBeUndefined(),
  );
});
