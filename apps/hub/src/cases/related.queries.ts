// SPDX-License-Identifier: EUPL-1.2
import type { Relation } from '@amtsbote/canonical';
import type { RelatedApplication } from '@amtsbote/ops-api';
import { Injectable } from '@nestjs/common';

import { House } from '../house/tokens.js';

/** As many as one application shows. */
const RELATED_MAX = 200;

/** Reads how applications hang together, for the timeline. */
@Injectable()
export class RelatedQueries {
  constructor(private readonly house: House) {}

  /** What an application names, in its order, then who names it, the oldest first. */
  async of({
    id,
    tenant,
    reference,
  }: {
    readonly id: string;
    readonly tenant: string;
    readonly reference: string;
  }): Promise<RelatedApplication[]> {
    const { database } = this.house;
    const [own] = await database.query<{ relations: Relation[] }[]>(OWN, [id, tenant]);
    const relations = own?.relations ?? [];
    const named = await database.query<Named[]>(BY_TARGET, [relations.map(({ target }) => target), tenant]);
    const outgoing = relations.map(({ kind, target }): RelatedApplication => {
      const found = named.find((row) => row.reference === target || row.id === target);
      return { kind, direction: 'to', reference: found?.reference ?? target, id: found?.id ?? null };
    });
    const incoming = await database.query<RelatedApplication[]>(NAMING, [
      tenant,
      [{ target: reference }, { target: id }].map((relation) => JSON.stringify([relation])),
      [reference, id],
      RELATED_MAX,
    ]);
    return [...outgoing, ...incoming];
  }
}

interface Named {
  readonly id: string;
  readonly reference: string;
}

const OWN = "SELECT document->'relations' AS relations FROM application WHERE id = $1 AND tenant = $2";
const BY_TARGET = 'SELECT id::text AS id, reference FROM application WHERE tenant = $2 AND (reference = ANY($1) OR id::text = ANY($1))';
/** Served by the index of the few applications that name others. */
const NAMING = `
  SELECT r.kind, 'from' AS direction, a.reference, a.id::text AS id FROM application a,
    LATERAL (SELECT relation->>'kind' AS kind FROM jsonb_array_elements(a.document->'relations') relation WHERE relation->>'target' = ANY($3) LIMIT 1) r
  WHERE a.tenant = $1 AND a.document->'relations' <> '[]' AND a.document->'relations' @> ANY($2::jsonb[]) ORDER BY a.received_at, a.id LIMIT $4`;
