// SPDX-License-Identifier: EUPL-1.2
import { enqueue, envelopeOf, Waker } from '@amtsbote/bus';
import type { Sql } from '@amtsbote/store';
import { Injectable } from '@nestjs/common';

import type { CatalogueSourceConfig } from '../../config/hub-config.js';
import { House } from '../../house/tokens.js';
import type { Run } from './run.js';

/** Key of ordering: the versions that one source makes are told in their order. */
export function subjectOf(source: string): string {
  return `catalogue/${source}`;
}

/** Says on the bus that the catalogue has another version: one message for each municipality it is for. */
@Injectable()
export class Announcing {
  constructor(
    private readonly house: House,
    private readonly waker: Waker,
  ) {}

  /** In the transaction that makes the version (law 2), which holds the catalogue's head: messages lie in the order of versions. */
  async announce(sql: Sql, run: Run, { tenants }: CatalogueSourceConfig, version: number): Promise<void> {
    if (run.counts === null) throw new Error('a run is announced that was not compared');
    const { added, changed, removed } = run.counts;
    const data = { source: run.source, run: run.id, version, cause: run.kind, added, changed, removed };
    const house = { clock: this.house.clock, ids: this.house.ids, source: 'amtsbote/hub' };
    const draft = { type: 'catalogue.changed.v1' as const, subject: subjectOf(run.source), causation: `catalogue-run/${run.id}`, data };
    await enqueue(
      sql,
      tenants.map((tenant) => envelopeOf({ ...draft, tenant }, house)),
    );
  }

  /** To be called after the commit. */
  wake(): void {
    this.waker.nudge();
  }
}
