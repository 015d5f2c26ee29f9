// SPDX-License-Identifier: EUPL-1.2
import { Injectable } from '@nestjs/common';

import { House } from '../house/tokens.js';

/** Blobs younger than this may belong to a submission that is still being stored. */
const GRACE_MS = 24 * 60 * 60 * 1_000;
const ROUND_MS = 60 * 60 * 1_000;

/** Removes bytes that no application owns: what a crash left between writing a file and committing its application. */
@Injectable()
export class BlobJanitor {
  private readonly stop = new AbortController();
  private loop: Promise<void> | undefined;

  constructor(private readonly house: House) {}

  start(): void {
    this.loop ??= this.work();
  }
  async finish(): Promise<void> {
    this.stop.abort();
    await this.loop;
  }

  /** One round. @returns how many blobs were removed. */
  async sweep(): Promise<number> {
    let removed = 0;
    const before = new Date(this.house.clock.now().getTime() - GRACE_MS);
    for await (const id of this.house.blobs.listOlderThan(before)) {
      const [owned] = await this.house.database.query<unknown[]>(OWNED, [id]);
      if (owned !== undefined) continue;
      await this.house.blobs.remove(id);
      removed += 1;
    }
    return removed;
  }

  private async work(): Promise<void> {
    while (!this.stop.signal.aborted) {
      try {
        const removed = await this.sweep();
        if (removed > 0) this.house.log.warn('janitor.removed', { blobs: removed });
      } catch (error) {
        this.house.log.error('janitor.failed', error);
      }
      await this.house.clock.sleep(ROUND_MS, this.stop.signal).catch(() => undefined);
    }
  }
}

/** An application's attachment, or a document that a run of the catalogue has still to read. */
const OWNED = `
  SELECT 1 FROM attachment WHERE id = $1
  UNION ALL SELECT 1 FROM catalogue_run WHERE state IN ('requested', 'reading', 'comparing', 'held', 'applying') AND upload->>'blob' = $1::text`;
