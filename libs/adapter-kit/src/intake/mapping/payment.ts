// SPDX-License-Identifier: EUPL-1.2
import { centsOfDecimal, type JsonValue, Money, type PaymentDemand } from '@amtsbote/canonical';

import { IntakeRejection } from '../../intake-rejection.js';
import { isJsonObject, pointerTo } from '../json-pointer.js';
import type { PaymentMapping, Source } from './form-mapping.js';
import type { SentDocument } from './sent-document.js';

const PURPOSE_LENGTH_MAX = 27;
const DESCRIPTION_LENGTH_MAX = 250;

/**
 * The demand the body states, or `undefined` when nothing is to be paid. What cannot be read refuses the submission: a fee must neither be
 * guessed nor silently waived.
 * @throws IntakeRejection `untranslatable`, code `amount-unreadable` or `currency-unsupported`.
 */
export function paymentOf(mapping: PaymentMapping | undefined, document: SentDocument): PaymentDemand | undefined {
  if (mapping === undefined || isSettled(mapping, document)) return undefined;
  const sent = document.at(mapping.amount);
  if (sent === undefined) return undefined;
  const cents = centsOf(sent, mapping);
  if (cents === 0) return undefined;
  document.markUsed(mapping.amount);
  const currency = document.text(mapping.currency);
  if (currency !== 'EUR') {
    const place = typeof mapping.currency === 'string' ? mapping.currency : mapping.amount;
    throw new IntakeRejection('untranslatable', 'currency-unsupported', 'Only EUR can be demanded.', place);
  }
  const amount: Money = { cents, currency };
  const description = shortText(mapping.description, DESCRIPTION_LENGTH_MAX, document);
  const item = {
    reference: document.text(mapping.reference) ?? 'gebuehr',
    description,
    amount,
    quantity: 1,
    bookingData: bookingDataOf(mapping, document),
  };
  return { amount, purpose: shortText(mapping.purpose, PURPOSE_LENGTH_MAX, document), description, items: [item] };
}

function isSettled({ unless }: PaymentMapping, document: SentDocument): boolean {
  const state = document.at(unless?.pointer);
  return unless !== undefined && typeof state === 'string' && unless.values.includes(state);
}

function centsOf(sent: JsonValue, { amount, unit }: PaymentMapping): number {
  try {
    if (typeof sent !== 'string' && typeof sent !== 'number') throw new RangeError('neither text nor number');
    if (unit === 'cents' && !/^\d{1,9}$/.test(String(sent))) throw new RangeError('no whole cents');
    return Money.shape.cents.parse(unit === 'cents' ? Number(sent) : centsOfDecimal(sent));
  } catch {
    const expected = unit === 'cents' ? 'whole cents' : 'a decimal with a point and at most two places';
    throw new IntakeRejection('untranslatable', 'amount-unreadable', `The amount has to be ${expected}.`, amount);
  }
}

/** Cut to length; what was cut is not marked as used, so it is kept whole among the unmapped. */
function shortText(source: Source, lengthMax: number, document: SentDocument): string {
  if (typeof source === 'string') {
    const value = document.at(source);
    if (typeof value === 'string' && value.length > lengthMax) return value.slice(0, lengthMax).trimEnd();
  }
  return (document.text(source) ?? '').slice(0, lengthMax);
}

function bookingDataOf({ bookingData: pointer }: PaymentMapping, document: SentDocument): Record<string, string> {
  const value = document.at(pointer);
  if (pointer === undefined || !isJsonObject(value)) return {};
  const entries = Object.keys(value).map((key) => [key, document.text(pointerTo(pointer, key))] as const);
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}
