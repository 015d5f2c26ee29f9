// SPDX-License-Identifier: EUPL-1.2
import type { CatalogueKey, CatalogueObject, CatalogueObjectKind } from '@amtsbote/canonical';
import { Injectable } from '@nestjs/common';

import { House } from '../../house/tokens.js';
import { ProblemError } from '../../http/problem.js';
import { areaKeysAbove } from '../facts/areas.js';
import { requireKept } from '../history/kept-versions.js';
import { cursorParts, notACursor, writeParts } from './cursors.js';
import { writeKey } from './keys.js';
import { isIncluded, isVisible, type View } from './views.js';

/** An object with where it came from and since when it is so. */
export interface ObjectView {
  readonly key: string;
  readonly source: string;
  readonly importedAt: Date;
  readonly version: number;
  /** Changes with the object and with nothing else; for If-None-Match. */
  readonly hash: string;
  readonly object: CatalogueObject;
}

/** One state of an object: import time by versions and runs, valid time as the source says. */
export interface PastState {
  readonly fromVersion: number;
  readonly from: Date;
  readonly run: number;
  readonly toVersion: number | null;
  /** `null`: it is still so. */
  readonly to: Date | null;
  readonly valid: string | null;
  readonly hash: string;
}

interface Row {
  readonly source: string;
  readonly agency: string;
  readonly id: string;
  readonly importedAt: Date;
  readonly fromVersion: number;
  readonly hash: string;
  readonly document: string;
}

/** A reference to something that is not there. */
export interface Dangling {
  readonly refersTo: string;
  readonly agency: string;
  readonly id: string;
  /** Competences that refer to it. */
  readonly count: number;
}

/** Reads single objects, their history, lists of a kind, and references that lead nowhere. */
@Injectable()
export class CatalogueObjects {
  constructor(private readonly house: House) {}

  /** @throws ProblemError 404 */
  async find(kinds: readonly CatalogueObjectKind[], { schemeAgencyId, id }: CatalogueKey, view: View): Promise<ObjectView> {
    const [row] = await this.house.database.query<Row[]>(FIND, [...viewOf(view), kinds, id, schemeAgencyId]);
    if (row === undefined) throw new ProblemError(404, 'unknown-object', 'The catalogue has no such object at this version.');
    return objectOf(row);
  }

  /** Oldest first. Before `completeFrom` only states that an application needs are kept. */
  async history(
    kinds: readonly CatalogueObjectKind[],
    { schemeAgencyId, id }: CatalogueKey,
    { sources }: View,
  ): Promise<{ completeFrom: number; states: PastState[] }> {
    const states = await this.house.database.query<PastState[]>(HISTORY, [sources, kinds, id, schemeAgencyId]);
    const [row] = await this.house.database.query<{ oldest: number | null }[]>(OLDEST, [sources]);
    return { completeFrom: row?.oldest ?? 0, states };
  }

  /** All of a kind, or those that are competent for a service in a place. */
  async list(
    kind: 'onlineService' | 'organisation' | 'form',
    view: View,
    { limit, cursor, leikaKey, ars }: { limit: number; cursor?: string; leikaKey?: string; ars?: string },
  ): Promise<{ items: ObjectView[]; next?: string }> {
    const place = cursor === undefined ? ['', ''] : cursorParts(cursor);
    if (place.length !== 2 || !place.every((part) => typeof part === 'string')) throw notACursor();
    const parameters: unknown[] = [...viewOf(view), kind, ...place, limit + 1];
    const isCompetent = leikaKey === undefined && ars === undefined ? '' : competentFor(parameters, leikaKey, ars);
    const rows = await this.house.database.query<Row[]>(`${LIST} ${isCompetent} ORDER BY o.object_id, o.agency LIMIT $7`, parameters);
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    const items = shown.map(objectOf);
    return rows.length > limit && last !== undefined ? { items, next: writeParts([last.id, last.agency]) } : { items };
  }

  /** Everything of a view of one source in a fixed order, whenever it holds, some hundred at a time. */
  async *all({ version, sources }: View): AsyncGenerator<CatalogueObject> {
    let place = ['', '', ''];
    for (;;) {
      // Longer than old versions are kept: the reader is cut off, not given less.
      await requireKept(this.house.database, version, sources);
      const rows = await this.house.database.query<(Row & { kind: string })[]>(ALL, [version, sources, ...place]);
      for (const { document } of rows) yield JSON.parse(document) as CatalogueObject;
      const last = rows.at(-1);
      if (last === undefined) return;
      place = [last.kind, last.id, last.agency];
    }
  }

  /** What competences refer to and nobody describes; it may come with a later run. */
  async dangling(view: View, limit: number): Promise<Dangling[]> {
    return this.house.database.query<Dangling[]>(DANGLING, [...viewOf(view), limit]);
  }
}

function viewOf({ version, sources, at }: View): [number, readonly number[], Date] {
  return [version, sources, at];
}

