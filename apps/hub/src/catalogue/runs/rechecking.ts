// SPDX-License-Identifier: EUPL-1.2
import type { MessageData } from '@amtsbote/canonical';
import { returning } from '@amtsbote/store';
import { Injectable } from '@nestjs/common';

import { House } from '../../house/tokens.js';
import { Views } from '../read/views.js';

/**
 * Held runs tell what they would break; that was worked out against the catalogue of its time. When another source changes it, they are
 * looked at again: what a person decides on is true, and a run whose reason went away (the missing office has come) goes on by itself.
 */
@Injectable()
export class Rechecking {
  constructor(
    private readonly house: House,
    private readonly views: Views,
  ) {}

  /**
   * Hands the held runs of other sources of the municipality back to the workers, which apply or hold them anew. Repeatable.
   * @returns the runs.
   */
  async recheck(tenant: string, { source, version }: Pick<MessageData<'catalogue.changed.v1'>, 'source' | 'version'>): Promise<number[]> {
    const others = this.views.sourcesOf([tenant]).filter((name) => name !== source);
    if (others.length === 0) return [];
    const rows = await returning<{ id: number }>(this.house.database, RECHECK, [others, this.house.clock.now(), version]);
    return rows.map(({ id }) => id);
  }
}

/** `judged_version`: the catalogue that the impact was worked out against; messages that come late or twice find nothing to do. */
const RECHECK = `
  UPDATE catalogue_run SET state = 'applying', hold = NULL, due_at = $2, lease_owner = NULL, lease_until = NULL
  WHERE state = 'held' AND source = ANY($1) AND coalesce(judged_version, 0) < $3 RETURNING id`;
