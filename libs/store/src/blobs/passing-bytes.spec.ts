// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from '@jest/globals';

import { PassingBytes } from './passing-bytes.js';

const MIB = 1024 * 1024;

describe('passing bytes', () => {
  it('ask for a collection after every eight mebibytes', () => {
    let collections = 0;
    const bytes = new PassingBytes(() => (collections += 1));
    for (let piece = 0; piece < 1_024; piece += 1) bytes.passed(64 * 1024);
    expect(collections).toBe(8);
  });

  it('let dead buffers go at once', () => {
    const bytes = new PassingBytes();
    const before = process.memoryUsage().arrayBuffers;
    for (let piece = 0; piece < 128; piece += 1) bytes.passed(Buffer.alloc(MIB).length);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32 * MIB);
  });
});
