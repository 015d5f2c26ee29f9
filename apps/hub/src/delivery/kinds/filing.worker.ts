// SPDX-License-Identifier: EUPL-1.2
import { type DeliveryContext, type FilingRequest, isFound } from '@amtsbote/adapter-kit';
import type { JsonValue } from '@amtsbote/canonical';
import { Injectable } from '@nestjs/common';

import { Instances } from '../../house/instances.js';
import type { ClaimedStep } from '../claims.js';
import { type Outcome, StepWorker } from '../outcome.js';
import { type KeptReceipt, withProof } from './filing-proof.js';
import { Materials } from './material.js';
import { refuseTestSubmission } from './test-submission.js';

/** Files an application, or its decision, in the DMS. */
@Injectable()
export class FilingWorker extends StepWorker {
  constructor(
    private readonly instances: Instances,
    private readonly materials: Materials,
  ) {
    super();
  }

  override async attempt(step: ClaimedStep, ctx: DeliveryContext): Promise<Outcome> {
    const request = await this.requestOf(step);
    const { port, config } = this.instances.get(step.instance, 'dms');
    return done(await withProof(port, config.readBack, request, await port.file(request, ctx), ctx));
  }

  override async find(step: ClaimedStep, ctx: DeliveryContext): Promise<Outcome | 'absent' | 'cannotTell'> {
    const request = await this.requestOf(step);
    const { port, config } = this.instances.get(step.instance, 'dms');
    const found = await port.find(request, ctx);
    return isFound(found) ? done(await withProof(port, config.readBack, request, found.found, ctx)) : found;
  }

  private async requestOf(step: ClaimedStep): Promise<FilingRequest> {
    const { application } = step;
    refuseTestSubmission(application);
    const { documents, decision } = await this.materials.of(step);
    return { application, documents, ...(decision === undefined ? {} : { decision }) };
  }
}

function done(receipt: KeptReceipt): Outcome {
  return { is: 'done', receipt: receipt as unknown as JsonValue };
}
