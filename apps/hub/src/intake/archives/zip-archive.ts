// SPDX-License-Identifier: EUPL-1.2
import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';

import type { BlobStore } from '@amtsbote/store';
import * as yauzl from 'yauzl';

/** What an archive may hold; bombs say no, or are found out while they are unpacked. */
export interface ArchiveLimits {
  readonly entriesMax: number;
  /** Bytes of one entry, and of all, unpacked. */
  readonly entryBytesMax: number;
  readonly totalBytesMax: number;
  /** How often larger an entry may be than in the archive; texts reach twenty, bombs a thousand. */
  readonly ratioMax: number;
}

/** Why an archive is not unpacked; it stays what it is, a file. */
export type ArchiveFault = 'damaged' | 'encrypted' | 'too-many-entries' | 'too-large' | 'bomb' | 'overlapping' | 'name-too-long';

export class ArchiveRefused extends Error {
  override readonly name = 'ArchiveRefused';
  constructor(readonly fault: ArchiveFault) {
    super(`the archive is not unpacked: ${fault}`);
  }
}

/** A file of an archive. */
export interface ArchiveEntry {
  /** As the archive has it, with its path; not cleaned. */
  readonly name: string;
  readonly size: number;
  open(): Promise<Readable>;
}

const NAME_LENGTH_MAX = 1_000;
/** Smaller entries are no bombs, whatever their ratio: a short text of one letter. */
const RATIO_FROM_BYTES = 100_000;
const UTF8_FLAG = 0x800;

/**
 * Opens a ZIP that lies in the blob store; everything it says of itself is checked before the first byte is unpacked, and again while it is.
 * Directories and empty names are no files. Archives in archives stay closed.
 * @param act gets the files; the archive is open as long as it runs.
 * @throws ArchiveRefused; whatever `act` throws.
 */
export async function withArchive<Result>(
  blobs: BlobStore,
  { id, size }: { readonly id: string; readonly size: number },
  limits: ArchiveLimits,
  act: (entries: readonly ArchiveEntry[]) => Promise<Result>,
): Promise<Result> {
  const zip = await opened(blobs, id, size);
  try {
    const entries = await entriesIn(zip, size, limits);
    return await act(entries.map((entry) => ({ name: nameOf(entry), size: entry.uncompressedSize, open: () => unpacked(zip, entry) })));
  } finally {
    zip.close();
  }
}

async function opened(blobs: BlobStore, id: string, size: number): Promise<yauzl.ZipFile> {
  const options = { autoClose: false, lazyEntries: true, decodeStrings: false, validateEntrySizes: true };
  return yauzl.fromRandomAccessReaderPromise(new BlobReader(blobs, id), size, options).catch(damaged);
}

async function entriesIn(zip: yauzl.ZipFile, archiveBytes: number, limits: ArchiveLimits): Promise<yauzl.Entry[]> {
  if (zip.entryCount > limits.entriesMax * 2) throw new ArchiveRefused('too-many-entries');
  const files: yauzl.Entry[] = [];
  let [total, packed] = [0, 0];
  try {
    for await (const entry of zip.eachEntry()) {
      if (nameOf(entry).endsWith('/')) continue;
      total += entry.uncompressedSize;
      packed += entry.compressedSize;
      checkEntry(entry, limits);
      files.push(entry);
      if (files.length > limits.entriesMax) throw new ArchiveRefused('too-many-entries');
    }
  } catch (error) {
    return damaged(error);
  }
  if (total > limits.totalBytesMax) throw new ArchiveRefused('too-large');
  // Several entries that share their bytes: how a small archive becomes a large one without a high ratio.
  if (packed > archiveBytes) throw new ArchiveRefused('overlapping');
  return files;
}

function checkEntry(entry: yauzl.Entry, { entryBytesMax, ratioMax }: ArchiveLimits): void {
  if (entry.isEncrypted()) throw new ArchiveRefused('encrypted');
  if (!entry.canDecodeFileData()) throw new ArchiveRefused('damaged');
  if (nameOf(entry).length > NAME_LENGTH_MAX) throw new ArchiveRefused('name-too-long');
  const { uncompressedSize, compressedSize } = entry;
  if (uncompressedSize > entryBytesMax) throw new ArchiveRefused('too-large');
  if (uncompressedSize > RATIO_FROM_BYTES && uncompressedSize > compressedSize * ratioMax) throw new ArchiveRefused('bomb');
}

/** The bytes of an entry; the stream fails when they are more, fewer or others than the archive says. */
async function unpacked(zip: yauzl.ZipFile, entry: yauzl.Entry): Promise<Readable> {
  const source = await zip.openReadStreamPromise(entry).catch(damaged);
  return Readable.from(checkedBytes(source, entry.crc32), { objectMode: false });
}

async function* checkedBytes(source: AsyncIterable<Buffer>, expected: number): AsyncGenerator<Buffer, void> {
  let sum = 0;
  try {
    for await (const chunk of source) {
      sum = crc32(chunk, sum);
      yield chunk;
    }
  } catch (error) {
    damaged(error);
  }
  if (sum !== expected) throw new ArchiveRefused('damaged');
}

/** UTF-8 where it says so, or where it can be nothing else; else as DOS wrote it. */
function nameOf({ fileNameRaw, generalPurposeBitFlag, extraFields }: yauzl.Entry): string {
  try {
    if ((generalPurposeBitFlag & UTF8_FLAG) === 0) return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(fileNameRaw);
  } catch {
    // Said below.
  }
  return yauzl.getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, false);
}

function damaged(error: unknown): never {
  throw error instanceof ArchiveRefused ? error : new ArchiveRefused('damaged');
}

/** Reads ranges of a blob. */
class BlobReader extends yauzl.RandomAccessReader {
  constructor(
    private readonly blobs: BlobStore,
    private readonly id: string,
  ) {
    super();
  }

  override _readStreamForRange(start: number, end: number): Readable {
    const through = new PassThrough();
    this.blobs.open(this.id, { start, end: end - 1 }).then(
      (source) => {
        pipeline(source, through).catch((error: unknown) => through.destroy(error as Error));
      },
      (error: unknown) => through.destroy(error as Error),
    );
    return through;
  }
}
