// SPDX-License-Identifier: EUPL-1.2
import { Readable } from 'node:stream';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { startHouse, type TestHouse } from '../../../../test/support/house.js';
import { BlobJanitor } from './janitor.js';

const DAY_MS = 24 * 60 * 60 * 1_000;

describe('the janitor of blobs', () => {
  let house: TestHouse;
  beforeEach(async () => {
    house = await startHouse();
  });
  afterEach(async () => house.close());

  const put = (n: number): Promise<unknown> =>
    house.house.blobs.put(`0192f0a0-0000-7000-8000-00000000000${n}`, Readable.from([Buffer.from('x')]), 10);
  const left = async (): Promise<string[]> => {
    const ids: string[] = [];
    for await (const id of house.house.blobs.listOlderThan(new Date('2200-01-01T00:00:00.000Z'))) ids.push(id);
    return ids;
  };

  it('removes what nobody owns after a day, and keeps what belongs to an application', async () => {
    await put(1);
    await put(2);
    await house.submit({ attachments: [{ name: 'a.pdf', mediaType: 'application/pdf', purpose: 'attachment', bytes: Buffer.from('a') }] });
    const [owned] = await house.query<{ id: string }>('SELECT id FROM attachment');
    house.clock.advance(DAY_MS + 60_000);
    await expect(new BlobJanitor(house.house).sweep()).resolves.toBe(2);
    await expect(left()).resolves.toEqual([owned?.id]);
  });

  it('keeps what may belong to a submission that is still being stored', async () => {
    await put(1);
    house.clock.advance(DAY_MS - 60_000);
    await expect(new BlobJanitor(house.house).sweep()).resolves.toBe(0);
    await expect(left()).resolves.toHaveLength(1);
  });

  it('ends when told, also in the middle of its pause', async () => {
    const janitor = new BlobJanitor(house.house);
    janitor.start();
    await janitor.finish();
  });
});
