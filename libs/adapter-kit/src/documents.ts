// SPDX-License-Identifier: EUPL-1.2
import { Readable } from 'node:stream';

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

/** The document's bytes; the stream fails when there are fewer or more than it was described with, because an announced length would be wrong. */
export async function openExactly(document: Pick<DeliverableDocument, 'size' | 'open'>): Promise<Readable> {
  async function* counted(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let left = document.size;
    for await (const chunk of bytes) {
      left -= chunk.length;
      if (left < 0) break;
      yield chunk;
    }
    if (left !== 0) throw new Error('a document does not have the size it was described with');
  }
  return Readable.from(counted(await document.open()), { objectMode: false });
}
