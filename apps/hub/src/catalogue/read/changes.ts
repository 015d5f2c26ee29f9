// SPDX-License-Identifier: EUPL-1.2
import type { CatalogueObjectKind } from '@amtsbote/canonical';
import { Injectable } from '@nestjs/common';

import { House } from '../../house/tokens.js';
import { requireKept } from '../history/kept-versions.js';
import { cursorParts, notACursor, writeParts } from './cursors.js';
import { writeKey } from './keys.js';
import type { View } from './views.js';

/** What a copy of the catalogue has to do to one object: fetch it anew, or drop it. */
export interface ReaderChange {
  readonly op: 'put' | 'remove';
  readonly kind: CatalogueObjectKind;
  readonly source: string;
  readonly key: string;
  readonly agency: string;
  readonly id: string;
}

export interface ChangesPage {
  /** The version the copy is at once all pages are taken over: the next `since`. */
  readonly version: number;
  readonly items: readonly ReaderChange[];
  readonly next?: string;
}

interface Row extends Omit<ReaderChange, 'key'> {
  readonly sourceNo: number;
}

interface Place {
  readonly version: number;
  readonly after: readonly [kind: string, id: string, agency: string, sourceNo: number];
}

const START = ['', '', '', 0] as const;

/** Tells whoever keeps a copy what became otherwise, removals included: nobody has to compare everything with everything. */
@Injectable()
export class CatalogueChanges {
  constructor(private readonly house: House) {}

  /**
   * What differs between a version and the view; what came and went in between is none of it.
   * @throws ProblemError 400 for cursors of others; 404, 410 for versions that are not there: then a copy has to begin anew
   */
  async since(since: number, view: View, limit: number, cursor?: string): Promise<ChangesPage> {
    const place = cursor === undefined ? { version: view.version, after: START } : placeOf(cursor);
    await requireKept(this.house.database, since, view.sources);
    await requireKept(this.house.database, place.version, view.sources);
    const rows = await this.house.database.query<Row[]>(CHANGES, [view.sources, since, place.version, ...place.after, limit + 1]);
    const items = rows.slice(0, limit).map(({ op, kind, source, agency, id }) => {
      return { op, kind, source, key: writeKey({ schemeAgencyId: agency, id }), agency, id };
    });
    const last = rows[limit - 1];
    if (rows.length <= limit || last === undefined) return { version: place.version, items };
    return { version: place.version, items, next: writeParts([place.version, last.kind, last.id, last.agency, last.sourceNo]) };
  }
}

/** @throws ProblemError 400 */
function placeOf(cursor: string): Place {
  const [version, kind, id, agency, sourceNo] = cursorParts(cursor);
  if (typeof version !== 'number' || typeof sourceNo !== 'number') throw notACursor();
  if (!Number.isSafeInteger(version) || !Number.isSafeInteger(sourceNo) || version < 0) throw notACursor();
  if (version > 2_147_483_647 || sourceNo < 0 || sourceNo > 2_147_483_647) throw notACursor();
  if (typeof kind !== 'string' || typeof id !== 'string' || typeof agency !== 'string') throw notACursor();
  return { version, after: [kind, id, agency, sourceNo] };
}

const CHANGES = `
  SELECT CASE WHEN b.hash IS NULL THEN 'remove' ELSE 'put' END AS op, k.kind, n.name AS source, k.agency, k.object_id AS id, k.source_no AS "sourceNo"
  FROM (
    SELECT DISTINCT kind, object_id, agency, source_no FROM catalogue_object
    WHERE source_no = ANY($1::int[]) AND ((from_version > $2::int AND from_version <= $3::int) OR (to_version > $2::int AND to_version <= $3::int))) k
  JOIN catalogue_source n ON n.no = k.source_no
  LEFT JOIN catalogue_object a ON a.object_id = k.object_id AND a.agency = k.agency AND a.kind = k.kind AND a.source_no = k.source_no
    AND a.from_version <= $2::int AND (a.to_version IS NULL OR a.to_version > $2::int)
  LEFT JOIN catalogue_object b ON b.object_id = k.object_id AND b.agency = k.agency AND b.kind = k.kind AND b.source_no = k.source_no
    AND b.from_version <= $3::int AND (b.to_version IS NULL OR b.to_version > $3::int)
  WHERE a.hash IS DISTINCT FROM b.hash
    AND (k.kind, k.object_id, k.agency, k.source_no) > ($4::text COLLATE "C", $5::text COLLATE "C", $6::text COLLATE "C", $7::int)
  ORDER BY k.kind, k.object_id, k.agency, k.source_no LIMIT $8`;
