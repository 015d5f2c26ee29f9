// SPDX-License-Identifier: EUPL-1.2
import type { Readable } from 'node:stream';

import { IntakeRejection, type PullIntake, type ReceivedFile } from '@amtsbote/adapter-kit';
import { BlobTooLarge } from '@amtsbote/store';

import type { IntakeLimits } from '../../config/endpoint-config.js';
import type { House } from '../../house/tokens.js';
import { countedBytes } from '../submission-reader.js';

/** Where the files of one fetch go, within the limits of its endpoint. */
export class FetchedFiles implements PullIntake {
  readonly receivedAt: Date;
  private readonly blobIds = new Set<string>();
  private stored = 0;
  private readonly placing = new Set<Promise<unknown>>();
  private totalBytes = 0;

  constructor(
    private readonly house: Pick<House, 'blobs' | 'ids' | 'clock'>,
    readonly limits: IntakeLimits,
  ) {
    this.receivedAt = house.clock.now();
  }

  async store(file: Pick<ReceivedFile, 'partName' | 'fileName' | 'mediaType'>, bytes: Readable): Promise<ReceivedFile> {
    const { attachmentsMax, attachmentBytesMax, totalBytesMax } = this.limits;
    this.stored += 1;
    if (this.stored > attachmentsMax) {
      bytes.destroy();
      throw new IntakeRejection('tooLarge', 'too-many-attachments', `At most ${attachmentsMax} attachments are accepted.`);
    }
    const id = this.house.ids.uuid();
    this.blobIds.add(id);
    const placing = this.house.blobs.put(
      id,
      countedBytes(bytes, (count) => this.count(count, totalBytesMax)),
      attachmentBytesMax,
    );
    this.placing.add(placing);
    try {
      const { size, sha512 } = await placing;
      return { ...file, id, size, sha512 };
    } catch (error) {
      if (!(error instanceof BlobTooLarge)) throw error;
      throw new IntakeRejection('tooLarge', 'attachment-too-large', `An attachment has more than ${error.bytesMax} bytes.`, file.partName);
    } finally {
      this.placing.delete(placing);
    }
  }

  /** From now on these belong to somebody else. */
  handOver(files: readonly ReceivedFile[]): void {
    for (const { id } of files) this.blobIds.delete(id);
  }

  /** Removes what was stored and handed to nobody. What cannot be removed now is the janitor's. */
  async discard(): Promise<void> {
    await Promise.allSettled(this.placing);
    await Promise.allSettled([...this.blobIds].map((id) => this.house.blobs.remove(id)));
  }

  private count(bytes: number, totalBytesMax: number): void {
    this.totalBytes += bytes;
    if (this.totalBytes > totalBytesMax)
      throw new IntakeRejection('tooLarge', 'submission-too-large', `The submission has more than ${totalBytesMax} bytes.`);
  }
}
