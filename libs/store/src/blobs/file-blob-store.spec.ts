// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';
import { type FileHandle, mkdtemp, open, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';

import { ManualClock } from '@amtsbote/platform';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { FileBlobStore } from './file-blob-store.js';

const ID = '0192f0a0-0000-7000-8000-0000000000a1';
const OTHER = '0192f0a0-0000-7000-8000-0000000000b2';
const HOUR_MS = 3_600_000;
const FUTURE = new Date('2100-01-01T00:00:00.000Z');

describe('FileBlobStore', () => {
  let directory: string;
  let store: FileBlobStore;
  let clock: ManualClock;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'amtsbote-blobs-'));
    clock = new ManualClock();
    store = new FileBlobStore(directory, clock);
  });
  afterEach(async () => rm(directory, { recursive: true }));

  const files = async (): Promise<string[]> => {
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  };
  const read = async (range?: { start: number; end: number }): Promise<string> =>
    Buffer.concat((await (await store.open(ID, range)).toArray()) as Buffer[]).toString();
  const listed = async (moment = FUTURE): Promise<string[]> => {
    const ids: string[] = [];
    for await (const id of store.listOlderThan(moment)) ids.push(id);
    return ids.sort();
  };

  it('gives back what it was given, with size and SHA-512', async () => {
    const chunks = [Buffer.from('eins '), Buffer.from('zwei '), Buffer.from('drei')];
    const stored = await store.put(ID, Readable.from(chunks), 100);
    const sha512 = createHash('sha512').update(Buffer.concat(chunks)).digest('hex');
    expect(stored).toEqual({ id: ID, size: 14, sha512 });
    await expect(read()).resolves.toBe('eins zwei drei');
  });

  it('keeps an empty file', async () => {
    await expect(store.put(ID, Readable.from([]), 0)).resolves.toMatchObject({ size: 0 });
    await expect(read()).resolves.toBe('');
  });

  it('streams a range, both ends included', async () => {
    await store.put(ID, Readable.from([Buffer.from('0123456789')]), 100);
    await expect(read({ start: 2, end: 4 })).resolves.toBe('234');
    await expect(read({ start: 9, end: 9 })).resolves.toBe('9');
  });

  it('leaves nothing of a source that fails in the middle', async () => {
    const cut = Readable.from(
      (async function* () {
        yield Buffer.from('half');
        throw new Error('the sender went away');
      })(),
    );
    await expect(store.put(ID, cut, 100)).rejects.toThrow('the sender went away');
    await expect(files()).resolves.toEqual([]);
    await expect(store.open(ID)).rejects.toMatchObject({ name: 'BlobMissing' });
  });

  it.each(['ENOSPC', 'EDQUOT'])(
    'leaves nothing of a blob for which there is no space (%s), says so, and takes the next one',
    async (code) => {
      let left = 10;
      const almostFull = async (path: string, flags: string, mode: number): Promise<FileHandle> => {
        const file = await open(path, flags, mode);
        const write = file.writeFile.bind(file);
        file.writeFile = async (chunk) => {
          left -= (chunk as Buffer).length;
          // The last write before a disk is full takes a part.
          if (left >= 0) return write(chunk);
          await write('part');
          throw Object.assign(new Error('no space left on device'), { code });
        };
        return file;
      };
      const full = new FileBlobStore(directory, clock, almostFull);
      const source = (): Readable => Readable.from([Buffer.from('eins '), Buffer.from('zwei '), Buffer.from('drei')]);
      await expect(full.put(ID, source(), 100)).rejects.toMatchObject({ name: 'BlobStoreFull', code: 'ENOSPC' });
      await expect(files()).resolves.toEqual([]);
      left = 100;
      await expect(full.put(ID, source(), 100)).resolves.toMatchObject({ size: 14 });
    },
  );

  it('knows how much space is left, before it has kept anything as well', async () => {
    await expect(new FileBlobStore(join(directory, 'new', 'below'), clock).freeBytes()).resolves.toBeGreaterThan(0);
  });

  it('leaves nothing of a source that is torn away without an error', async () => {
    const source = new Readable({ read: () => undefined });
    source.push(Buffer.from('half'));
    const putting = store.put(ID, source, 100);
    setTimeout(() => source.destroy(), 50);
    await expect(putting).rejects.toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' });
    await expect(files()).resolves.toEqual([]);
  });

  it('stops at the limit, leaves nothing, and takes exactly the limit', async () => {
    let read = 0;
    const endless = Readable.from(
      (async function* () {
        for (;;) {
          read += 10;
          yield Buffer.alloc(10);
        }
      })(),
    );
    await expect(store.put(ID, endless, 95)).rejects.toMatchObject({ name: 'BlobTooLarge', bytesMax: 95 });
    expect(read).toBeLessThan(500);
    await expect(files()).resolves.toEqual([]);
    await expect(store.put(ID, Readable.from([Buffer.alloc(95)]), 95)).resolves.toMatchObject({ size: 95 });
  });

  it('keeps one whole content when two write the same blob at the same time', async () => {
    const slow = (letter: string): Readable =>
      Readable.from(
        (async function* () {
          for (let n = 0; n < 20; n += 1) {
            yield Buffer.from(letter.repeat(1_000));
            await new Promise((resolve) => setTimeout(resolve, 1));
          }
        })(),
      );
    const [a, b] = await Promise.all([store.put(ID, slow('a'), 1e6), store.put(ID, slow('b'), 1e6)]);
    const content = await read();
    expect([a.sha512, b.sha512]).toContain(createHash('sha512').update(content).digest('hex'));
    await expect(files()).resolves.toEqual([ID]);
  });

  it('removes, and finds nothing wrong with removing again', async () => {
    await store.put(ID, Readable.from([Buffer.from('x')]), 10);
    await store.remove(ID);
    await store.remove(ID);
    await expect(files()).resolves.toEqual([]);
  });

  it.each(['../../etc/passwd', '', `${ID}/x`, ID.toUpperCase(), `${ID}.x.writing`])(
    'opens nothing for %j, which is no blob id',
    async (id) => {
      await expect(store.open(id)).rejects.toMatchObject({ name: 'BlobMissing' });
      await expect(store.put(id, Readable.from([]), 1)).rejects.toMatchObject({ name: 'BlobMissing' });
      await expect(store.remove(id)).rejects.toMatchObject({ name: 'BlobMissing' });
    },
  );

  it('is readable by its own user only', async () => {
    await store.put(ID, Readable.from([Buffer.from('x')]), 10);
    expect((await stat(join(directory, ID.slice(-2), ID))).mode & 0o077).toBe(0);
    expect((await stat(join(directory, ID.slice(-2)))).mode & 0o077).toBe(0);
  });

  it('lists what is older than a moment, and clears away what a crash left half-written', async () => {
    await store.put(ID, Readable.from([Buffer.from('x')]), 10);
    const left = join(directory, ID.slice(-2), `${ID}.${clock.now().getTime()}-0123456789ab.writing`);
    await writeFile(left, 'half');
    clock.advance(HOUR_MS);
    const later = clock.now();
    await store.put(OTHER, Readable.from([Buffer.from('x')]), 10);
    await writeFile(join(directory, ID.slice(-2), `${ID}.${later.getTime()}-ba9876543210.writing`), 'of now');
    await expect(listed(later)).resolves.toEqual([ID]);
    expect((await files()).filter((name) => name.endsWith('.writing'))).toEqual([`${ID}.${later.getTime()}-ba9876543210.writing`]);
  });

  it('leaves a file alone that is being written while the clock is ahead of the machine, and goes by the clock when it is finished', async () => {
    clock.advance(Date.now() - clock.now().getTime() + 48 * HOUR_MS);
    const begun = clock.now();
    const source = new Readable({ read: () => undefined });
    const putting = store.put(ID, source, 100);
    source.push(Buffer.from('slow'));
    clock.advance(HOUR_MS);
    await expect(listed(begun)).resolves.toEqual([]);
    source.push(null);
    await expect(putting).resolves.toMatchObject({ size: 4 });
    await expect(listed(clock.now())).resolves.toEqual([]);
    await expect(listed(new Date(clock.now().getTime() + 1))).resolves.toEqual([ID]);
  });

  it('goes on listing when files vanish meanwhile', async () => {
    const ids = Array.from({ length: 40 }, (_, n) => `0192f0a0-0000-7000-8000-${String(n).padStart(10, '0')}aa`);
    for (const id of ids) await store.put(id, Readable.from([Buffer.from('x')]), 10);
    const seen: string[] = [];
    for await (const id of store.listOlderThan(FUTURE)) {
      seen.push(id);
      // Another process's janitor is faster.
      await Promise.all(ids.map((other) => store.remove(other)));
    }
    expect(seen.length).toBeGreaterThan(0);
    await expect(files()).resolves.toEqual([]);
  });

  it('knows nothing in a directory that nobody has made yet', async () => {
    await expect(
      new FileBlobStore(join(directory, 'new'), clock).listOlderThan(FUTURE)[Symbol.asyncIterator]().next(),
    ).resolves.toMatchObject({
      done: true,
    });
  });
});
