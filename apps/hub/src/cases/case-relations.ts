// SPDX-License-Identifier: EUPL-1.2
import type { ApplicationDraft } from '@amtsbote/adapter-kit';
import { type Application, type Relation, valueOf } from '@amtsbote/canonical';
import { Injectable } from '@nestjs/common';

import type { EndpointConfig } from '../config/endpoint-config.js';
import { House } from '../house/tokens.js';
import { Prefills } from './prefills.js';

/** How an application that comes in hangs together with those that are there. */
export interface CaseAtSubmission {
  /** As sent; what came in by the token of a prefill is among them. */
  readonly relations: readonly Relation[];
  readonly caseReference: Application['caseReference'];
  /** Relations to something that is not there: somewhere else, or a slip. */
  readonly unknown: number;
}

/** So many relations are looked up; an application with more begins a case of its own. */
const LOOKED_UP_MAX = 20;
/** Longest token of a prefill there is. */
const TOKEN_LENGTH_MAX = 200;

/** Finds the case that an application belongs to: the one of the first known application that it names. */
@Injectable()
export class CaseRelations {
  constructor(
    private readonly house: House,
    private readonly prefills: Prefills,
  ) {}

  /** One question to the database where relations or a token were sent, none otherwise. */
  async of(draft: ApplicationDraft, tenant: string, { prefillToken }: EndpointConfig): Promise<CaseAtSubmission> {
    const token = prefillToken === undefined ? null : valueOf(draft.form, prefillToken);
    const source =
      typeof token === 'string' && token !== '' && token.length <= TOKEN_LENGTH_MAX
        ? await this.prefills.sourceOf(token, tenant)
        : undefined;
    const relations = source === undefined ? draft.relations : [...draft.relations, { kind: 'prefilledFrom' as const, target: source }];
    const unknownToken = token !== null && token !== '' && source === undefined ? 1 : 0;
    const targets = relations.slice(0, LOOKED_UP_MAX).map(({ target }) => target);
    if (targets.length === 0) return { relations, caseReference: undefined, unknown: unknownToken };
    const rows = await this.house.database.query<Known[]>(KNOWN, [targets, tenant]);
    const known = targets.map((target) => rows.find(({ id, reference }) => target === reference || target === id));
    const first = known.find((row) => row !== undefined);
    return {
      relations,
      caseReference: first?.caseReference ?? first?.reference,
      unknown: unknownToken + known.filter((row) => row === undefined).length,
    };
  }
}

interface Known {
  readonly id: string;
  readonly reference: string;
  readonly caseReference: string | null;
}

/** Of the same municipality only (law 11). */
const KNOWN = `
  SELECT id::text AS id, reference, document->>'caseReference' AS "caseReference" FROM application
  WHERE tenant = $2 AND (reference = ANY($1) OR id = ANY(ARRAY(SELECT t::uuid FROM unnest($1::text[]) t WHERE t ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$')))`;
