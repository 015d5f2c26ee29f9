// SPDX-License-Identifier: EUPL-1.2
import type { Applicant, PaymentDemand, PaymentState, Tenant } from '@amtsbote/canonical';

import type { DeliveryContext } from '../context.js';
import type { Found } from '../found.js';
import { Port } from './port.js';

/** A payment intent, stored by the hub before the provider hears of it. */
export interface PaymentOrder {
  /** Ours, 36 characters at most, `[\w-]`: the provider's guard against a second payment. */
  readonly requestId: string;
  readonly tenant: Tenant;
  /** Human reference of the application, for purpose and description. */
  readonly reference: string;
  /** When the intent was stored: equal on every attempt. */
  readonly requestedAt: Date;
  readonly demand: PaymentDemand;
  readonly payer: Applicant;
  /** Where the provider sends the citizen's browser afterwards. */
  readonly returnUrl: string;
}

/** The provider's answer to an intent. */
export interface PaymentOpened {
  readonly transactionId: string;
  /** Where the citizen pays; absent when the provider no longer offers it (already paid or over). */
  readonly payUrl?: string;
}

/** What the provider says of a payment now. Failed is not final. */
export interface PaymentReport {
  readonly state: PaymentState;
  /** Amount the provider has on its books, in cents; must equal the demand. */
  readonly cents: number;
  /** Bookkeeping reference (Kassenzeichen, transaction reference), when there is one. */
  readonly kassenzeichen?: string;
  readonly method?: string;
  /** When the provider booked it. */
  readonly at?: Date;
  /** A fresh link while the payment is open. */
  readonly payUrl?: string;
}

/** Out: requests an ePayment and asks for its state; only what was asked for counts, never what a browser or webhook says. */
export abstract class PaymentPort extends Port {
  /**
   * Opens the payment at the provider. The same `requestId` again never opens a second one.
   * @throws DeliveryError
   */
  abstract open(order: PaymentOrder, ctx: DeliveryContext): Promise<PaymentOpened>;
  /** Whether a payment with this order's `requestId` exists at the provider. */
  abstract find(order: PaymentOrder, ctx: DeliveryContext): Promise<Found<PaymentOpened>>;
  /** Asks the provider for the state; reads only. */
  abstract status(order: PaymentOrder, opened: PaymentOpened, ctx: DeliveryContext): Promise<PaymentReport>;
}
