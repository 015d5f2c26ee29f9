// SPDX-License-Identifier: EUPL-1.2
import { DeliveryError, type PaymentOrder, type PaymentReport } from '@amtsbote/adapter-kit';
import { type Applicant, centsOfDecimal, type Money, type PaymentItem, type PaymentState, toDecimal } from '@amtsbote/canonical';

import { ADAPTER_TYPE } from './xbezahldienste.errors.js';
import type { XbezahldiensteOptions } from './xbezahldienste.options.js';
import type {
  PaymentRequest,
  PaymentRequestItem,
  PaymentTransaction,
  Requestor,
  RequestorAddress,
  TransactionStatus,
} from './xbezahldienste.wire.js';

/** What the mapping has to know of the options. */
export type MappingOptions = Pick<XbezahldiensteOptions, 'profile' | 'sendRequestor'>;

const STATES: Readonly<Record<TransactionStatus, PaymentState>> = {
  INITIAL: 'open',
  PAYED: 'paid',
  FAILED: 'failed',
  CANCELED: 'cancelled',
};
/** Longest URL the standard allows. */
const URL_LENGTH_MAX = 2_082;

/**
 * The order in the standard's words.
 * @throws DeliveryError kind `untransferable` when the standard has no words for it (no purpose left, sum differs, return address too long).
 */
export function toPaymentRequest(order: PaymentOrder, options: MappingOptions): PaymentRequest {
  const { demand } = order;
  const purpose = purposeOf(demand.purpose, order.reference);
  if (purpose === '') throw untransferable('purpose', 'The purpose has no character that the standard allows.');
  if (!/^[\w-]{1,36}$/.test(order.requestId)) throw untransferable('request-id', 'The request id is not one of the standard.');
  if (order.returnUrl.length > URL_LENGTH_MAX) throw untransferable('return-url', 'The return address is longer than the standard allows.');
  if (demand.amount.cents === 0) throw untransferable('nothing-to-pay', 'A payment of zero cannot be requested.');
  if (demand.items.reduce((sum, { amount }) => sum + amount.cents, 0) !== demand.amount.cents)
    throw untransferable('sum-of-items', 'The amount is not the sum of its items.');
  const requestor = options.sendRequestor && options.profile !== 'epay21' ? requestorOf(order.payer) : undefined;
  return {
    requestId: order.requestId,
    requestTimestamp: order.requestedAt.toISOString(),
    currency: demand.amount.currency,
    grosAmount: euros(demand.amount),
    purpose: options.profile === 'epaybl' ? purpose.toUpperCase() : purpose,
    description: safeText(demand.description, 250) || purpose,
    redirectUrl: order.returnUrl,
    items: demand.items.map((item, index) => itemOf(item, index, options)),
    ...(requestor === undefined ? {} : { requestor }),
  };
}

/**
 * A position. Its amount is the total of the position, without tax: fees of sovereign acts bear none. Where the total cannot be divided by
 * the quantity in whole cents, the position is sent as one piece, because single amounts have to multiply up exactly.
 */
function itemOf(item: PaymentItem, index: number, options: MappingOptions): PaymentRequestItem {
  const quantity = item.amount.cents % item.quantity === 0 ? item.quantity : 1;
  const total = euros(item.amount);
  const description = safeText(item.description, 250) || `Position ${index + 1}`;
  const hasBookingData = Object.keys(item.bookingData).length > 0;
  return {
    id: String(index + 1),
    reference: safeId(item.reference, 36) || String(index + 1),
    description,
    taxRate: 0,
    quantity,
    totalNetAmount: total,
    totalTaxAmount: 0,
    singleNetAmount: euros({ ...item.amount, cents: item.amount.cents / quantity }),
    singleTaxAmount: 0,
    ...(hasBookingData || options.profile !== 'epay21' ? { bookingData: { ...item.bookingData } } : {}),
  };
}

/** The payer, as far as known; what is unknown or does not fit the standard's patterns is left out, nobody is asked to pay less for it. */
function requestorOf(payer: Applicant): Requestor | undefined {
  const address = addressOf(payer);
  const requestor: Requestor = {
    ...present('name', safeText(payer.familyName, 250)),
    ...present('firstName', safeText(payer.givenName, 250)),
    ...(payer.kind === 'unknown' ? {} : { isOrganization: payer.kind === 'organisation' }),
    ...present('organizationName', safeText(payer.organisationName, 250)),
    ...(address === undefined ? {} : { address }),
  };
  const isNamed = requestor.name !== undefined || requestor.organizationName !== undefined;
  return isNamed || address !== undefined ? requestor : undefined;
}

