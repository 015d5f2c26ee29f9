// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';

import type { Found } from '@amtsbote/adapter-kit';

import type { ObjectDraft, StoredAnswer, StoredObject } from './memory.wire.js';

/** The archive: what a wire client and the system behind it are elsewhere. It lives as long as the process. */
export class MemoryArchive {
  private readonly objects = new Map<string, StoredObject>();
  protected readonly outbox = new Map<string, StoredAnswer>();
  /** Number of changes so far. */
  changes = 0;

  /** The object under a key. */
  async get(key: string, signal: AbortSignal): Promise<Found<StoredObject>> {
    signal.throwIfAborted();
    const object = this.objects.get(key);
    return object === undefined ? 'absent' : { found: object };
  }

  /** Stores an object; its content is counted and hashed while it streams by, and not kept. */
  async put(draft: ObjectDraft, content: Readable | undefined, signal: AbortSignal): Promise<StoredObject> {
    const hash = createHash('sha512');
    let size = 0;
    for await (const chunk of (content ?? []) as AsyncIterable<Buffer>) {
      signal.throwIfAborted();
      hash.update(chunk);
      size += chunk.length;
    }
    signal.throwIfAborted();
    this.changes += 1;
    const id = this.objects.get(draft.key)?.id ?? `${draft.kind}-${this.objects.size + 1}`;
    const stored = { ...draft, id, size, sha512: hash.digest('hex') };
    this.objects.set(draft.key, stored);
    return stored;
  }

  /** Answers that wait, in order of their change, beginning behind one. */
  async answers(behind: number, limit: number, signal: AbortSignal): Promise<StoredAnswer[]> {
    signal.throwIfAborted();
    const waiting = [...this.outbox.values()].filter(({ isTaken, change }) => !isTaken && change > behind);
    return waiting.sort((a, b) => a.change - b.change).slice(0, limit);
  }

  /** An answer of a change, while it waits. */
  async answer(id: string, change: number, signal: AbortSignal): Promise<StoredAnswer | undefined> {
    signal.throwIfAborted();
    const answer = this.outbox.get(id);
    return answer?.change === change && !answer.isTaken ? answer : undefined;
  }

  /** Marks an answer as taken, unless its bytes are newer than those taken. */
  async take(id: string, change: number, signal: AbortSignal): Promise<void> {
    const answer = await this.answer(id, change, signal);
    if (answer === undefined) return;
    this.changes += 1;
    this.outbox.set(id, { ...answer, isTaken: true });
  }

  /** All objects in order of creation. */
  all(): readonly StoredObject[] {
    return [...this.objects.values()];
  }
}

const archives = new Map<string, MemoryArchive>();

/** The archive of this name: the same one for every adapter instance of the process. */
export function archiveNamed(name: string): MemoryArchive {
  const archive = archives.get(name) ?? new MemoryArchive();
  archives.set(name, archive);
  return archive;
}

/** Puts an archive in place, empty or faulty: for the simulator. */
export function replaceArchive(name: string, archive: MemoryArchive): void {
  archives.set(name, archive);
}
