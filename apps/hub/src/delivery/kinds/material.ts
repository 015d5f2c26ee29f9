// SPDX-License-Identifier: EUPL-1.2
import type { DeliverableDocument } from '@amtsbote/adapter-kit';
import type { Decision, Payment } from '@amtsbote/canonical';
import { decisionsOf, paymentsOf } from '@amtsbote/store';
import { Injectable } from '@nestjs/common';

import { filingDocuments } from '../../documents/filing-documents.js';
import { House } from '../../house/tokens.js';
import { paymentOfRow } from '../../status/payment-view.js';
import type { ClaimedStep } from '../claims.js';

/** What a delivery hands over besides the application itself. */
export interface Material {
  readonly documents: readonly DeliverableDocument[];
  readonly payment?: Payment;
  readonly decision?: Decision;
}

/** Gathers payment, decision and documents for filing and export. */
@Injectable()
export class Materials {
  constructor(private readonly house: House) {}

  /** @throws Error when the step names a decision that is not stored: our bug. */
  async of(step: ClaimedStep): Promise<Material> {
    const { application, options, tenant } = step;
    const payments = await paymentsOf(this.house.database.manager, step);
    const payment = payments.at(-1) === undefined ? undefined : paymentOfRow(payments.at(-1) as (typeof payments)[number]);
    const decision = options.decisionId === undefined ? undefined : await this.decision(step, options.decisionId);
    const tenantName = this.house.loaded.config.tenants[tenant]?.name;
    const documents = await filingDocuments({
      application,
      blobs: this.house.blobs,
      ...(payment === undefined ? {} : { payment }),
      ...(decision === undefined ? {} : { decision }),
      ...(tenantName === undefined ? {} : { tenantName }),
    });
    return { documents, ...(payment === undefined ? {} : { payment }), ...(decision === undefined ? {} : { decision }) };
  }

  private async decision(step: ClaimedStep, decisionId: string): Promise<Decision> {
    const decisions = await decisionsOf(this.house.database.manager, step);
    const row = decisions.find(({ id }) => id === decisionId);
    if (row === undefined) throw new Error('the decision is not there');
    return row.document;
  }
}