function objectOf({ source, agency, id, importedAt, fromVersion, hash, document }: Row): ObjectView {
  const object = JSON.parse(document) as CatalogueObject;
  return { key: writeKey({ schemeAgencyId: agency, id }), source, importedAt, version: fromVersion, hash, object };
}

function competentFor(parameters: unknown[], leikaKey: string | undefined, ars: string | undefined): string {
  const isService =
    leikaKey === undefined
      ? ''
      : `AND EXISTS (SELECT FROM catalogue_service s JOIN catalogue_object so ON so.content_id = s.content_id
          WHERE s.tags @> ARRAY[$${parameters.push(`l:${leikaKey}`)}::text] AND so.kind = 'service' AND so.object_id = c.service_id
            AND so.agency = c.service_agency AND ${isVisible('so', VIEW)})`;
  const isHere = ars === undefined ? '' : `AND c.area = ANY($${parameters.push(areaKeysAbove(ars))}::text[])`;
  return `AND (o.object_id, o.agency) IN (
    SELECT c.subject_id, c.subject_agency FROM catalogue_competence c JOIN catalogue_object co ON co.content_id = c.content_id
    WHERE coalesce(c.subject_kind, $4) = $4 ${isService} ${isHere} AND ${isVisible('co', VIEW)})`;
}

const VIEW = { version: '$1', sources: '$2', at: '$3' };

const COLUMNS = `(SELECT n.name FROM catalogue_source n WHERE n.no = o.source_no) AS source, o.agency, o.object_id AS id, o.from_version AS "fromVersion",
  (SELECT v.applied_at FROM catalogue_version v WHERE v.version = o.from_version) AS "importedAt", encode(o.hash, 'hex') AS hash, c.document`;

const FIND = `
  SELECT ${COLUMNS} FROM catalogue_object o JOIN catalogue_content c ON c.id = o.content_id
  WHERE o.kind = ANY($4::text[]) AND o.object_id = $5 AND o.agency = $6 AND ${isVisible('o', VIEW)}
  ORDER BY array_position($2::int[], o.source_no) LIMIT 1`;

const LIST = `
  SELECT ${COLUMNS} FROM catalogue_object o JOIN catalogue_content c ON c.id = o.content_id
  WHERE o.kind = $4::text AND (o.object_id, o.agency) > ($5::text COLLATE "C", $6::text COLLATE "C") AND ${isVisible('o', VIEW)}`;

const ALL = `
  SELECT o.kind, ${COLUMNS} FROM catalogue_object o JOIN catalogue_content c ON c.id = o.content_id
  WHERE (o.kind, o.object_id, o.agency) > ($3::text COLLATE "C", $4::text COLLATE "C", $5::text COLLATE "C") AND ${isIncluded('o', VIEW)}
  ORDER BY o.kind, o.object_id, o.agency LIMIT 500`;

const HISTORY = `
  SELECT o.from_version AS "fromVersion", f.applied_at AS "from", f.run_id AS run, o.to_version AS "toVersion", t.applied_at AS "to", o.valid::text AS valid,
    encode(o.hash, 'hex') AS hash
  FROM catalogue_object o JOIN catalogue_version f ON f.version = o.from_version LEFT JOIN catalogue_version t ON t.version = o.to_version
  WHERE o.source_no = ANY($1::int[]) AND o.kind = ANY($2::text[]) AND o.object_id = $3 AND o.agency = $4 ORDER BY o.from_version`;

const OLDEST = 'SELECT max(oldest_version) AS oldest FROM catalogue_source WHERE no = ANY($1::int[])';

const DANGLING = `
  WITH reference AS (
    SELECT 'service' AS "refersTo", ARRAY['service', 'specialisation'] AS kinds, c.service_agency AS agency, c.service_id AS id
    FROM catalogue_competence c JOIN catalogue_object o ON o.content_id = c.content_id WHERE ${isVisible('o', VIEW)}
    UNION ALL
    SELECT coalesce(c.subject_kind, 'organisation'), CASE WHEN c.subject_kind IS NULL THEN ARRAY['organisation', 'onlineService', 'form']
      ELSE ARRAY[c.subject_kind] END, c.subject_agency, c.subject_id
    FROM catalogue_competence c JOIN catalogue_object o ON o.content_id = c.content_id WHERE o.kind = 'competence' AND ${isVisible('o', VIEW)})
  SELECT r."refersTo", r.agency, r.id, r.count::float8 AS count
  FROM (SELECT "refersTo", kinds, agency, id, count(*) AS count FROM reference GROUP BY 1, 2, 3, 4) r
  WHERE NOT EXISTS (
    SELECT FROM catalogue_object o WHERE o.kind = ANY(r.kinds) AND o.object_id = r.id AND o.agency = r.agency AND ${isVisible('o', VIEW)})
  ORDER BY r.count DESC, r.agency, r.id LIMIT $4`;
