// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';

import type { Found } from '@amtsbote/adapter-kit';

import type { ObjectDraft, StoredObject } from './memory.wire.js';

/** The archive: what a wire client and the system behind it are elsewhere. It lives as long as the process. */
export class MemoryArchive {
  private readonly objects = new Map<string, StoredObject>();
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
