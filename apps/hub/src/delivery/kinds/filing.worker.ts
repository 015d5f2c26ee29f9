// SPDX-License-Identifier: EUPL-1.2
import { type DeliveryContext, type FilingRequest, isFound } from '@amtsbote/adapter-kit';
import type { JsonValue } from '@amtsbote/canonical';
import { stepsOf } from '@amtsbote/store';
import { Injectable } from '@nestjs/common';

import { isMade } from '../../documents/filing-documents.js';
import { Instances } from '../../house/instances.js';
import { House } from '../../house/tokens.js';
import { placeOf } from '../../routing/aktenplan.js';
import type { ClaimedStep } from '../claims.js';
import { type Outcome, StepWorker } from '../outcome.js';
import { type KeptReceipt, withProof } from './filing-proof.js';
import { JoinedApplications } from './joined.js';
import { Materials } from './material.js';
import { refuseTestSubmission } from './test-submission.js';

/** Files an application, or its decision, in the DMS. */
@Injectable()
export class FilingWorker extends StepWorker {
  constructor(
    private readonly house: House,
    private readonly instances: Instances,
    private readonly materials: Materials,
    private readonly joined: JoinedApplications,
  ) {
    super();
  }

  override async attempt(step: ClaimedStep, ctx: DeliveryContext): Promise<Outcome> {
    const { port, config } = this.instances.get(step.instance, 'dms');
    if (await this.isGone(step)) return { is: 'done', receipt: { refreshed: false } };
    const request = await this.requestOf(step);
    return done(await withProof(port, config.readBack, request, await port.file(request, ctx), ctx));
  }

  override async find(step: ClaimedStep, ctx: DeliveryContext): Promise<Outcome | 'absent' | 'cannotTell'> {
    const { port, config } = this.instances.get(step.instance, 'dms');
    if (await this.isGone(step)) return 'absent';
    const request = await this.requestOf(step);
    const found = await port.find(request, ctx);
    return isFound(found) ? done(await withProof(port, config.readBack, request, found.found, ctx)) : found;
  }

  /** Nothing to bring up to date: a person has decided that it is not filed here. */
  private async isGone({ options: { refreshes }, applicationId, tenant }: ClaimedStep): Promise<boolean> {
    if (refreshes === undefined) return false;
    const steps = await stepsOf(this.house.database.manager, { applicationId, tenant });
    return steps.find(({ id }) => id === refreshes)?.state !== 'done';
  }

  private async requestOf(step: ClaimedStep): Promise<FilingRequest> {
    const { application, options } = step;
    refuseTestSubmission(application);
    const joined = await this.joined.of(step);
    // What joins goes by the rule of what it joins: there is one Vorgang, and it is where that application was filed.
    const rule = joined === undefined ? options.rule : joined.rule;
    const place = rule === undefined ? undefined : placeOf(rule, joined?.application ?? application);
    const { documents, decision } = await this.materials.of(step);
    const { refreshes } = options;
    return {
      ...{ application, documents: refreshes === undefined ? documents : documents.filter(isMade) },
      ...(decision === undefined ? {} : { decision }),
      ...(place === undefined ? {} : { place }),
      ...(joined === undefined ? {} : { joins: joined.application }),
      ...(refreshes === undefined ? {} : { refreshes }),
    };
  }
}

function done(receipt: KeptReceipt): Outcome {
  return { is: 'done', receipt: receipt as unknown as JsonValue };
}
