// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';

import type { DeliverableDocument } from '@amtsbote/adapter-kit';
import type { Decision, Payment } from '@amtsbote/canonical';
import { decisionsOf, paymentsOf } from '@amtsbote/store';
import { Injectable } from '@nestjs/common';

import { filingDocuments, isMade } from '../../documents/filing-documents.js';
import { House } from '../../house/tokens.js';
import { paymentOfRow } from '../../status/payment-view.js';
import type { ClaimedStep } from '../claims.js';
import { RecentlyMade } from './recently-made.js';

/** Of documents that are held for the next step of the same application. */
const MADE_BYTES_MAX = 16 * 1024 * 1024;
/** About what the description of a document takes. */
const DESCRIPTION_BYTES = 1_000;

/** What a delivery hands over besides the application itself. */
export interface Material {
  readonly documents: readonly DeliverableDocument[];
  readonly payment?: Payment;
  readonly decision?: Decision;
}

/** Gathers payment, decision and documents for filing and export. */
@Injectable()
export class Materials {
  private readonly recently = new RecentlyMade<DeliverableDocument[]>(MADE_BYTES_MAX, (documents) =>
    // Attachments are opened anew each time: only what we made ourselves is held.
    documents.reduce((sum, document) => sum + DESCRIPTION_BYTES + (isMade(document) ? document.size : 0), 0),
  );

  constructor(private readonly house: House) {}

  /** @throws Error when the step names a decision that is not stored: our bug. */
  async of(step: ClaimedStep): Promise<Material> {
    const { application, options, tenant } = step;
    const payments = await paymentsOf(this.house.database.manager, step);
    const payment = payments.at(-1) === undefined ? undefined : paymentOfRow(payments.at(-1) as (typeof payments)[number]);
    const decision = options.decisionId === undefined ? undefined : await this.decision(step, options.decisionId);
    const tenantName = this.house.loaded.config.tenants[tenant]?.name;
    const subject = {
      application,
      ...(payment === undefined ? {} : { payment }),
      ...(decision === undefined ? {} : { decision }),
      ...(tenantName === undefined ? {} : { tenantName }),
    };
    const key = createHash('sha256').update(JSON.stringify(subject)).digest('base64');
    const documents = await this.recently.get(key, () => filingDocuments({ ...subject, blobs: this.house.blobs }));
    return { documents, ...(payment === undefined ? {} : { payment }), ...(decision === undefined ? {} : { decision }) };
  }

  private async decision(step: ClaimedStep, decisionId: string): Promise<Decision> {
    const decisions = await decisionsOf(this.house.database.manager, step);
    const row = decisions.find(({ id }) => id === decisionId);
    if (row === undefined) throw new Error('the decision is not there');
    return row.document;
  }
}
