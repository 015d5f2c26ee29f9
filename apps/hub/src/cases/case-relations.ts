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

  /** Asks the database where relations or a token were sent, and otherwise not. */
  async of(draft: ApplicationDraft, tenant: string, { prefillToken }: EndpointConfig): Promise<CaseAtSubmission> {
    const token = prefillToken === undefined ? null : valueOf(draft.form, prefillToken);
    const brought = typeof token === 'string' && token !== '' ? await this.sourceOf(token, tenant) : undefined;
    const unknownToken = token !== null && token !== '' && brought === undefined ? 1 : 0;
    // Some adapters find the token by themselves: then it stands where the application belongs that it was issued for.
    const sent = await Promise.all(draft.relations.map((relation) => this.withSource(relation, tenant)));
    const relations = brought === undefined ? sent : [...sent, { kind: 'prefilledFrom' as const, target: brought }];
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

  private async withSource(relation: Relation, tenant: string): Promise<Relation> {
    if (relation.kind !== 'prefilledFrom') return relation;
    return { ...relation, target: (await this.sourceOf(relation.target, tenant)) ?? relation.target };
  }

  private async sourceOf(token: string, tenant: string): Promise<string | undefined> {
    return token.length <= TOKEN_LENGTH_MAX ? this.prefills.sourceOf(token, tenant) : undefined;
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
