// SPDX-License-Identifier: EUPL-1.2
import type { Readable } from 'node:stream';

import type { CatalogueMode } from '@amtsbote/adapter-kit';
import type { CatalogueFinding } from '@amtsbote/canonical';

/** A document that a source has. */
export interface SourceDocument {
  readonly name: string;
  /** Absent while unknown. */
  readonly bytes?: number;
  /** No document follows. */
  readonly isLast: boolean;
  /** Where to go on after it; `null` = nowhere. */
  readonly cursor: string | null;
  /** Opens it; `undefined` when there is nothing in it, which its source calls normal. @throws XmlFault `file-missing` */
  open(signal: AbortSignal): Promise<Readable | undefined>;
}

/** What a source offers from a cursor on. */
export interface SourceRead {
  readonly mode: CatalogueMode;
  readonly documentsTotal?: number;
  readonly bytesTotal?: number;
  /** What is odd about the source. */
  readonly findings: readonly CatalogueFinding[];
  /** Where to go on when there is no document. */
  readonly cursor: string | null;
  readonly documents: AsyncIterable<SourceDocument> | Iterable<SourceDocument>;
}

/** Where documents come from. */
export interface DocumentSource {
  /** For operators, without secrets. */
  readonly description: string;
  /** @throws DeliveryError, SourceFailure, or a transport failure. */
  read(cursor: string | null, signal: AbortSignal): Promise<SourceRead>;
  /** Looks whether it can be read. @throws as `read`. @returns what it found. */
  look(signal: AbortSignal): Promise<string>;
  close(): void;
}
