// SPDX-License-Identifier: EUPL-1.2
import { z } from 'zod';

import { Instant } from './ids.js';
import { Money } from './money.js';

/** One position of a payment demand, with the accounting data (Kontierung) its operator agreed on. */
export const PaymentItem = z.strictObject({
  reference: z.string().max(36),
  description: z.string().max(250),
  amount: Money,
  quantity: z.int().min(1).max(999),
  bookingData: z.record(z.string().max(100), z.string().max(250)),
});
export type PaymentItem = z.infer<typeof PaymentItem>;

/** What the citizen has to pay (fee, Gebühr); the sum of the items is the amount. */
export const PaymentDemand = z.strictObject({
  amount: Money,
  /** At most 27 characters of the SEPA set after expansion: banks cut the rest. */
  purpose: z.string().max(27),
  description: z.string().max(250),
  items: z.array(PaymentItem).min(1).max(99),
});
export type PaymentDemand = z.infer<typeof PaymentDemand>;

/**
 * How far the money is. Failed is not final: `failed` and `cancelled` may still become `paid` (a late booking); only `paid` is a terminal
 * success.
 */
export const PaymentState = z.enum(['open', 'paid', 'failed', 'cancelled']);
export type PaymentState = z.infer<typeof PaymentState>;

/** The state after a report arrives, in whatever order reports come: `paid` is never taken back by a later failure. */
export function nextPaymentState(current: PaymentState, reported: PaymentState): PaymentState {
  if (current === 'paid') return 'paid';
  if (reported === 'open' && current !== 'open') return current;
  return reported;
}

/** The payment as the portal, the Fachverfahren and the file see it. */
export const Payment = z.strictObject({
  state: PaymentState,
  demand: PaymentDemand,
  /** Ours; the provider's guard against a second payment. */
  requestId: z.string().max(36),
  /** The provider's transaction, absent until it answered. */
  transactionId: z.string().max(100).optional(),
  /** The bookkeeping reference (Kassenzeichen) or what the provider gives in its place. */
  kassenzeichen: z.string().max(100).optional(),
  /** Where the citizen pays; only while open. */
  payUrl: z.url().max(2_082).optional(),
  paidAt: Instant.optional(),
});
export type Payment = z.infer<typeof Payment>;
