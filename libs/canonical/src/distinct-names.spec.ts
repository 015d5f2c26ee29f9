// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from '@jest/globals';

import { distinctNames } from './attachment.js';

describe('distinctNames', () => {
  it('keeps names of the greatest length within 255 bytes when it numbers them', () => {
    const longest = `${'ä'.repeat(125)}x.pdf`;
    expect(Buffer.byteLength(longest)).toBe(255);
    const [first, second] = distinctNames([longest, longest]);
    expect(first).toBe(longest);
    expect(second).toBe(`${'ä'.repeat(123)} (2).pdf`);
  });
});
