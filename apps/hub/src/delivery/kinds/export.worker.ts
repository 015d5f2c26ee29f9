// SPDX-License-Identifier: EUPL-1.2
import { type DeliveryContext, type ExportRequest, isFound } from '@amtsbote/adapter-kit';
import { Injectable } from '@nestjs/common';

import { Instances } from '../../house/instances.js';
import type { ClaimedStep } from '../claims.js';
import { type Outcome, StepWorker } from '../outcome.js';
import { Materials } from './material.js';
import { refuseTestSubmission } from './test-submission.js';

/** Hands an application to a Fachverfahren that takes pushes. (Pickup queues need no worker: the Fachverfahren comes itself.) */
@Injectable()
export class ExportWorker extends StepWorker {
  constructor(
    private readonly instances: Instances,
    private readonly materials: Materials,
  ) {
    super();
  }

  override async attempt(step: ClaimedStep, ctx: DeliveryContext): Promise<Outcome> {
    const { port } = this.instances.get(step.instance, 'export');
    const { id } = await port.deliver(await this.requestOf(step), ctx);
    return { is: 'done', receipt: { id } };
  }

  override async find(step: ClaimedStep, ctx: DeliveryContext): Promise<Outcome | 'absent' | 'cannotTell'> {
    const { port } = this.instances.get(step.instance, 'export');
    const found = await port.find(await this.requestOf(step), ctx);
    return isFound(found) ? { is: 'done', receipt: { id: found.found.id } } : found;
  }

  private async requestOf(step: ClaimedStep): Promise<ExportRequest> {
    refuseTestSubmission(step.application);
    const { documents, payment } = await this.materials.of(step);
    return { application: step.application, documents, ...(payment === undefined ? {} : { payment }) };
  }
}
