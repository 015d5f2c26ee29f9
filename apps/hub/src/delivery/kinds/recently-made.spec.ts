// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from '@jest/globals';

import { RecentlyMade } from './recently-made.js';

describe('what was made lately', () => {
  let made = 0;
  const make = (text: string) => async () => {
    made += 1;
    return text;
  };
  const count = async (act: () => Promise<unknown>): Promise<number> => {
    const before = made;
    await act();
    return made - before;
  };
  const recently = (bytesMax: number) => new RecentlyMade<string>(bytesMax, ({ length }) => length);

  it('is not made again, as long as it depends on the same', async () => {
    const kept = recently(100);
    expect(await kept.get('a', make('one'))).toBe('one');
    expect(await count(() => kept.get('a', make('two')))).toBe(0);
    expect(await kept.get('a', make('two'))).toBe('one');
    expect(await kept.get('b', make('two'))).toBe('two');
  });

  it('is forgotten from the oldest on when it becomes too much', async () => {
    const kept = recently(10);
    for (const key of ['a', 'b', 'c']) await kept.get(key, make('1234'));
    expect([await count(() => kept.get('c', make(''))), await count(() => kept.get('b', make('')))]).toEqual([0, 0]);
    expect(await count(() => kept.get('a', make('1234')))).toBe(1);
  });

  it('is not kept when it alone is too much, and drives nothing else out', async () => {
    const kept = recently(10);
    await kept.get('a', make('1234'));
    await kept.get('large', make('12345678901'));
    expect([await count(() => kept.get('a', make(''))), await count(() => kept.get('large', make('')))]).toEqual([0, 1]);
  });

  it('is kept once when two make it at the same time, and not at all when making fails', async () => {
    const kept = recently(10);
    await Promise.all([kept.get('a', make('123456')), kept.get('a', make('123456'))]);
    await expect(kept.get('b', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    await kept.get('b', make('1234'));
    expect([await count(() => kept.get('a', make(''))), await count(() => kept.get('b', make('')))]).toEqual([0, 0]);
  });
});
