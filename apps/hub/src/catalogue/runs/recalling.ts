// SPDX-License-Identifier: EUPL-1.2
import type { ReadingHelp } from '@amtsbote/adapter-kit';
import { Injectable } from '@nestjs/common';

import { House } from '../../house/tokens.js';
import type { Run } from './run.js';

/** Remembers how the objects of the catalogue looked where they were read. */
@Injectable()
export class Recalling {
  constructor(private readonly house: House) {}

  /** Which digests are those of current states of the run's source. Nothing but this run can change those. */
  of({ sourceNo }: Pick<Run, 'sourceNo'>): NonNullable<ReadingHelp['recall']> {
    return async (digests) => {
      const [found] = await this.house.database.query<{ unknown: number[] | null; remarked: Record<string, string> | null }[]>(RECALL, [
        sourceNo,
        Buffer.from(digests.join(''), 'hex'),
        (digests[0]?.length ?? 0) / 2,
        digests.length,
      ]);
      const unknown = new Set(found?.unknown);
      const remarks = found?.remarked ?? {};
      return new Map(digests.flatMap((digest, index) => (unknown.has(index) ? [] : [[digest, remarks[index] ?? null]])));
    };
  }
}

/** One answer for all of them: most are known, and nothing was to be said. Each is looked up by the index, whatever the planner believes. */
const RECALL = `
  SELECT array_agg(i) FILTER (WHERE o.found IS NULL) AS unknown, json_object_agg(i, o.remarks) FILTER (WHERE o.remarks IS NOT NULL) AS remarked
  FROM generate_series(0, $4::int - 1) AS i LEFT JOIN LATERAL (
    SELECT true AS found, remarks FROM catalogue_object
    WHERE digest = substring($2::bytea FROM i * $3::int + 1 FOR $3::int) AND source_no = $1 AND to_version IS NULL LIMIT 1) o ON true`;
