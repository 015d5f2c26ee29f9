// SPDX-License-Identifier: EUPL-1.2
import { returning } from '@amtsbote/store';
import { Injectable } from '@nestjs/common';

import { House } from '../../house/tokens.js';
import { RunStore } from './run-store.js';

/** Who asked for a run that nobody asked for. */
export const SCHEDULE_ACTOR = 'hub:schedule';

/** Asks for a run of every source whose time has come. Of several processes one asks: whoever moves the due time on. */
@Injectable()
export class Schedule {
  constructor(
    private readonly house: House,
    private readonly runs: RunStore,
  ) {}

  async round(): Promise<void> {
    const now = this.house.clock.now();
    for (const [source, { everyMs }] of Object.entries(this.house.loaded.config.catalogue.sources)) {
      if (everyMs === undefined) continue;
      await this.runs.sourceOf(source);
      await this.house.database.transaction(async (sql) => {
        const due = await returning<unknown>(sql, DUE, [source, now, new Date(now.getTime() + everyMs)]);
        if (due.length === 0) return;
        const [open] = await sql.query<unknown[]>(OPEN, [source]);
        // Held back by a person's decision, or still at it: the next time is soon enough.
        if (open === undefined) await this.runs.request({ source, kind: 'sync', actor: SCHEDULE_ACTOR }, sql);
      });
    }
  }
}

const DUE = `
  UPDATE catalogue_source SET due_at = $3 WHERE name = $1 AND (due_at IS NULL OR due_at <= $2) AND paused_reason IS NULL RETURNING 1`;

const OPEN = `
  SELECT 1 FROM catalogue_run WHERE source = $1 AND kind = 'sync' AND state IN ('requested', 'reading', 'comparing', 'held', 'applying') LIMIT 1`;
