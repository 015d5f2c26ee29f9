// SPDX-License-Identifier: EUPL-1.2
/*
 * The words of XBezahldienste 1.0.0 (FITKO), verbatim: `grosAmount` and `PAYED` are the standard's own spelling.
 * Sources and what is inferred: README.md.
 */
import { z } from 'zod';

/** Body of POST paymenttransaction/{originatorId}/{endPointId}. Amounts are numbers of euros with at most two decimal places. */
export interface PaymentRequest {
  requestId: string;
  /** ISO 8601 in UTC. */
  requestTimestamp: string;
  currency: 'EUR';
  grosAmount: number;
  /** At most 27 of `[\w\d\s-]`. */
  purpose: string;
  /** At most 250 of `[\w\d\s-,.]` and U+00C0 to U+017F. */
  description: string;
  redirectUrl: string;
  /** 1 to 99. */
  items: PaymentRequestItem[];
  requestor?: Requestor;
}

export interface PaymentRequestItem {
  id: string;
  reference: string;
  description: string;
  /** Per cent. */
  taxRate: number;
  quantity: number;
  totalNetAmount: number;
  totalTaxAmount: number;
  singleNetAmount: number;
  singleTaxAmount: number;
  bookingData?: Record<string, string>;
}

export interface Requestor {
  name?: string;
  firstName?: string;
  isOrganization?: boolean;
  organizationName?: string;
  address?: RequestorAddress;
}

export interface RequestorAddress {
  street?: string;
  /** At most 20 of `[\w\d-]`. */
  houseNumber?: string;
  /** Exactly five digits. */
  postalCode?: string;
  city?: string;
  /** ISO 3166-1 alpha-2. */
  country?: string;
}

/** The four states of a transaction. */
export const TransactionStatus = z.enum(['INITIAL', 'PAYED', 'FAILED', 'CANCELED']);
export type TransactionStatus = z.infer<typeof TransactionStatus>;

/**
 * Answer to POST and GET of a transaction, as far as the house reads it; members it does not know are ignored, null counts as absent.
 * The id allows more than the standard (36 of `[\w\d-]`): pmPayment sends dots and longer ones. It never begins with a dot, because it goes
 * into a path.
 */
export const PaymentTransaction = z.object({
  paymentInformation: z.object({
    transactionId: z.string().regex(/^[\w-][\w.-]{0,99}$/),
    transactionRedirectUrl: z.string().max(2_082).nullish(),
    transactionReference: z.string().max(100).nullish(),
    transactionTimestamp: z.string().max(64).nullish(),
    paymentMethod: z.string().max(100).nullish(),
    paymentMethodDetail: z.string().max(100).nullish(),
    status: TransactionStatus,
  }),
  paymentRequest: z.object({ requestId: z.string().min(1).max(100), currency: z.string().max(10), grosAmount: z.number() }),
});
export type PaymentTransaction = z.infer<typeof PaymentTransaction>;

/** What went wrong, in the standard's words. */
export const FunctionalCode = z.enum([
  'NO_VALID_ORIGINATOR_OR_DESTINATION',
  'NO_VALID_ORIGINATOR_OR_ENDPOINT',
  'PAYMENT_EXISTS',
  'CALCULATION_ERROR',
  'BOOKING_DATA_MISSING',
  'VALIDATION_ERROR',
  'UNSPECIFIED',
  'FORBIDDEN',
]);
export type FunctionalCode = z.infer<typeof FunctionalCode>;

const transactionId = PaymentTransaction.shape.paymentInformation.shape.transactionId;

/** SystemResponse (application/problem+json), with the places in which a provider may name the transaction that exists already. */
export const SystemResponse = z.object({
  functionalCode: FunctionalCode.optional().catch(undefined),
  transactionId: transactionId.optional().catch(undefined),
  paymentInformation: z.object({ transactionId }).optional().catch(undefined),
});
export type SystemResponse = z.infer<typeof SystemResponse>;

/** Answer of an OAuth2 token endpoint (RFC 6749, section 5.1). */
export const TokenAnswer = z.object({ access_token: z.string().min(1).max(16_384), expires_in: z.coerce.number().min(0).nullish() });
export type TokenAnswer = z.infer<typeof TokenAnswer>;
