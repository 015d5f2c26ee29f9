// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';

import type { PullIntake, ReceivedFile, WaitingSubmission } from '@amtsbote/adapter-kit';

import type { HeldSubmission } from './books.js';

/** Keeps files as the hub does: whole or not at all. Limits may be changed. */
export class Shelf implements PullIntake {
  readonly receivedAt = new Date('2026-01-31T10:00:00.000Z');
  readonly limits = { bodyBytesMax: 1_000_000, attachmentBytesMax: 50_000_000, attachmentsMax: 30, totalBytesMax: 60_000_000 };
  readonly files: ReceivedFile[] = [];
  /** By the names of their parts. */
  readonly contents = new Map<string, Buffer>();
  /** Files that did not arrive whole. */
  discarded = 0;

  async store(file: Pick<ReceivedFile, 'partName' | 'fileName' | 'mediaType'>, bytes: Readable): Promise<ReceivedFile> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of bytes as AsyncIterable<Buffer>) chunks.push(chunk);
    } catch (error) {
      this.discarded += 1;
      throw error;
    }
    const content = Buffer.concat(chunks);
    const sha512 = createHash('sha512').update(content).digest('hex');
    const stored = { ...file, id: `blob-${this.files.length}`, size: content.length, sha512 };
    this.files.push(stored);
    this.contents.set(file.partName, content);
    return stored;
  }
}

/** A held submission as a subscriber's list names it. */
export function waitingFor({ submissionId, destinationId, caseId }: HeldSubmission): WaitingSubmission {
  return { submissionId, handle: { destinationId, submissionId, caseId } };
}
