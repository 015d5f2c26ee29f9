// SPDX-License-Identifier: EUPL-1.2
import type { Readable } from 'node:stream';

/** What was stored. */
export interface StoredBlob {
  readonly id: string;
  readonly size: number;
  /** Lower-case hex. */
  readonly sha512: string;
}

/** Thrown while streaming when a blob grows over its limit; what was written is gone again. */
export class BlobTooLarge extends Error {
  override readonly name = 'BlobTooLarge';
  constructor(readonly bytesMax: number) {
    super(`larger than ${bytesMax} bytes`);
  }
}

/** Thrown when the disk (or a quota) has no space left for a blob; what was written of it is gone again. */
export class BlobStoreFull extends Error {
  override readonly name = 'BlobStoreFull';
  /** As the file system says it: the hub's store could not do its part at this moment. */
  readonly code = 'ENOSPC';
}

/** Thrown when bytes asked for are not there: a damaged store, never silently an empty file. */
export class BlobMissing extends Error {
  override readonly name = 'BlobMissing';
}

/** Holds the bytes of attachments outside the database (claim check, law 8). */
export abstract class BlobStore {
  /**
   * Streams bytes in; when it resolves they are on disk for good (fsync). Whatever goes wrong, nothing half-written remains.
   * @throws BlobTooLarge over `bytesMax`; BlobStoreFull; the source's own error.
   */
  abstract put(id: string, source: Readable, bytesMax: number): Promise<StoredBlob>;
  /** Streams bytes out, optionally a range (`end` inclusive). @throws BlobMissing */
  abstract open(id: string, range?: { readonly start: number; readonly end: number }): Promise<Readable>;
  /** Space that is left for blobs, in bytes. */
  abstract freeBytes(): Promise<number>;
  /** Deletes; unknown ids are no error. */
  abstract remove(id: string): Promise<void>;
  /** Ids of blobs stored before this moment of the injected clock, for the janitor; what was begun before it and never finished is removed. */
  abstract listOlderThan(moment: Date): AsyncIterable<string>;
}
