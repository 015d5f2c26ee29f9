// SPDX-License-Identifier: EUPL-1.2
import { createHash, randomBytes } from 'node:crypto';
import { close, createReadStream, open as openFile, read } from 'node:fs';
import { type FileHandle, mkdir, open, opendir, rename, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';

import type { Clock } from '@amtsbote/canonical';

import { BlobMissing, BlobStore, BlobStoreFull, BlobTooLarge, type StoredBlob } from './blob-store.js';
import { PassingBytes } from './passing-bytes.js';

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** A file that is being written: its blob, when that began (milliseconds since 1970), and what tells its writer from others. */
const WRITING = /^[0-9a-f-]{36}\.(\d{1,15})-[0-9a-f]{12}\.writing$/;

/**
 * Blobs as files: `<directory>/<last two characters of the id>/<id>`. Written beside their place, synced, renamed, directory synced: a crash
 * leaves a whole file or a `.writing` file that the janitor removes. Readable by the hub's user only. Ages are told by the injected clock (law
 * 12): a finished file carries its time, and one that is being written, whose time of change is the machine's, carries it in its name.
 */
export class FileBlobStore extends BlobStore {
  private readonly made = new Set<string>();
  private readonly bytes = new PassingBytes();

  constructor(
    private readonly directory: string,
    private readonly clock: Clock,
    /** Opens files for writing; tests put a full disk in its place. */
    private readonly openFile: (path: string, flags: string, mode: number) => Promise<FileHandle> = open,
  ) {
    super();
  }

  override async put(id: string, source: Readable, bytesMax: number): Promise<StoredBlob> {
    const path = this.pathOf(id);
    // A name of its own for every writer: one that lost its lease may still be writing the same blob.
    const writing = `${path}.${this.clock.now().getTime()}-${randomBytes(6).toString('hex')}.writing`;
    try {
      const file = await this.create(writing);
      const stored = await this.write(file, source, bytesMax);
      await rename(writing, path);
      await syncDirectory(dirname(path));
      return { id, ...stored };
    } catch (error) {
      await rm(writing, { force: true }).catch(() => undefined);
      throw isFull(error) ? new BlobStoreFull('no space left for a blob', { cause: error }) : error;
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

  override async freeBytes(): Promise<number> {
    await mkdir(this.directory, { recursive: true, mode: 0o700 });
    const { bavail, bsize } = await statfs(this.directory);
    return bavail * bsize;
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
        const begun = WRITING.exec(file.name)?.[1];
        const at = begun === undefined ? await finishedAt(path) : Number(begun);
        if (at === undefined || at >= moment.getTime()) continue;
        if (begun !== undefined) await rm(path, { force: true });
        else if (ID.test(file.name)) yield file.name;
      }
    }
  }

  private async write(file: FileHandle, source: Readable, bytesMax: number): Promise<Omit<StoredBlob, 'id'>> {
    const hash = createHash('sha512');
    let size = 0;
    try {
      for await (const chunk of source as AsyncIterable<Buffer>) {
        size += chunk.length;
        if (size > bytesMax) throw new BlobTooLarge(bytesMax);
        hash.update(chunk);
        // Goes on after a write that took only a part, as the last one before a disk is full may.
        await file.writeFile(chunk);
        this.bytes.passed(chunk.length);
      }
      const now = this.clock.now();
      await file.utimes(now, now);
      await file.datasync();
    } finally {
      await file.close();
    }
    return { size, sha512: hash.digest('hex') };
  }

  private async create(path: string): Promise<FileHandle> {
    const shelf = dirname(path);
    await this.makeDirectory(shelf);
    try {
      return await this.openFile(path, 'w', 0o600);
    } catch (error) {
      // A shelf that was made once may have vanished: another volume was mounted, somebody tidied up.
      if (!this.made.delete(shelf) || !isNotThere(error)) throw error;
      await this.makeDirectory(shelf);
      return this.openFile(path, 'w', 0o600);
    }
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

/** `undefined` for a file that is gone meanwhile: renamed by its writer, or removed by another process. */
async function finishedAt(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mtime.getTime();
  } catch (error) {
    if (isNotThere(error)) return undefined;
    throw error;
  }
}

/** No space on the disk, or none left of a quota. */
function isFull(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}

function isNotThere(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT';
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
