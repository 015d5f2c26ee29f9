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

/** Finds the application whose Vorgang something joins that was handed in later: the one with which its case began. */
@Injectable()
export class JoinedApplications {
  constructor(private readonly house: House) {}

  /** @returns undefined when the step joins nothing, begins a case itself, or the case's first is not filed at this instance: filed by itself. */
  async of({ options, application, tenant, instance }: ClaimedStep): Promise<Joined | undefined> {
    const { caseReference, reference } = application;
    if (options.joins !== true || caseReference === undefined || caseReference === reference) return undefined;
    const rows = await this.house.database.query<{ document: Application }[]>(FIRST, [tenant, caseReference]);
    const first = rows[0]?.document;
    if (first === undefined) return undefined;
    const steps = await stepsOf(this.house.database.manager, { applicationId: first.id, tenant });
    const filed = steps.find((step) => step.kind === 'filing' && step.instance === instance && step.options.decisionId === undefined);
    if (filed === undefined) return undefined;
    return { application: first, ...(filed.options.rule === undefined ? {} : { rule: filed.options.rule }) };
  }
}

const FIRST = 'SELECT document FROM application WHERE tenant = $1 AND reference = $2';
