// SPDX-License-Identifier: EUPL-1.2
import { readFileSync } from 'node:fs';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { XbezahldiensteSimulator } from './provider.js';

describe('the simulated provider', () => {
  let simulator: XbezahldiensteSimulator;
  const request = JSON.parse(readFileSync(new URL('../../fixtures/payment-request.json', import.meta.url), 'utf8')) as Record<
    string,
    unknown
  >;
  const authorization = `Basic ${Buffer.from('amtsbote:simulator-password').toString('base64')}`;
  const address = (): string => `${simulator.url}/paymenttransaction/gewerbe/05711000`;
  const post = (body: object): Promise<Response> =>
    fetch(address(), { method: 'POST', headers: { authorization }, body: JSON.stringify(body) });
  const read = async (id: string): Promise<unknown> => (await fetch(`${address()}/${id}`, { headers: { authorization } })).json();
  const inspect = async (): Promise<unknown> => (await fetch(`${simulator.url}/_simulator/payments`)).json();
  const codeOf = async (answer: Promise<Response>): Promise<unknown> =>
    ((await (await answer).json()) as { functionalCode?: unknown }).functionalCode;

  beforeEach(async () => {
    simulator = await new XbezahldiensteSimulator({ requiredBookingData: [] }).start();
  });
  afterEach(() => simulator.stop());

  it.each([
    ['VALIDATION_ERROR', { purpose: 'Gebühr mit Umlaut' }],
    ['VALIDATION_ERROR', { purpose: 'x'.repeat(28) }],
    ['VALIDATION_ERROR', { currency: 'CHF' }],
    ['VALIDATION_ERROR', { requestor: { name: null } }],
    ['CALCULATION_ERROR', { grosAmount: 26.51 }],
  ])('answers %s to %p', async (code, changes) => expect(await codeOf(post({ ...request, ...changes }))).toBe(code));

  it('insists on agreed accounting data', async () => {
    await simulator.stop();
    simulator = await new XbezahldiensteSimulator({ requiredBookingData: ['haushaltsstelle'] }).start();
    expect(await codeOf(post(request))).toBe('BOOKING_DATA_MISSING');
  });

  it('shows a payment page on which the citizen pays once, and counts', async () => {
    await post(request);
    const page = `${simulator.url}/pay/tx-000001`;
    expect(await (await fetch(page)).text()).toContain('26,50');
    for (let times = 0; times < 2; times += 1) {
      const answer = await fetch(`${page}?outcome=paid`, { method: 'POST', redirect: 'manual' });
      expect([answer.status, answer.headers.get('location')]).toEqual([303, request['redirectUrl']]);
    }
    expect(await inspect()).toMatchObject([{ paymentInformation: { status: 'PAYED' }, created: 1, paid: 1 }]);
  });

  it('lets a failed payment become paid after the failure was read', async () => {
    await post(request);
    simulator.failThenPay('tx-000001');
    expect(await read('tx-000001')).toMatchObject({ paymentInformation: { status: 'FAILED' } });
    expect(await read('tx-000001')).toMatchObject({ paymentInformation: { status: 'PAYED' } });
  });

  it('keeps a paid payment paid when a late page says otherwise', async () => {
    await post(request);
    simulator.pay('tx-000001');
    await fetch(`${simulator.url}/pay/tx-000001?outcome=cancelled`, { redirect: 'manual' });
    expect(await read('tx-000001')).toMatchObject({ paymentInformation: { status: 'PAYED' } });
  });

  it('pays by itself when it is told to', async () => {
    await simulator.stop();
    simulator = await new XbezahldiensteSimulator({ autoPayMs: 20 }).start();
    await post(request);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await inspect()).toMatchObject([{ paymentInformation: { status: 'PAYED' }, paid: 1 }]);
  });
});
