// SPDX-License-Identifier: EUPL-1.2
import { z } from 'zod';

/*
 * The rules of XBezahldienste 1.0.0 for a PaymentRequest, written down a second time and independently of the adapter's mapping, so that the
 * simulator refuses what a real provider would refuse.
 */
const id = z
  .string()
  .regex(/^[\w\d-]+$/)
  .min(1)
  .max(36);
const text = z
  .string()
  .regex(/^[\w\d\s\-,.\u00C0-\u017F]*$/)
  .max(250);
const amount = z.number().min(0).max(999_999).refine(hasTwoPlacesAtMost, 'at most two decimal places');

function hasTwoPlacesAtMost(value: number): boolean {
  return /^\d+(\.\d{1,2})?$/.test(String(value));
}

const Address = z.strictObject({
  street: text.optional(),
  houseNumber: z
    .string()
    .regex(/^[\w\d-]+$/)
    .max(20)
    .optional(),
  addressLine: z.array(text).max(9).optional(),
  postalCode: z
    .string()
    .regex(/^\d{5}$/)
    .optional(),
  city: z
    .string()
    .regex(/^[\w\d\s\-,\u00C0-\u017F]*$/)
    .max(250)
    .optional(),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .optional(),
});

const Item = z.strictObject({
  id,
  reference: id,
  description: text,
  taxRate: z.number().min(0).max(100),
  quantity: z.int().min(1).max(999_999),
  totalNetAmount: amount,
  totalTaxAmount: amount,
  singleNetAmount: amount,
  singleTaxAmount: amount,
  bookingData: z.record(z.string(), z.string().max(250)).optional(),
});

/** A PaymentRequest as the standard allows it. */
export const RequestBody = z.strictObject({
  requestId: id,
  requestTimestamp: z.iso.datetime({ offset: true }),
  currency: z.literal('EUR'),
  grosAmount: amount,
  purpose: z
    .string()
    .regex(/^[\w\d\s-]+$/)
    .max(27),
  description: text.optional(),
  redirectUrl: z.url().max(2_082),
  items: z.array(Item).min(1).max(99),
  requestor: z
    .strictObject({
      name: text.optional(),
      firstName: text.optional(),
      gender: z.enum(['M', 'F', 'D']).optional(),
      isOrganization: z.boolean().optional(),
      organizationName: text.optional(),
      address: Address.optional(),
    })
    .optional(),
});
export type RequestBody = z.infer<typeof RequestBody>;

/** Whether the items add up: single amounts to totals, totals to the whole. In cents, because euros in binary do not add up. */
export function addsUp({ items, grosAmount }: RequestBody): boolean {
  const cents = (euros: number): number => Math.round(euros * 100);
  const isItemRight = items.every(
    (item) =>
      cents(item.singleNetAmount) * item.quantity === cents(item.totalNetAmount) &&
      cents(item.singleTaxAmount) * item.quantity === cents(item.totalTaxAmount),
  );
  return isItemRight && items.reduce((sum, item) => sum + cents(item.totalNetAmount) + cents(item.totalTaxAmount), 0) === cents(grosAmount);
}

/** What epay21 refuses beyond the standard: null members, `requestor`, empty `bookingData`. */
export function isEpay21(raw: unknown, body: RequestBody): boolean {
  return (
    !JSON.stringify(raw).includes(':null') &&
    body.requestor === undefined &&
    body.items.every(({ bookingData }) => bookingData === undefined || Object.keys(bookingData).length > 0)
  );
}
