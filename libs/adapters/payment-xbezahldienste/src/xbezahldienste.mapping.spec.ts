// SPDX-License-Identifier: EUPL-1.2
import { readFileSync } from 'node:fs';

import { DeliveryError, type PaymentOrder } from '@amtsbote/adapter-kit';
import { aPaymentDemand, aPaymentOrder } from '@amtsbote/adapter-kit/testing';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { openedFor, purposeOf, reportFor, safeId, safeText, toPaymentRequest } from './xbezahldienste.mapping.js';
import { PaymentTransaction } from './xbezahldienste.wire.js';

const standard = { profile: 'standard', sendRequestor: true } as const;
const fixture = (name: string): unknown => JSON.parse(readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8'));

const order: PaymentOrder = {
  requestId: '0192f0a0-0000-7000-8000-00000000beef',
  tenant: '057110000000',
  reference: '7KQ4-M2XD-P',
  requestedAt: new Date('2026-01-31T10:00:00.000Z'),
  returnUrl: 'https://hub.example.org/zurueck/7KQ4M2XDP',
  demand: {
    amount: { cents: 2_650, currency: 'EUR' },
    purpose: 'Gebühr Gewerbe',
    description: 'Gebühr für die Gewerbeanmeldung (Nr. 1)',
    items: [
      {
        reference: 'gebühr-99050012104000',
        description: 'Gebühr „Käse & Söhne“',
        amount: { cents: 2_060, currency: 'EUR' },
        quantity: 2,
        bookingData: { haushaltsstelle: '1220.100' },
      },
      { reference: 'porto', description: 'Porto', amount: { cents: 590, currency: 'EUR' }, quantity: 1, bookingData: {} },
    ],
  },
  payer: {
    kind: 'person',
    familyName: 'Müller-Lüdenscheidt',
    givenName: 'Ngọc',
    email: 'wird-nicht-gesendet@example.org',
    address: { street: 'Straße des 17. Juni', houseNumber: '12 a', postalCode: '01234', city: 'Frankfurt a. M.', country: 'de' },
  },
};
const transaction = PaymentTransaction.parse(fixture('payment-transaction.json'));
const withInformation = (changes: Partial<PaymentTransaction['paymentInformation']>): PaymentTransaction => ({
  ...transaction,
  paymentInformation: { ...transaction.paymentInformation, ...changes },
});
const withRequest = (changes: Partial<PaymentTransaction['paymentRequest']>): PaymentTransaction => ({
  ...transaction,
  paymentRequest: { ...transaction.paymentRequest, ...changes },
});
const codeOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    if (error instanceof DeliveryError) return `${error.kind} ${error.code}`;
    throw error;
  }
  return 'no error';
};

