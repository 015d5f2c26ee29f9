// SPDX-License-Identifier: EUPL-1.2
import { paymentContract, type PaymentContractFixture } from '@amtsbote/adapter-kit/testing';
import { type ProviderSettings, XbezahldiensteSimulator } from '@amtsbote/adapters/payment-xbezahldienste/simulator';
import { describe } from '@jest/globals';

import { adapter } from './xbezahldienste.adapter.js';
import type { XbezahldiensteOptions } from './xbezahldienste.options.js';

type Fixture = PaymentContractFixture<XbezahldiensteOptions, XbezahldiensteSimulator>;

/** The same suite for every way in which a provider may be set up. */
function fixture(settings: Partial<ProviderSettings>, options: (simulator: XbezahldiensteSimulator) => object): Fixture {
  return {
    adapter,
    start: () => new XbezahldiensteSimulator(settings).start(),
    optionsFor: (simulator) => ({
      baseUrl: `${simulator.url}/api/v1.0.0`,
      originatorId: simulator.settings.originatorId,
      endPointId: simulator.settings.endPointId,
      timeoutMs: 5_000,
      ...options(simulator),
    }),
    effects: (simulator, requestId) => simulator.books.createdFor(requestId),
    effectsTotal: (simulator) => simulator.books.all().length,
    transactionOf: (simulator, requestId) => simulator.books.findByRequest(requestId)?.transactionId,
    pay: (simulator, transactionId) => simulator.pay(transactionId),
    failPayment: (simulator, transactionId) => simulator.failPayment(transactionId),
    bookOtherAmount: (simulator, transactionId, { cents }) => simulator.bookOtherAmount(transactionId, cents),
    refuseNext: (simulator) => simulator.refuseNext('VALIDATION_ERROR'),
    opening: /^POST \/api\/v1\.0\.0\/paymenttransaction\//,
    secrets: ['simulator-password', Buffer.from('amtsbote:simulator-password').toString('base64'), 'client-geheim'],
  };
}

const basic = { kind: 'basic', username: 'amtsbote', password: 'simulator-password' } as const;
const client = { kind: 'oauth2', clientId: 'amtsbote', clientSecret: 'client-geheim' } as const;

describe('with HTTP Basic (profile standard)', () => {
  paymentContract(fixture({ auth: basic }, () => ({ auth: basic })));
});

describe('with OAuth2 client credentials (profile epaybl), where PAYMENT_EXISTS names the transaction', () => {
  paymentContract(
    fixture({ auth: client, existsNamesTransaction: true }, ({ url }) => ({
      profile: 'epaybl',
      auth: { ...client, tokenUrl: `${url}/oauth/token` },
    })),
  );
});

describe('with a provider that refuses what epay21 refuses', () => {
  paymentContract(fixture({ auth: basic, epay21: true }, () => ({ profile: 'epay21', auth: basic })));
});
