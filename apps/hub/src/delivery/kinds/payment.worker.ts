// SPDX-License-Identifier: EUPL-1.2
import { type DeliveryContext, DeliveryError, type PaymentOpened, type PaymentOrder, type PaymentReport } from '@amtsbote/adapter-kit';
import { nextPaymentState } from '@amtsbote/canonical';
import { crashPoint } from '@amtsbote/platform';
import { type PaymentFollowing, type PaymentRow, paymentsOf, stepsOf } from '@amtsbote/store';
import { Injectable } from '@nestjs/common';

import { PaymentPolicy } from '../../config/route-config.js';
import { Instances } from '../../house/instances.js';
import { House } from '../../house/tokens.js';
import type { Work } from '../../house/unit-of-work.js';
import { refreshSteps } from '../../routing/planner.js';
import type { ClaimedStep } from '../claims.js';
import { type Outcome, StepWorker } from '../outcome.js';
import { plantSteps } from '../progress.js';
import { refuseTestSubmission } from './test-submission.js';

/** Polls double their distance with the age of the payment: a tenth of the age, between pollMs and pollMaxMs. */
const POLL_AGE_SHARE = 10;

/**
 * Opens a payment and follows it by asking to its end. The intent is stored before the provider hears of it; what a browser or a notification
 * says only makes us ask sooner. Failed is not final (law 10).
 */
@Injectable()
export class PaymentWorker extends StepWorker {
  constructor(
    private readonly house: House,
    private readonly instances: Instances,
  ) {
    super();
  }

  override async attempt(step: ClaimedStep, ctx: DeliveryContext): Promise<Outcome> {
    const intent = await this.intent(step);
    const { port } = this.instances.get(step.instance, 'payment');
    const order = this.orderOf(step, intent);
    if (intent.transactionId === null) return this.opened(step, intent, await port.open(order, ctx));
    const opened: PaymentOpened = { transactionId: intent.transactionId, ...(intent.payUrl === null ? {} : { payUrl: intent.payUrl }) };
    return this.reported(step, intent, await port.status(order, opened, ctx));
  }

  override async find(step: ClaimedStep, ctx: DeliveryContext): Promise<Outcome | 'absent' | 'cannotTell'> {
    const intent = await this.intent(step);
    // Once it is open every attempt only reads: nothing to look for. Before that the adapter's own effect decides.
    if (intent.transactionId !== null) return 'absent';
    const { port } = this.instances.get(step.instance, 'payment');
    const found = await port.find(this.orderOf(step, intent), ctx);
    return typeof found === 'object' ? this.opened(step, intent, found.found) : found;
  }

  /** The stored intent; made and committed before the first call. */
  private async intent(step: ClaimedStep): Promise<PaymentRow> {
    refuseTestSubmission(step.application);
    const demand = step.application.payment;
    if (demand === undefined)
      throw DeliveryError.untransferable('payment/no-demand', 'The application carries no payment demand; give the step a condition.');
    const known = await this.stored(step);
    if (known !== undefined) return known;
    const { id, tenant, applicationId, instance } = step;
    await this.house.database.query(STORE_INTENT, [id, tenant, applicationId, instance, JSON.stringify(demand), this.house.clock.now()]);
    crashPoint('payment.intended');
    const intent = await this.stored(step);
    if (intent === undefined) throw new Error('the payment intent is not there');
    return intent;
  }

  private async stored(step: ClaimedStep): Promise<PaymentRow | undefined> {
    return (await paymentsOf(this.house.database.manager, step)).find(({ stepId }) => stepId === step.id);
  }

  private orderOf(step: ClaimedStep, intent: PaymentRow): PaymentOrder {
    const returnUrl =
      policyOf(step).returnUrl ?? `${this.house.loaded.config.publicUrl.replace(/\/$/, '')}/payments/return/${intent.requestId}`;
    const { tenant, application } = step;
    return {
      requestId: intent.requestId,
      tenant,
      reference: application.reference,
      requestedAt: intent.requestedAt,
      demand: intent.demand,
      payer: application.applicant,
      returnUrl,
    };
  }