function addressOf({ address }: Applicant): RequestorAddress | undefined {
  if (address === undefined) return undefined;
  const postalCode = address.postalCode?.trim() ?? '';
  const country = address.country?.trim().toUpperCase() ?? '';
  const known: RequestorAddress = {
    ...present('street', safeText(address.street, 250)),
    ...present('houseNumber', safeId(address.houseNumber, 20)),
    ...(/^\d{5}$/.test(postalCode) ? { postalCode } : {}),
    // The pattern of the city, unlike that of all other texts, has no full stop.
    ...present('city', safeText(address.city?.replaceAll('.', ' '), 250)),
    ...(/^[A-Z]{2}$/.test(country) ? { country } : {}),
  };
  return Object.keys(known).length === 0 ? undefined : known;
}

function present<Key extends string>(key: Key, text: string): { [K in Key]?: string } {
  return text === '' ? {} : ({ [key]: text } as { [K in Key]?: string });
}

/** Exact in JSON: with at most ten digits the shortest notation of the nearest double is the decimal itself. */
function euros(money: Money): number {
  return Number(toDecimal(money));
}

/**
 * Checks that the provider speaks of this order: same request id, same amount, same currency.
 * @throws DeliveryError kind `refused`: a clerk has to look, nothing of this answer counts.
 */
function assertSameOrder({ paymentRequest }: PaymentTransaction, order: PaymentOrder): void {
  if (paymentRequest.requestId !== order.requestId)
    throw DeliveryError.refused(`${ADAPTER_TYPE}/request-mismatch`, 'The provider answered with the payment of another request.');
  const { amount } = order.demand;
  if (paymentRequest.currency !== amount.currency || centsOf(paymentRequest.grosAmount) !== amount.cents)
    throw DeliveryError.refused(`${ADAPTER_TYPE}/amount-mismatch`, 'The provider has another amount or currency on its books.');
}

function centsOf(amount: number): number | undefined {
  try {
    return centsOfDecimal(amount);
  } catch {
    return undefined;
  }
}

/**
 * The receipt of this order's payment; `payUrl` only while it can be paid.
 * @throws DeliveryError kind `refused` when it is the payment of another order, or is open without a page to pay on: nobody could go on.
 */
export function openedFor(transaction: PaymentTransaction, order: PaymentOrder): { transactionId: string; payUrl?: string } {
  assertSameOrder(transaction, order);
  const { transactionId, status } = transaction.paymentInformation;
  const payUrl = payUrlOf(transaction.paymentInformation);
  if (status === 'INITIAL' && payUrl === undefined)
    throw DeliveryError.refused(`${ADAPTER_TYPE}/no-payment-page`, 'The provider opened the payment but says not where to pay.');
  return { transactionId, ...(payUrl === undefined ? {} : { payUrl }) };
}

/**
 * What the provider says of this order's payment now.
 * @throws DeliveryError kind `refused` when it is the payment of another order.
 */
export function reportFor(transaction: PaymentTransaction, order: PaymentOrder): PaymentReport {
  assertSameOrder(transaction, order);
  const information = transaction.paymentInformation;
  const at = bookedAt(information.transactionTimestamp);
  const method = information.paymentMethod === 'OTHER' ? (information.paymentMethodDetail ?? 'OTHER') : information.paymentMethod;
  const payUrl = payUrlOf(information);
  return {
    state: STATES[information.status],
    cents: order.demand.amount.cents,
    ...present('kassenzeichen', information.transactionReference ?? ''),
    ...present('method', method ?? ''),
    ...(at === undefined ? {} : { at }),
    ...(payUrl === undefined ? {} : { payUrl }),
  };
}

/** Only while INITIAL, and only http(s): the address goes to citizens' browsers. */
function payUrlOf({ status, transactionRedirectUrl }: PaymentTransaction['paymentInformation']): string | undefined {
  if (status !== 'INITIAL' || typeof transactionRedirectUrl !== 'string' || !URL.canParse(transactionRedirectUrl)) return undefined;
  return /^https?:$/.test(new URL(transactionRedirectUrl).protocol) ? transactionRedirectUrl : undefined;
}

