// SPDX-License-Identifier: EUPL-1.2
import type { Readable } from 'node:stream';

/** Names below the configured folder. */
export type Segments = readonly string[];

/** What is to lie under a name. */
export interface KeptContent {
  readonly size: number;
  readonly mediaType: string;
  readonly body: Readable | string;
}

/**
 * The other side of a filing into folders: a server that keeps files under names. Failures are the client's own; whoever calls translates
 * them. Two promises make filing safe: a folder is never made twice, and `rename` never writes over anything, whoever else is at work.
 */
export interface FolderKeeper {
  /** What is there; undefined = nothing. */
  look(at: Segments, kind: 'file' | 'folder'): Promise<{ readonly isFolder: boolean; readonly size: number | null } | undefined>;
  /** Names of what lies in a folder. */
  list(at: Segments): Promise<string[]>;
  /** Makes a folder. @returns false when something has this name already. */
  makeFolder(at: Segments): Promise<boolean>;
  /** Writes a file, streamed; an older one of this name is replaced. */
  write(at: Segments, content: KeptContent): Promise<void>;
  /** Gives a file its name. @returns false when something has this name already, or when there is nothing to be renamed any more. */
  rename(from: Segments, to: Segments): Promise<boolean>;
  /** Removes a file, if it is there. */
  remove(at: Segments): Promise<void>;
  /** A small file's content; undefined = it is not there. */
  read(at: Segments): Promise<Buffer | undefined>;
  /** SHA-512 of a file as it is stored, read in constant memory; lower-case hex; undefined = it is not there. */
  hash(at: Segments): Promise<string | undefined>;
  /** Path on the server by which a person finds something. */
  pathOf(at: Segments): string;
}
