// SPDX-License-Identifier: EUPL-1.2
import type { DeliveryContext, StatusUpdate } from '@amtsbote/adapter-kit';
import { ApplicationState } from '@amtsbote/canonical';
import { decisionsOf, paymentsOf } from '@amtsbote/store';
import { Injectable } from '@nestjs/common';

import { Instances } from '../../house/instances.js';
import { House } from '../../house/tokens.js';
import type { ClaimedStep } from '../claims.js';
import { type Outcome, StepWorker } from '../outcome.js';

/** Reports one citizen-visible change to the portal. Receivers drop doubles by the update's id, so it is simply repeated. */
@Injectable()
export class StatusWorker extends StepWorker {
  constructor(
    private readonly house: House,
    private readonly instances: Instances,
  ) {
    super();
  }

  override async attempt(step: ClaimedStep, ctx: DeliveryContext): Promise<Outcome> {
    const { port } = this.instances.get(step.instance, 'status');
    const receipt = await port.report(await this.updateOf(step), ctx);
    return { is: 'done', receipt: { acceptedAt: receipt.acceptedAt } };
  }

  override async find(): Promise<'absent'> {
    return 'absent';
  }

  private async updateOf(step: ClaimedStep): Promise<StatusUpdate> {
    const { application, options } = step;
    const status = options.status;
    if (status === undefined) throw new Error('a status step without a status');
    const state = ApplicationState.parse(status.state);
    const mailbox = application.applicant.mailbox?.handle;
    return {
      id: step.id,
      applicationId: application.id,
      reference: application.reference,
      submissionId: application.origin.submissionId,
      tenant: step.tenant,
      sequence: status.sequence,
      state,
      changedAt: new Date(status.changedAt),
      ...(mailbox === undefined ? {} : { mailbox }),
      ...(state === 'ACTION_REQUIRED' ? await this.paymentOf(step) : {}),
      ...(options.decisionId === undefined ? {} : await this.decisionOf(step, options.decisionId)),
    };
  }

  private async paymentOf(step: ClaimedStep): Promise<Pick<StatusUpdate, 'payment'>> {
    const payments = await paymentsOf(this.house.database.manager, step);
    const open = payments.find(({ state, payUrl }) => state !== 'paid' && payUrl !== null);
    if (open?.payUrl == null) return {};
    return { payment: { payUrl: open.payUrl, cents: open.demand.amount.cents, currency: open.demand.amount.currency } };
  }

  private async decisionOf(step: ClaimedStep, decisionId: string): Promise<Pick<StatusUpdate, 'decision'>> {
    const decisions = await decisionsOf(this.house.database.manager, step);
    const decision = decisions.find(({ id }) => id === decisionId)?.document;
    if (decision === undefined) throw new Error('a status step names a decision that is not there');
    const base = `${this.house.loaded.config.publicUrl.replace(/\/$/, '')}/applications/${step.applicationId}/documents`;
    const documents = decision.documents.flatMap((document) => {
      if (document.state !== 'stored') return [];
      const { id, name, mediaType, size, sha512 } = document;
      return [{ name, mediaType, size, sha512, url: `${base}/${id}` }];
    });
    return { decision: { outcome: decision.outcome, text: decision.text, documents } };
  }
}
