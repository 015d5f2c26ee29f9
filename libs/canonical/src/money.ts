// SPDX-License-Identifier: EUPL-1.2
import { z } from 'zod';

/** An amount in the smallest unit of its currency (cents); never a floating-point number of euros. */
export const Money = z.strictObject({
  /** Whole cents, 0 to 99,999,900 (XBezahldienste 1.0.0 allows amounts up to 999,999). */
  cents: z.int().min(0).max(99_999_900),
  /** ISO 4217. */
  currency: z.literal('EUR'),
});
export type Money = z.infer<typeof Money>;

/** Decimal notation with two places and a point, as payment interfaces want it: 1250 cents become "12.50". */
export function toDecimal(money: Money): string {
  const cents = String(money.cents).padStart(3, '0');
  return `${cents.slice(0, -2)}.${cents.slice(-2)}`;
}

/**
 * Cents of a decimal number as other systems send it (12.5, "12.50"); exact, without floating-point arithmetic on the fraction.
 * @throws RangeError when it is not a plain decimal with at most two places.
 */
export function centsOfDecimal(decimal: string | number): number {
  const match = /^(\d{1,9})(?:\.(\d{1,2}))?$/.exec(String(decimal));
  if (match?.[1] === undefined) throw new RangeError('not a decimal amount with at most two places');
  return Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0'));
}
