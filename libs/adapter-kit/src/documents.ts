// SPDX-License-Identifier: EUPL-1.2
import type { Readable } from 'node:stream';

import type { AttachmentPurpose } from '@amtsbote/canonical';

/** What a document in the file is. */
export type DocumentRole = 'applicationReadable' | 'applicationData' | AttachmentPurpose;

/** A document to hand over: described completely, opened only when its bytes are needed (law 8). */
export interface DeliverableDocument {
  /** Stable within the act: part of effect names and of the keys written to the target. */
  readonly key: string;
  readonly role: DocumentRole;
  /** Safe and unique within the act; see `safeFileName`. */
  readonly fileName: string;
  readonly originalName: string;
  readonly mediaType: string;
  /** Bytes. */
  readonly size: number;
  /** Lower-case hex. */
  readonly sha512: string;
  /** A fresh stream of the bytes on every call. */
  open(): Promise<Readable>;
}