describe('toPaymentRequest', () => {
  it('writes the order in the words of the standard', () => {
    expect(toPaymentRequest(order, standard)).toEqual(fixture('payment-request.json'));
  });

  it('is the same for the same order, so that every attempt sends the same bytes', () => {
    expect(JSON.stringify(toPaymentRequest(order, standard))).toBe(JSON.stringify(toPaymentRequest(structuredClone(order), standard)));
  });

  it('writes every amount of cents exactly', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99_999_900 }), (cents) => {
        const sent = JSON.stringify(toPaymentRequest({ ...order, demand: aPaymentDemand(cents) }, standard));
        const written = /"grosAmount":([^,]+),/.exec(sent)?.[1] ?? '';
        const [whole = '', fraction = ''] = written.split('.');
        expect(fraction.length).toBeLessThanOrEqual(2);
        expect(BigInt(whole) * 100n + BigInt(fraction.padEnd(2, '0'))).toBe(BigInt(cents));
      }),
    );
  });

  it('sends a position that does not divide into whole cents as one piece', () => {
    const [item] = aPaymentDemand(1_000).items;
    const demand = { ...aPaymentDemand(1_000), items: item === undefined ? [] : [{ ...item, quantity: 3 }] };
    expect(toPaymentRequest({ ...order, demand }, standard).items[0]).toMatchObject({
      quantity: 1,
      singleNetAmount: 10,
      totalNetAmount: 10,
    });
  });

  it('leaves requestor and empty bookingData out for epay21, and keeps what is filled', () => {
    const request = toPaymentRequest(order, { profile: 'epay21', sendRequestor: true });
    expect(request).not.toHaveProperty('requestor');
    expect(request.items.map((item) => 'bookingData' in item)).toEqual([true, false]);
    expect(JSON.stringify(request)).not.toContain('null');
  });

  it('writes the purpose in capitals for ePayBL', () => {
    expect(toPaymentRequest(order, { profile: 'epaybl', sendRequestor: true }).purpose).toBe('GEBUEHR GEWERBE 7KQ4-M2XD-P');
  });

  it('keeps the payer to itself when the operator says so', () => {
    expect(JSON.stringify(toPaymentRequest(order, { profile: 'standard', sendRequestor: false }))).not.toContain('Lüdenscheidt');
  });

  it.each([
    ['nothing is known of the payer', { kind: 'unknown' }, undefined],
    ['nothing but the kind is known', { kind: 'person' }, undefined],
    [
      'the postal code has not five digits',
      { kind: 'person', familyName: 'A', address: { postalCode: 'L-1234' } },
      { name: 'A', isOrganization: false },
    ],
    [
      'the country is no code',
      { kind: 'person', familyName: 'A', address: { country: 'Luxemburg' } },
      { name: 'A', isOrganization: false },
    ],
    ['it is an organisation', { kind: 'organisation', organisationName: 'A & B' }, { organizationName: 'A B', isOrganization: true }],
  ] as const)('leaves out what is unknown or does not fit: %s', (_, payer, expected) => {
    expect(toPaymentRequest({ ...order, payer }, standard).requestor).toEqual(expected);
  });

  it.each([
    ['untransferable payment-xbezahldienste/purpose', { demand: { ...order.demand, purpose: '§§ & €' } }],
    ['untransferable payment-xbezahldienste/nothing-to-pay', { demand: aPaymentDemand(0) }],
    ['untransferable payment-xbezahldienste/sum-of-items', { demand: { ...order.demand, amount: { cents: 2_651, currency: 'EUR' } } }],
    ['untransferable payment-xbezahldienste/request-id', { requestId: 'zu/lang oder falsch' }],
    ['untransferable payment-xbezahldienste/return-url', { returnUrl: `https://hub.example.org/${'x'.repeat(2_082)}` }],
  ] as const)('stops with %s', (code, changes) => {
    expect(codeOf(() => toPaymentRequest({ ...order, ...changes }, standard))).toBe(code);
  });
});

describe('purposeOf', () => {
  it.each([
    ['Gewerbeanmeldung', '7KQ4-M2XD-P', 'Gewerbeanmeldung 7KQ4M2XDP'],
    ['Urkunde', '7KQ4-M2XD-P', 'Urkunde 7KQ4-M2XD-P'],
    ['Gewerbeanmeldung 7kq4m2xdp', '7KQ4-M2XD-P', 'Gewerbeanmeldung 7kq4m2xdp'],
    ['Sondernutzungserlaubnis 26', '7KQ4-M2XD-P', 'Sondernutzungserlaubnis 26'],
    ['Gebühr für Prüfung süß 2026', 'R', 'Gebuhr fur Prufung sus 2026'],
    ['A/B § 3: „Öl“', 'R', 'A B 3 Oel R'],
    ['Łódź Œuvre Ngọc', '7', 'Lodz Oeuvre Ngoc 7'],
  ])('writes %p with reference %p as %p', (purpose, reference, expected) => expect(purposeOf(purpose, reference)).toBe(expected));

  it('fits the pattern and the 27 characters, whatever is asked for', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 27 }), (purpose) => {
        expect(purposeOf(purpose, '7KQ4-M2XD-P')).toMatch(/^[\w\d\s-]{0,27}$/);
      }),
    );
  });
});

describe('texts and identifiers', () => {
  it('fit their patterns, whatever citizens type', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (typed) => {
        expect(safeText(typed, 250)).toMatch(/^[\w\d\s\-,.\u00C0-\u017F]{0,250}$/);
        expect(safeId(typed, 36)).toMatch(/^[\w\d-]{0,36}$/);
      }),
    );
  });
});

