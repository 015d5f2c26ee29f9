// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from '@jest/globals';

import { readTrigger, writeTrigger } from './topology.js';

describe('a trigger', () => {
  it('is read as it was written', () => {
    const trigger = { seq: '9007199254740993', fence: '2' };
    expect(readTrigger(writeTrigger(trigger))).toEqual(trigger);
  });

  it.each(['', ' ', '1', '1 ', '1 2 3', '-1 2', '1 2\n', '1e3 2', `${'9'.repeat(19)} 1`, '{"seq":1}', 'x'.repeat(10_000)])(
    'is not what somebody else put into the queue: %#',
    (content) => {
      expect(readTrigger(Buffer.from(content))).toBeUndefined();
    },
  );
});
