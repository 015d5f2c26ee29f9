// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';

import type { PullIntake, ReceivedFile } from '../../src/index.js';
import { RECEIVED_AT } from './forms-samples.js';

/** Keeps the files of a fetch in memory, as the hub keeps them on disk; with an error it takes none. */
export class MemoryIntake implements PullIntake {
  readonly receivedAt = RECEIVED_AT;
  readonly limits = { bodyBytesMax: 8_000_000, attachmentBytesMax: 4_000_000, attachmentsMax: 20, totalBytesMax: 8_000_000 };
  readonly stored: { readonly id: string; readonly bytes: Buffer }[] = [];
  constructor(private readonly fails?: Error) {}

  async store(file: Pick<ReceivedFile, 'partName' | 'fileName' | 'mediaType'>, bytes: Readable): Promise<ReceivedFile> {
    if (this.fails !== undefined) {
      bytes.destroy();
      throw this.fails;
    }
    const whole = await buffer(bytes);
    const id = `0192f0a0-0000-7000-8000-${String(this.stored.length + 1).padStart(12, '0')}`;
    this.stored.push({ id, bytes: whole });
    return { ...file, id, size: whole.length, sha512: createHash('sha512').update(whole).digest('hex') };
  }
}