describe('the payment of another order', () => {
  it.each([
    ['amount', 'amount-mismatch', withRequest({ grosAmount: 26.49 })],
    ['amount with three places', 'amount-mismatch', withRequest({ grosAmount: 26.501 })],
    ['negative amount', 'amount-mismatch', withRequest({ grosAmount: -26.5 })],
    ['currency', 'amount-mismatch', withRequest({ currency: 'CHF' })],
    ['request id', 'request-mismatch', withRequest({ requestId: aPaymentOrder().requestId })],
  ])('stops for a person when the %s differs', (_, code, other) => {
    expect(codeOf(() => reportFor(other, order))).toBe(`refused payment-xbezahldienste/${code}`);
    expect(codeOf(() => openedFor(other, order))).toBe(`refused payment-xbezahldienste/${code}`);
  });
});

describe('reportFor and openedFor', () => {
  it('reports a paid transaction, ignoring null and unknown members', () => {
    expect(reportFor(transaction, order)).toEqual({
      state: 'paid',
      cents: 2_650,
      kassenzeichen: 'KZ4711',
      method: 'CREDITCARD',
      at: new Date('2026-01-31T10:05:00.000Z'),
    });
  });

  it.each([
    ['INITIAL', 'open'],
    ['PAYED', 'paid'],
    ['FAILED', 'failed'],
    ['CANCELED', 'cancelled'],
  ] as const)('reads %s as %s', (status, state) => expect(reportFor(withInformation({ status }), order).state).toBe(state));

  it('names the method behind OTHER', () => {
    expect(reportFor(withInformation({ paymentMethod: 'OTHER', paymentMethodDetail: 'Wero' }), order).method).toBe('Wero');
    expect(reportFor(withInformation({ paymentMethod: 'OTHER' }), order).method).toBe('OTHER');
  });

  it.each(['2026-01-31T11:05:00', 'gestern', '2026-13-45T99:99:99Z', ''])('leaves out a moment it cannot be sure of: %p', (timestamp) =>
    expect(reportFor(withInformation({ transactionTimestamp: timestamp }), order)).not.toHaveProperty('at'),
  );

  it('reads an offset without a colon', () =>
    expect(reportFor(withInformation({ transactionTimestamp: '2026-07-01T12:00:00+0200' }), order).at).toEqual(
      new Date('2026-07-01T10:00:00.000Z'),
    ));

  it.each(['javascript:alert(1)', 'keine Adresse', '', null])('sends nobody to %p', (transactionRedirectUrl) => {
    const open = withInformation({ status: 'INITIAL', transactionRedirectUrl });
    expect(codeOf(() => openedFor(open, order))).toBe('refused payment-xbezahldienste/no-payment-page');
    expect(reportFor(open, order)).not.toHaveProperty('payUrl');
  });

  it('offers the payment page only while the payment is open', () => {
    const page = { transactionRedirectUrl: 'https://pay.example.org/tx-000001' };
    expect(openedFor(withInformation({ status: 'INITIAL', ...page }), order).payUrl).toBe(page.transactionRedirectUrl);
    expect(openedFor(withInformation({ status: 'FAILED', ...page }), order).payUrl).toBeUndefined();
  });
});

describe('wire', () => {
  it.each(['../status', '.', '..', 'a/b', 'a?b', '', 'x'.repeat(101)])(
    'refuses the transaction id %p: it goes into a path',
    (transactionId) => expect(PaymentTransaction.safeParse(withInformation({ transactionId })).success).toBe(false),
  );
  it.each(['05315000.1699_a-b', 'tx-1'])('accepts the transaction id %p', (transactionId) =>
    expect(PaymentTransaction.safeParse(withInformation({ transactionId })).success).toBe(true),
  );
  it('refuses an unknown status: what is not understood is not paid', () =>
    expect(
      PaymentTransaction.safeParse({ ...transaction, paymentInformation: { ...transaction.paymentInformation, status: 'PAID' } }).success,
    ).toBe(false));
});
