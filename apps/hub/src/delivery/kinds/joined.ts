// SPDX-License-Identifier: EUPL-1.2
import type { Application } from '@amtsbote/canonical';
import { type FilingRule, stepsOf } from '@amtsbote/store';
import { Injectable } from '@nestjs/common';

import { House } from '../../house/tokens.js';
import type { ClaimedStep } from '../claims.js';

/** The application that later documents belong to, and the rule by which it was filed at the same instance. */
export interface Joined {
  readonly application: Application;
  readonly rule?: FilingRule;
}

/** What follows up something that itself followed up: longer chains are a slip. */
const CHAIN_MAX = 10;

/** Finds the application whose Vorgang something joins that was handed in later. */
@Injectable()
export class JoinedApplications {
  constructor(private readonly house: House) {}

  /**
   * The first application of the chain of `followUpOf`, in the same municipality.
   * @returns undefined when the step joins nothing, or what it follows is not known here or not filed at this instance: then it is filed by itself.
   */
  async of({ options, application, tenant, instance }: ClaimedStep): Promise<Joined | undefined> {
    if (options.joins !== true) return undefined;
    const seen = new Set([application.id]);
    let root: Application | undefined;
    for (let next = await this.followedBy(application); next !== undefined && seen.size <= CHAIN_MAX; next = await this.followedBy(next)) {
      if (seen.has(next.id)) break;
      seen.add(next.id);
      root = next;
    }
    if (root === undefined) return undefined;
    const steps = await stepsOf(this.house.database.manager, { applicationId: root.id, tenant });
    const filed = steps.find((step) => step.kind === 'filing' && step.instance === instance && step.options.decisionId === undefined);
    if (filed === undefined) return undefined;
    return { application: root, ...(filed.options.rule === undefined ? {} : { rule: filed.options.rule }) };
  }

  /** Senders name it by our reference, by our id, or by their own id of that submission. */
  private async followedBy({ tenant, relations, origin }: Application): Promise<Application | undefined> {
    const target = relations.find(({ kind }) => kind === 'followUpOf')?.target;
    if (target === undefined) return undefined;
    const rows = await this.house.database.query<{ document: Application }[]>(FOLLOWED, [
      tenant,
      target,
      origin.endpoint,
      UUID.test(target) ? target : null,
    ]);
    const [row, ...others] = rows;
    return others.length > 0 ? undefined : row?.document;
  }
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Three looks into three indexes: one condition with OR would read the whole table. */
const FOLLOWED = `
  SELECT document FROM application WHERE tenant = $1 AND id IN (
    SELECT id FROM application WHERE reference = $2
    UNION SELECT id FROM application WHERE endpoint = $3 AND submission_id = $2
    UNION SELECT id FROM application WHERE id = $4::uuid) LIMIT 2`;
