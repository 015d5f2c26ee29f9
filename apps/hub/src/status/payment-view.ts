// SPDX-License-Identifier: EUPL-1.2
import type { Payment } from '@amtsbote/canonical';
import type { PaymentRow } from '@amtsbote/store';

/** A payment row in canonical words. */
export function paymentOfRow(row: PaymentRow): Payment {
  return {
    state: row.state,
    demand: row.demand,
    requestId: row.requestId,
    ...(row.transactionId === null ? {} : { transactionId: row.transactionId }),
    ...(row.kassenzeichen === null ? {} : { kassenzeichen: row.kassenzeichen }),
    ...(row.payUrl === null ? {} : { payUrl: row.payUrl }),
    ...(row.paidAt === null ? {} : { paidAt: row.paidAt.toISOString() }),
  };
}
