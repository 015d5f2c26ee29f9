// SPDX-License-Identifier: EUPL-1.2
import type { Readable } from 'node:stream';

import type { CatalogueChange, CatalogueFinding } from '@amtsbote/canonical';

import { Port } from './port.js';

/**
 * What a complete read amounts to. `snapshot`: everything there is; what it does not contain is gone, unless a document was withdrawn (then
 * nothing may be swept) or a finding `muss` names the object (it is there, and was not taken). `increments`: what changed; the rest stays as it
 * is.
 */
export type CatalogueMode = 'snapshot' | 'increments';

/** Running totals of a read. */
export interface CatalogueProgress {
  readonly documents: number;
  /** Absent while unknown. */
  readonly documentsTotal?: number;
  readonly bytesRead: number;
  /** Absent while unknown. */
  readonly bytesTotal?: number;
  /** Changes handed over, removals included. */
  readonly objects: number;
  /** Parts without a place in the model; every one is kept with its object. */
  readonly unknownParts: number;
}

/** The file or block that a page comes from, and what its head says. */
export interface CatalogueDocument {
  /** Unique within one read. */
  readonly name: string;
  readonly messageId?: string;
  /** As the source wrote it. */
  readonly createdAt?: string;
  readonly sender?: string;
}

/** How a put looked where it came from. */
export interface PutMark {
  /** Of the bytes, and of everything that decides what they mean: the same digest is the same object, word for word. Hex digits. */
  readonly digest: string;
  /** What was to be said about it, in the adapter's own words; absent = nothing. Given back by {@link ReadingHelp.recall}. */
  readonly remarks?: string;
}

/** What becomes of changes: plain data, so that threads can hand it over. */
export interface Treated {
  /** What need not be copied on the way. */
  readonly buffers: readonly ArrayBuffer[];
}

/**
 * Makes of changes what the reader needs of them, where and when they are read: in a thread of the adapter, before the next ones are. Objects of a
 * large catalogue that wait for anything cost more than reading them.
 */
export interface Treatment {
  /** Address of a module that exports `treat`, for threads. */
  readonly module: string;
  /** @param marks one for each change; absent for what cannot be recognised. */
  treat(changes: readonly CatalogueChange[], marks: readonly (PutMark | undefined)[]): Treated;
}

/** What a reader does for the adapter that reads. An adapter may do without. */
export interface ReadingHelp {
  /** Changes are wanted treated: {@link CataloguePage.treated} takes the place of `changes`. */
  readonly treatment?: Treatment;
  /**
   * Which of these are known: the object's current state in the reader's catalogue was read from what has this digest. Of an object that is known
   * the adapter need not read more than that ({@link CataloguePage.recalled}). @returns what was to be said about them, by digest; the unknown
   * are missing.
   */
  readonly recall?: (digests: readonly string[]) => Promise<ReadonlyMap<string, string | null>>;
}

/** A piece of a read: to be saved as a whole, together with its cursor. */
export interface CataloguePage {
  readonly mode: CatalogueMode;
  readonly document: CatalogueDocument;
  /** In the source's order. At most some hundreds of objects or a few megabytes. Empty when they are treated or recalled. */
  readonly changes: readonly CatalogueChange[];
  /** What the treatment made of the changes. */
  readonly treated?: Treated;
  /** Digests of puts that are known, in the source's order. */
  readonly recalled?: readonly string[];
  readonly findings: readonly CatalogueFinding[];
  /** The document turned out to be unusable: forget every change that this read handed over from it. */
  readonly isWithdrawn: boolean;
  readonly progress: CatalogueProgress;
  /** Where a later read goes on once this page and all before it are saved; `null` where the source cannot go on. */
  readonly cursor: string | null;
  /** On the last page, and only there: the read is complete. A snapshot without it is none; nothing may be swept. */
  readonly isLast: boolean;
}

/** A document that comes from outside: uploaded by an operator, pushed by an editorial system. */
export interface IncomingDocument {
  readonly name: string;
  /** Read once, destroyed on failure. */
  readonly stream: Readable;
  readonly bytesTotal?: number;
  /** The sender knows whether it is everything; the document does not say. */
  readonly mode: CatalogueMode;
}

/** What the head of a written document says; ids and times are the house's. */
export interface DocumentHead {
  readonly messageId: string;
  readonly createdAt: string;
  readonly sender: string;
  readonly recipient: string;
}

/** A piece of a written document, and what of its changes the standard has no place for. */
export interface WrittenPiece {
  readonly bytes: Uint8Array;
  readonly findings: readonly CatalogueFinding[];
}

/** In, pull and push; out as a document: reads and writes a service catalogue, in constant memory. */
export abstract class CataloguePort extends Port {
  /**
   * Reads the source: from the beginning (`null`), or on from a cursor. Every read ends with one page that `isLast`, even if nothing
   * changed. A read goes on in the mode in which it began: the cursor of an interrupted snapshot leads to the rest of the snapshot.
   * @throws DeliveryError kind `unavailable` | `misconfigured`, or `refused` for a source that cannot be taken as a catalogue: empty,
   * incomplete, or technically invalid where its operator does not want such documents isolated. What was handed over before is void then
   * for a snapshot, and stays for increments up to the last saved cursor.
   */
  abstract changesSince(cursor: string | null, signal: AbortSignal, help?: ReadingHelp): AsyncIterable<CataloguePage>;
  /**
   * Reads one document that somebody brought, as `changesSince` reads those it fetches; cursors are `null`.
   * @throws DeliveryError kind `refused` for a document that cannot be taken, `unavailable` when its stream breaks.
   */
  abstract read(document: IncomingDocument, signal: AbortSignal, help?: ReadingHelp): AsyncIterable<CataloguePage>;
  /**
   * Writes changes as one document of the source's standard. `read` gives the same changes of it, parts without a place in the model
   * included.
   */
  abstract write(
    head: DocumentHead,
    changes: Iterable<CatalogueChange> | AsyncIterable<CatalogueChange>,
    signal: AbortSignal,
  ): AsyncIterable<WrittenPiece>;
}