  private opened(step: ClaimedStep, intent: PaymentRow, opened: PaymentOpened): Outcome {
    return {
      is: 'awaiting',
      receipt: { transactionId: opened.transactionId, state: 'open' },
      nextLook: this.nextLook(step, intent),
      commit: async (work) => {
        await work.sql.query(SET_OPENED, [step.id, step.tenant, opened.transactionId, opened.payUrl ?? null, this.house.clock.now()]);
      },
    };
  }

  private reported(step: ClaimedStep, intent: PaymentRow, report: PaymentReport): Outcome {
    if (report.cents !== intent.demand.amount.cents) {
      throw DeliveryError.refused('payment/amount-differs', 'The provider has another amount on its books than was demanded.', {
        hintKey: 'amountDiffers',
      });
    }
    const state = nextPaymentState(intent.state, report.state);
    const receipt = {
      transactionId: intent.transactionId,
      state,
      kassenzeichen: report.kassenzeichen ?? intent.kassenzeichen,
      method: report.method ?? null,
    };
    const commit = (work: Work): Promise<void> => this.writeReport(work, step, intent, { ...report, state });
    if (state === 'paid') return { is: 'done', receipt, commit };
    const age = this.house.clock.now().getTime() - intent.requestedAt.getTime();
    if (age > policyOf(step).payWithinMs) {
      throw DeliveryError.refused('payment/not-paid', 'The citizen has not paid within the time allowed.', { hintKey: 'notPaid' });
    }
    return { is: 'awaiting', receipt, nextLook: this.nextLook(step, intent), commit };
  }

  private async writeReport(work: Work, step: ClaimedStep, intent: PaymentRow, report: PaymentReport): Promise<void> {
    const now = this.house.clock.now();
    const paidAt = report.state === 'paid' ? (report.at ?? now) : null;
    await work.sql.query(SET_REPORT, [
      step.id,
      step.tenant,
      report.state,
      report.payUrl ?? null,
      report.kassenzeichen ?? null,
      report.method ?? null,
      paidAt,
      now,
    ]);
    if (report.state === intent.state) return;
    const { tenant, applicationId } = step;
    // What was filed while the payment was open says so: it gets a new version.
    if (report.state === 'paid') {
      const refreshing = refreshSteps(this.house.ids, await stepsOf(work.sql, { applicationId, tenant }));
      await plantSteps(work, { id: applicationId, tenant }, refreshing);
    }
    work.note({
      tenant,
      applicationId,
      stepId: step.id,
      actor: `instance:${step.instance}`,
      event: 'payment.state-changed',
      data: { from: intent.state, to: report.state },
    });
  }

  private nextLook(step: ClaimedStep, intent: PaymentRow): Date {
    const now = this.house.clock.now().getTime();
    const { pollMs, pollMaxMs } = policyOf(step);
    const pause = Math.min(Math.max(pollMs, (now - intent.requestedAt.getTime()) / POLL_AGE_SHARE), pollMaxMs);
    return new Date(now + pause);
  }
}

/** What the step was planned with: which route matches today says nothing about an application under way. */
function policyOf({ options }: ClaimedStep): PaymentFollowing {
  return options.payment ?? DEFAULTS;
}

/** For steps planned by a hub that did not store it yet. */
const DEFAULTS: PaymentFollowing = PaymentPolicy.parse({});

const STORE_INTENT = `
  INSERT INTO payment (step_id, tenant, application_id, instance, request_id, state, demand, requested_at, changed_at)
  VALUES ($1::uuid, $2, $3, $4, ($1::uuid)::text, 'open', $5::jsonb, $6, $6) ON CONFLICT (step_id) DO NOTHING`;

const SET_OPENED = 'UPDATE payment SET transaction_id = $3, pay_url = $4, changed_at = $5 WHERE step_id = $1 AND tenant = $2';

const SET_REPORT = `
  UPDATE payment SET state = $3, pay_url = CASE WHEN $3 = 'paid' THEN NULL ELSE coalesce($4, pay_url) END, kassenzeichen = coalesce($5, kassenzeichen),
    method = coalesce($6, method), paid_at = coalesce(paid_at, $7), changed_at = $8
  WHERE step_id = $1 AND tenant = $2`;
