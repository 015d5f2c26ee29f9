// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';

import { ManualClock, seededRandomness, uuidV7 } from '@amtsbote/platform';
import { FileBlobStore } from '@amtsbote/store';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { type WithoutFiles, withoutFiles } from './inline-files.js';

const LIMITS = { bodyBytesMax: 200_000, attachmentBytesMax: 1_000_000, attachmentsMax: 3 };
const FILE = Buffer.from(Array.from({ length: 50_000 }, (_, index) => (index * 31 + (index >> 8)) % 256));

let directory: string;
let blobs: FileBlobStore;
const clock = new ManualClock();
const ids = uuidV7(clock, seededRandomness(1));
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'amtsbote-inline-'));
  blobs = new FileBlobStore(directory, clock);
});
afterEach(async () => rm(directory, { recursive: true, force: true }));

async function take(body: Buffer, sizes: readonly number[] = [1_000]): Promise<WithoutFiles> {
  async function* chunks(): AsyncGenerator<Buffer> {
    for (let [at, turn] = [0, 0]; at < body.length; turn += 1) {
      const size = sizes[turn % sizes.length] ?? 1;
      yield body.subarray(at, at + size);
      at += size;
    }
  }
  return withoutFiles(chunks(), { blobs, ids, limits: LIMITS, nonce: 'nonce' });
}
const stored = async (): Promise<number> =>
  (await readdir(directory, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).length;
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const base64 = FILE.toString('base64');

describe('files in a JSON body', () => {
  it.each([[[1_000]], [[1]], [[65_536]], [[3, 17_000, 1]]])('are decoded while they come in, in pieces of %p', async (sizes) => {
    const body = { a: 'kurz', files: [{ name: 'a "b" \\ c', base64 }, { url: `data:image/png;charset=x;base64,${base64}` }], z: 1 };
    const { json: left, files } = await take(json(body), sizes);
    expect(JSON.parse(left.toString('utf8'))).toEqual({
      a: 'kurz',
      files: [{ name: 'a "b" \\ c', base64: 'nonce-0' }, { url: 'nonce-1' }],
      z: 1,
    });
    expect(files).toMatchObject([
      { partName: 'nonce-0', size: FILE.length, mediaType: '', sha512: createHash('sha512').update(FILE).digest('hex') },
      { partName: 'nonce-1', size: FILE.length, mediaType: 'image/png' },
    ]);
    expect((await buffer(await blobs.open(files[0]?.id ?? ''))).equals(FILE)).toBe(true);
  });

  it('may have slashes that are escaped', async () => {
    const { files } = await take(Buffer.from(`{"f":"${base64.replaceAll('/', '\\/')}"}`), [7]);
    expect(files).toMatchObject([{ size: FILE.length, sha512: createHash('sha512').update(FILE).digest('hex') }]);
  });

  it.each([
    ['short', base64.slice(0, 10_000)],
    ['of other characters', 'Straße '.repeat(5_000)],
    ['that is no base64 late', `${base64} und noch etwas`],
    ['that is padded in its middle', `${base64.slice(0, 40_000)}==${base64.slice(0, 40_000)}`],
    ['that ends in the middle of a group', base64.slice(0, 40_001)],
    ['with bits that mean nothing', `${base64.slice(0, 40_000)}QR==`],
    ['with quotes and backslashes', '\\"\u0000'.repeat(6_000)],
  ])('are no text: one %s stays as it is', async (_what, text) => {
    const { json: left, files } = await take(json({ text, after: 1 }), [999]);
    expect(files).toEqual([]);
    expect(JSON.parse(left.toString('utf8'))).toEqual({ text, after: 1 });
    expect(await stored()).toBe(0);
  });

  it.each<[string, unknown, string]>([
    ['a file too large', { f: 'QUJD'.repeat(400_000) }, 'attachment-too-large'],
    ['too many files', { f: Array.from({ length: 4 }, () => base64) }, 'too-many-attachments'],
    ['answers too large', { f: base64, a: 'ä '.repeat(100_000) }, 'submission-too-large'],
    ['a file that turns out to be a text too large', { f: `${'QUJD'.repeat(200_000)}!` }, 'submission-too-large'],
    ['blanks without end', { f: base64, [' '.repeat(250_000)]: 1 }, 'submission-too-large'],
  ])('refuse %s, and nothing is left', async (_what, value, code) => {
    await expect(take(json(value), [10_000])).rejects.toMatchObject({ kind: 'tooLarge', code });
    expect(await stored()).toBe(0);
  });

  it('leave nothing when the sender goes away', async () => {
    async function* cut(): AsyncGenerator<Buffer> {
      yield json({ f: base64 }).subarray(0, 40_000);
      throw new Error('gone');
    }
    await expect(withoutFiles(cut(), { blobs, ids, limits: LIMITS, nonce: 'n' })).rejects.toThrow('gone');
    expect(await stored()).toBe(0);
  });

  it('are whole, or the body is as it was: whatever is sent, in whatever pieces', async () => {
    const value = fc.oneof(
      fc.string(),
      fc.constantFrom(base64, base64.slice(0, 30_000), `${base64}x`, `data:a/b;base64,${base64}`),
      fc.string({ unit: 'binary' }).map((text) => text.repeat(300)),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(value, { maxLength: 3 }),
        fc.array(fc.integer({ min: 1, max: 20_000 }), { minLength: 1, maxLength: 4 }),
        async (values, sizes) => {
          const { json: left, files } = await take(json(values), sizes);
          const back = (JSON.parse(left.toString('utf8')) as string[]).map(async (text) => {
            const file = files.find(({ partName }) => partName === text);
            if (file === undefined) return text;
            const prefix = file.mediaType === '' ? '' : `data:${file.mediaType};base64,`;
            return prefix + (await buffer(await blobs.open(file.id))).toString('base64');
          });
          expect(await Promise.all(back)).toEqual(values);
        },
      ),
      { numRuns: 60 },
    );
  });
});
