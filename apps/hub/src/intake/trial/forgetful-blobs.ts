// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';

import { BlobMissing, BlobStore, BlobTooLarge, type StoredBlob } from '@amtsbote/store';

/** Takes bytes, says what they were, and keeps none: for submissions that are only looked at. */
export class ForgetfulBlobs extends BlobStore {
  override async put(id: string, source: Readable, bytesMax: number): Promise<StoredBlob> {
    const hash = createHash('sha512');
    let size = 0;
    for await (const chunk of source as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > bytesMax) throw new BlobTooLarge(bytesMax);
      hash.update(chunk);
    }
    return { id, size, sha512: hash.digest('hex') };
  }

  override async open(): Promise<Readable> {
    throw new BlobMissing('nothing was kept');
  }

  override async freeBytes(): Promise<number> {
    return Number.MAX_SAFE_INTEGER;
  }

  override async remove(): Promise<void> {
    // Nothing was kept.
  }

  override async *listOlderThan(): AsyncIterable<string> {
    // Nothing was kept.
  }
}
