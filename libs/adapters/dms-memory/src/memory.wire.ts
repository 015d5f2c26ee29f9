// SPDX-License-Identifier: EUPL-1.2

/** An object to be stored. The archive keeps one object per key: storing again under a key replaces what is there and keeps its id. */
export type ObjectDraft = {
  kind: 'akte' | 'vorgang' | 'document';
  key: string;
  /** Id of the object it lies in; null for an Akte. */
  parentId: string | null;
  title: string;
  properties: Record<string, string>;
};

/** A stored object. Of content only length and SHA-512 are kept. */
export type StoredObject = ObjectDraft & { id: string; size: number; sha512: string };

/** A document that a clerk has put into the outbox of a Vorgang; unlike those that are filed it keeps its bytes. */
export type StoredAnswer = {
  id: string;
  vorgangId: string;
  fileName: string;
  mediaType: string;
  mark: string | undefined;
  /** Number of the change that brought these bytes. */
  change: number;
  placedAt: Date;
  bytes: Buffer;
  sha512: string;
  isTaken: boolean;
};

/** The archive's own words for a no. */
export type ArchiveErrorCode = 'ACCESS_DENIED' | 'AKTE_CLOSED' | 'BUSY' | 'INTERNAL' | 'GARBLED';

/** How the archive fails when it answers at all. */
export class ArchiveError extends Error {
  override readonly name = 'ArchiveError';
  constructor(
    readonly code: ArchiveErrorCode,
    /** With `BUSY`: when to come back, in milliseconds. */
    readonly retryAfterMs?: number,
  ) {
    super(code);
  }
}
