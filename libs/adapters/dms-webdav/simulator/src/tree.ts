// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';

/** Files up to this size keep their bytes, in bytes; of larger ones only length and hash are remembered. */
const KEPT_BYTES_MAX = 1024 * 1024;

/** A file of the simulated server. */
export interface StoredFile {
  readonly size: number;
  readonly sha512: string;
  readonly mediaType: string;
  /** Null for large ones. */
  readonly bytes: Buffer | null;
}
/** A file as it lies there: a move keeps its time and version. */
export interface PlacedFile extends StoredFile {
  readonly version: number;
  readonly modified: Date;
}
export type Entry = 'folder' | PlacedFile;

/** Files and folders by path, `/a/b` without a slash at the end; the root is the empty path. */
export class Tree {
  readonly entries = new Map<string, Entry>([['', 'folder']]);
  /** Grows with every change. */
  changes = 0;

  get(path: string): Entry | undefined {
    return this.entries.get(path);
  }
  put(path: string, entry: Entry): void {
    this.entries.set(path, entry);
    this.changes += 1;
  }
  /** New bytes at a path. */
  write(path: string, file: StoredFile): void {
    this.put(path, { ...file, version: this.changes + 1, modified: new Date() });
  }
  remove(path: string): void {
    for (const key of [...this.entries.keys()].filter((one) => one === path || one.startsWith(`${path}/`))) this.entries.delete(key);
    this.changes += 1;
  }
  hasParentOf(path: string): boolean {
    return this.entries.get(path.slice(0, path.lastIndexOf('/'))) === 'folder';
  }
  /** Paths of what lies directly in a folder. */
  childrenOf(path: string): string[] {
    return [...this.entries.keys()].filter((key) => key !== path && key.slice(0, key.lastIndexOf('/')) === path && key !== '');
  }
}

/** Takes a file's bytes in, in constant memory. @param shortBy bytes at the end that are lost without a word. */
export async function stored(chunks: AsyncIterable<Buffer>, mediaType: string, shortBy = 0): Promise<StoredFile> {
  const hash = createHash('sha512');
  const kept: Buffer[] = [];
  let size = 0;
  for await (const chunk of withoutLast(chunks, shortBy)) {
    hash.update(chunk);
    size += chunk.length;
    if (size <= KEPT_BYTES_MAX) kept.push(chunk);
  }
  return { size, sha512: hash.digest('hex'), mediaType, bytes: size <= KEPT_BYTES_MAX ? Buffer.concat(kept) : null };
}

async function* withoutLast(chunks: AsyncIterable<Buffer>, count: number): AsyncGenerator<Buffer> {
  let held = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const all = count === 0 ? chunk : Buffer.concat([held, chunk]);
    yield all.subarray(0, all.length - count);
    held = count === 0 ? held : Buffer.from(all.subarray(Math.max(0, all.length - count)));
  }
}
