// SPDX-License-Identifier: EUPL-1.2
import { type DeliveryContext, type FilingReceipt, type FilingRequest, isFound } from '@amtsbote/adapter-kit';
import type { JsonValue } from '@amtsbote/canonical';
import { Injectable } from '@nestjs/common';

import { Instances } from '../../house/instances.js';
import { placeOf } from '../../routing/aktenplan.js';
import type { ClaimedStep } from '../claims.js';
import { type Outcome, StepWorker } from '../outcome.js';
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
    const { port } = this.instances.get(step.instance, 'dms');
    return done(await port.file(await this.requestOf(step), ctx));
  }

  override async find(step: ClaimedStep, ctx: DeliveryContext): Promise<Outcome | 'absent' | 'cannotTell'> {
    const { port } = this.instances.get(step.instance, 'dms');
    const found = await port.find(await this.requestOf(step), ctx);
    return isFound(found) ? done(found.found) : found;
  }

  private async requestOf(step: ClaimedStep): Promise<FilingRequest> {
    const { application, options } = step;
    refuseTestSubmission(application);
    const place = options.rule === undefined ? undefined : placeOf(options.rule, application);
    const { documents, decision } = await this.materials.of(step);
    return { application, documents, ...(decision === undefined ? {} : { decision }), ...(place === undefined ? {} : { place }) };
  }
}

function done(receipt: FilingReceipt): Outcome {
  return { is: 'done', receipt: receipt as unknown as JsonValue };
}
