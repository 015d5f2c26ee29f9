// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { centsOfDecimal, Money, toDecimal } from './money.js';
import { nextPaymentState, PaymentState } from './payment.js';

describe('money', () => {
  it.each([
    [0, '0.00'],
    [1, '0.01'],
    [99, '0.99'],
    [100, '1.00'],
    [1_250, '12.50'],
    [99_999_900, '999999.00'],
  ])('%i cents are %s', (cents, decimal) => expect(toDecimal({ cents, currency: 'EUR' })).toBe(decimal));

  it('survives the way through a decimal number to the cent', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 99_999_900 }), (cents) => {
        const decimal = toDecimal({ cents, currency: 'EUR' });
        expect(centsOfDecimal(decimal)).toBe(cents);
        expect(centsOfDecimal(Number(decimal))).toBe(cents);
      }),
    );
  });

  it.each([12.5, '12.5', '12.50'])('reads %p as 1250 cents', (decimal) => expect(centsOfDecimal(decimal)).toBe(1_250));

  it.each(['12,50', '12.505', '-1', '1e3', '', ' 1', '.5', '1.', 'NaN', Number.NaN, Number.POSITIVE_INFINITY, 0.1 + 0.2, -1, 1e21])(
    'refuses %p instead of guessing',
    (decimal) => expect(() => centsOfDecimal(decimal)).toThrow(RangeError),
  );

  it.each([
    { cents: 1.5, currency: 'EUR' },
    { cents: -1, currency: 'EUR' },
    { cents: 99_999_901, currency: 'EUR' },
    { cents: 1, currency: 'USD' },
  ])('is not %j', (money) => expect(Money.safeParse(money).success).toBe(false));
});

describe('nextPaymentState', () => {
  const states = fc.constantFrom(...PaymentState.options);

  it.each([
    ['open', 'open', 'open'],
    ['open', 'paid', 'paid'],
    ['open', 'failed', 'failed'],
    ['open', 'cancelled', 'cancelled'],
    ['failed', 'open', 'failed'],
    ['failed', 'paid', 'paid'],
    ['failed', 'failed', 'failed'],
    ['failed', 'cancelled', 'cancelled'],
    ['cancelled', 'open', 'cancelled'],
    ['cancelled', 'paid', 'paid'],
    ['cancelled', 'failed', 'failed'],
    ['cancelled', 'cancelled', 'cancelled'],
    ['paid', 'open', 'paid'],
    ['paid', 'failed', 'paid'],
    ['paid', 'cancelled', 'paid'],
    ['paid', 'paid', 'paid'],
  ] as const)('%s, then reported %s, is %s', (current, reported, next) => expect(nextPaymentState(current, reported)).toBe(next));

  it('ends in paid whenever paid was reported, in whatever order reports come', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...PaymentState.options, ...PaymentState.options], { minLength: 1 }), (reports) => {
        const end = reports.reduce(nextPaymentState, 'open');
        expect(end === 'paid').toBe(reports.includes('paid'));
      }),
    );
  });

  it('does not change by hearing the same again', () => {
    fc.assert(
      fc.property(states, states, (current, reported) => {
        const next = nextPaymentState(current, reported);
        expect(nextPaymentState(next, reported)).toBe(next);
      }),
    );
  });
});