/** A moment with its offset from UTC; without one it could be off by two hours and is left out. */
function bookedAt(timestamp: string | null | undefined): Date | undefined {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?)(?:Z|([+-]\d\d):?(\d\d))$/.exec(timestamp ?? '');
  if (match === null) return undefined;
  const at = new Date(`${match[1] ?? ''}${match[2] === undefined ? 'Z' : `${match[2]}:${match[3] ?? '00'}`}`);
  return Number.isNaN(at.getTime()) ? undefined : at;
}

function untransferable(code: string, message: string): DeliveryError {
  return DeliveryError.untransferable(`${ADAPTER_TYPE}/${code}`, message);
}

/** Longest purpose, in characters: what is longer, banks cut. */
export const PURPOSE_LENGTH_MAX = 27;

/** How letters are written where only ASCII is allowed: the long form first (DIN 5007-2 and passport rules), the short one when space is short. */
const LETTERS: Readonly<Record<string, readonly [long: string, short: string]>> = {
  ä: ['ae', 'a'],
  ö: ['oe', 'o'],
  ü: ['ue', 'u'],
  Ä: ['Ae', 'A'],
  Ö: ['Oe', 'O'],
  Ü: ['Ue', 'U'],
  ß: ['ss', 's'],
  ẞ: ['SS', 'S'],
  æ: ['ae', 'a'],
  Æ: ['Ae', 'A'],
  œ: ['oe', 'o'],
  Œ: ['Oe', 'O'],
  ø: ['oe', 'o'],
  Ø: ['Oe', 'O'],
  å: ['aa', 'a'],
  Å: ['Aa', 'A'],
  þ: ['th', 't'],
  Þ: ['Th', 'T'],
  ð: ['d', 'd'],
  Ð: ['D', 'D'],
  đ: ['d', 'd'],
  Đ: ['D', 'D'],
  ł: ['l', 'l'],
  Ł: ['L', 'L'],
  ı: ['i', 'i'],
};

/**
 * The purpose the payer reads on the bank statement: at most 27 of `[\w\d\s-]`, checked after umlauts were spelled out. The human reference is
 * appended when it fits and is not part of the text already. Nothing is cut: where "ue" makes it too long, "u" is written instead, which is
 * never longer than the original.
 * @returns '' when no allowed character is left.
 */
export function purposeOf(purpose: string, reference: string): string {
  const long = ascii(purpose, 0);
  const text = long.length <= PURPOSE_LENGTH_MAX ? long : ascii(purpose, 1).slice(0, PURPOSE_LENGTH_MAX).trim();
  if (text === '' || compact(text).includes(compact(reference))) return text;
  const fitting = [reference, reference.replaceAll('-', '')].find(
    (candidate) => text.length + 1 + candidate.length <= PURPOSE_LENGTH_MAX && /^[\w-]+$/.test(candidate),
  );
  return fitting === undefined ? text : `${text} ${fitting}`;
}

function compact(text: string): string {
  return text.replace(/[^A-Za-z0-9]/g, '').toUpperCase();
}

function ascii(text: string, form: 0 | 1): string {
  let written = '';
  for (const character of text.normalize('NFC')) written += LETTERS[character]?.[form] ?? withoutMarks(character, /^[\w\s-]+$/);
  return tidy(written);
}

/**
 * A free text of the standard: `[\w\d\s-,.]` and U+00C0 to U+017F, so umlauts stay. Other letters lose their marks ("ễ" becomes "e"), other
 * characters become a blank. Cut at `length`.
 */
export function safeText(text: string | undefined, length: number): string {
  let written = '';
  for (const character of (text ?? '').normalize('NFC')) written += withoutMarks(character, /^[\w\s\-,.\u00C0-\u017F]+$/);
  return tidy(tidy(written).slice(0, length));
}

/** An identifier of the standard: `[\w\d-]`, everything else is dropped ("12 a" becomes "12a"). Cut at `length`. */
export function safeId(text: string | undefined, length: number): string {
  return ascii(text ?? '', 0)
    .replace(/[^\w-]/g, '')
    .slice(0, length);
}

function withoutMarks(character: string, allowed: RegExp): string {
  if (allowed.test(character)) return character;
  const base = character.normalize('NFD').replace(/\p{M}/gu, '');
  return allowed.test(base) ? base : ' ';
}

function tidy(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
