// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';
import { close, createReadStream, open as openFile, read } from 'node:fs';
import { type FileHandle, mkdir, open, opendir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';

import { BlobMissing, BlobStore, BlobTooLarge, type StoredBlob } from './blob-store.js';
import { PassingBytes } from './passing-bytes.js';

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const WRITING = '.writing';

/**
 * Blobs as files: `<directory>/<last two characters of the id>/<id>`. Written beside their place, synced, renamed, directory synced: a crash
 * leaves a whole file or a `.writing` file that the janitor removes. Readable by the hub's user only.
 */
export class FileBlobStore extends BlobStore {
  private readonly made = new Set<string>();
  private readonly bytes = new PassingBytes();

  constructor(private readonly directory: string) {
    super();
  }

  override async put(id: string, source: Readable, bytesMax: number): Promise<StoredBlob> {
    const path = this.pathOf(id);
    const writing = path + WRITING;
    await this.makeDirectory(dirname(path));
    try {
      const stored = await this.write(writing, source, bytesMax);
      await rename(writing, path);
      await syncDirectory(dirname(path));
      return { id, ...stored };
    } catch (error) {
      await rm(writing, { force: true });
      throw error;
    }
  }

  override async open(id: string, range?: { readonly start: number; readonly end: number }): Promise<Readable> {
    const path = this.pathOf(id);
    try {
      await stat(path);
    } catch (error) {
      throw new BlobMissing(`blob ${id} is not in the store`, { cause: error });
    }
    return createReadStream(path, { ...range, fs: this.countingReads });
  }

  override async remove(id: string): Promise<void> {
    await rm(this.pathOf(id), { force: true });
  }

  override async *listOlderThan(moment: Date): AsyncIterable<string> {
    await mkdir(this.directory, { recursive: true, mode: 0o700 });
    for await (const shelf of await opendir(this.directory)) {
      if (!shelf.isDirectory()) continue;
      for await (const file of await opendir(join(this.directory, shelf.name))) {
        const path = join(this.directory, shelf.name, file.name);
        if ((await stat(path)).mtime >= moment) continue;
        if (file.name.endsWith(WRITING)) await rm(path, { force: true });
        else if (ID.test(file.name)) yield file.name;
      }
    }
  }

  private async write(path: string, source: Readable, bytesMax: number): Promise<Omit<StoredBlob, 'id'>> {
    const hash = createHash('sha512');
    let size = 0;
    const file: FileHandle = await open(path, 'w', 0o600);
    try {
      for await (const chunk of source as AsyncIterable<Buffer>) {
        size += chunk.length;
        if (size > bytesMax) throw new BlobTooLarge(bytesMax);
        hash.update(chunk);
        await file.write(chunk);
        this.bytes.passed(chunk.length);
      }
      await file.datasync();
    } finally {
      await file.close();
    }
    return { size, sha512: hash.digest('hex') };
  }

  /** Reads as streams read by themselves, and tells of every read. */
  private readonly countingReads = {
    open: openFile,
    close,
    /** `fd, buffer, offset, length, position, callback` */
    read: (...given: unknown[]) => {
      this.bytes.passed(Number(given[3]));
      Reflect.apply(read, undefined, given);
    },
  };

  private pathOf(id: string): string {
    if (!ID.test(id)) throw new BlobMissing('not a blob id');
    // The last characters are random in a UUIDv7, the first ones are the time: they would fill one shelf a day.
    return join(this.directory, id.slice(-2), id);
  }

  private async makeDirectory(directory: string): Promise<void> {
    if (this.made.has(directory)) return;
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await syncDirectory(dirname(directory));
    this.made.add(directory);
  }
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
