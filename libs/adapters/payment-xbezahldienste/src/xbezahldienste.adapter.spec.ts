// SPDX-License-Identifier: EUPL-1.2
import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';

import { type PaymentPort, type ProbeReport } from '@amtsbote/adapter-kit';
import { aPaymentOrder, deliveryErrorOf, TestDelivery, testEnvironment } from '@amtsbote/adapter-kit/testing';
import { type ProviderSettings, XbezahldiensteSimulator } from '@amtsbote/adapters/payment-xbezahldienste/simulator';
import { ManualClock } from '@amtsbote/platform';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import nock from 'nock';

import { adapter } from './xbezahldienste.adapter.js';

const basic = { kind: 'basic', username: 'amtsbote', password: 'simulator-password' } as const;
const client = { kind: 'oauth2', clientId: 'amts:bote', clientSecret: 'gä%he+im' } as const;
const clock = new ManualClock();
const never = new AbortController().signal;

let simulator: XbezahldiensteSimulator | undefined;
const ports: PaymentPort[] = [];

async function provider(settings: Partial<ProviderSettings> = {}): Promise<XbezahldiensteSimulator> {
  simulator = await new XbezahldiensteSimulator(settings).start();
  return simulator;
}
function portTo(baseUrl: string, options: object = {}): PaymentPort {
  const parsed = adapter.options.parse({ baseUrl, originatorId: 'gewerbe', endPointId: '05711000', auth: basic, ...options });
  const port = adapter.create(parsed, { ...testEnvironment('kasse'), clock });
  ports.push(port);
  return port;
}
const codeOf = async (call: Promise<unknown>): Promise<string> => {
  const error = await deliveryErrorOf(call);
  return `${error.kind} ${error.code.replace('payment-xbezahldienste/', '')}`;
};
const ctx = (): TestDelivery => new TestDelivery('key');

// nock replaces Node's own http for the whole process, and Jest runs several files in one.
beforeAll(() => {
  if (!nock.isActive()) nock.activate();
});
afterAll(() => nock.restore());

afterEach(async () => {
  for (const port of ports.splice(0)) await port.close();
  await simulator?.stop();
  simulator = undefined;
  expect(nock.pendingMocks()).toEqual([]);
  nock.cleanAll();
});

describe('OAuth2 client credentials', () => {
  const oauth = (url: string, more: object = {}): object => ({ auth: { ...client, tokenUrl: `${url}/oauth/token`, ...more } });

  it('asks for one token for many calls at the same time', async () => {
    const { url } = await provider({ auth: client });
    const port = portTo(url, oauth(url));
    await Promise.all(Array.from({ length: 8 }, () => port.open(aPaymentOrder(), ctx())));
    expect(simulator?.tokenRequests).toBe(1);
  });

  it('renews the token half a minute before it expires', async () => {
    const { url } = await provider({ auth: { ...client, tokenLifeS: 300 } });
    const port = portTo(url, oauth(url));
    await port.open(aPaymentOrder(), ctx());
    clock.advance(269_000);
    await port.open(aPaymentOrder(), ctx());
    expect(simulator?.tokenRequests).toBe(1);
    clock.advance(1_000);
    await port.open(aPaymentOrder(), ctx());
    expect(simulator?.tokenRequests).toBe(2);
  });

  it('takes one fresh token when the provider dropped the old one', async () => {
    const server = await provider({ auth: client });
    const port = portTo(server.url, oauth(server.url));
    await port.open(aPaymentOrder(), ctx());
    server.forgetTokens();
    await port.open(aPaymentOrder(), ctx());
    expect(server.tokenRequests).toBe(2);
  });

  it('takes no third token when the fresh one is refused, too', async () => {
    const server = await provider({ auth: client });
    const port = portTo(server.url, oauth(server.url));
    server.fail({ fault: 'unauthorised', match: /paymenttransaction/ });
    expect(await codeOf(port.open(aPaymentOrder(), ctx()))).toBe('misconfigured unauthorised');
    expect(server.tokenRequests).toBe(2);
  });

  it('can send the credentials in the form', async () => {
    const { url } = await provider({ auth: client });
    await portTo(url, oauth(url, { credentialsIn: 'form' })).open(aPaymentOrder(), ctx());
    expect(simulator?.books.all()).toHaveLength(1);
  });

  it.each([
    ['the secret is wrong', { clientSecret: 'falsch' }, undefined, 'misconfigured token-refused'],
    ['the token endpoint is throttled', {}, 'throttled', 'unavailable throttled'],
    ['the token endpoint fails', {}, 'error500', 'unavailable failed-inside'],
    ['the token endpoint talks nonsense', {}, 'garbage', 'unavailable unreadable-token'],
    ['the token endpoint cuts the line: nothing was asked of the payment service yet', {}, 'answerLost', 'unavailable unreachable'],
  ] as const)('says what is wrong when %s', async (_, more, fault, expected) => {
    const { url } = await provider({ auth: client });
    if (fault !== undefined) simulator?.fail({ fault, match: /oauth/ });
    expect(await codeOf(portTo(url, oauth(url, more)).open(aPaymentOrder(), ctx()))).toBe(expected);
    expect(simulator?.books.all()).toEqual([]);
  });

  it('does not wait longer for a token than the attempt may take', async () => {
    const { url } = await provider({ auth: client });
    // Longer than this test may take.
    simulator?.fail({ fault: 'slow', slowMs: 600_000, match: /oauth/ });
    const signal = AbortSignal.timeout(100);
    expect(await codeOf(portTo(url, oauth(url)).open(aPaymentOrder(), new TestDelivery('key', undefined, 1, signal)))).toBe(
      'unavailable unreachable',
    );
  });
});

describe('a payment that exists already', () => {
  it('is found under the id the provider names, even when it cannot be looked up by request id', async () => {
    const { url } = await provider({ existsNamesTransaction: true, lookupByRequestId: false });
    const port = portTo(url, { lookupByRequestId: false });
    const order = aPaymentOrder();
    const first = await port.open(order, ctx());
    expect(await port.open(order, ctx())).toEqual(first);
  });

  it.each([true, false])('ends in front of a person when nobody can name it (lookupByRequestId %p)', async (lookupByRequestId) => {
    const { url } = await provider({ lookupByRequestId: false });
    const port = portTo(url, { lookupByRequestId });
    const order = aPaymentOrder();
    await port.open(order, ctx());
    expect(await codeOf(port.open(order, ctx()))).toBe('outcomeUnknown cannot-tell');
    expect(simulator?.books.createdFor(order.requestId)).toBe(1);
  });

  it('is not handed out when it was opened with another amount', async () => {
    const { url } = await provider();
    const port = portTo(url);
    const order = aPaymentOrder();
    const { transactionId } = await port.open(order, ctx());
    simulator?.bookOtherAmount(transactionId, 1);
    expect(await codeOf(port.open(order, ctx()))).toBe('refused amount-mismatch');
    expect(await codeOf(port.find(order, ctx()))).toBe('refused amount-mismatch');
  });

  it('cannot be told without lookup, and nobody is asked', async () => {
    const { url } = await provider();
    expect(await portTo(url, { lookupByRequestId: false }).find(aPaymentOrder(), ctx())).toBe('cannotTell');
    expect(simulator?.requests).toEqual([]);
  });

  it.each([
    [404, { functionalCode: 'UNSPECIFIED' }, 'absent'],
    [404, '<h1>Not Found</h1>', 'absent'],
    [400, { functionalCode: 'VALIDATION_ERROR' }, 'cannotTell'],
    [400, { functionalCode: 'UNSPECIFIED' }, 'cannotTell'],
  ] as const)('is judged by the answer %i %p to the lookup as %s', async (status, body, expected) => {
    nock('https://pay.example.org')
      .get(/paymenttransaction/)
      .reply(status, body);
    expect(await portTo('https://pay.example.org').find(aPaymentOrder(), ctx())).toBe(expected);
  });

  it('is not called absent when the provider does not know the originator', async () => {
    nock('https://pay.example.org')
      .get(/paymenttransaction/)
      .reply(404, { functionalCode: 'NO_VALID_ORIGINATOR_OR_ENDPOINT' });
    expect(await codeOf(portTo('https://pay.example.org').find(aPaymentOrder(), ctx()))).toBe('misconfigured unknown-originator');
  });
});

describe('odd answers', () => {
  it.each([
    ['a redirect', 302, '', 'misconfigured wrong-address'],
    ['success without a body', 204, '', 'outcomeUnknown unreadable-answer'],
    ['a list', 200, [], 'outcomeUnknown unreadable-answer'],
    ['an unknown functional code', 422, { functionalCode: 'NEW_IN_2030' }, 'refused refused'],
    [
      'missing accounting data',
      400,
      { functionalCode: 'BOOKING_DATA_MISSING', detail: 'Erika Mustermann' },
      'untransferable booking-data-missing',
    ],
    ['a gateway timeout', 504, '', 'outcomeUnknown failed-inside'],
  ])('%s is no success', async (_, status, body, expected) => {
    nock('https://pay.example.org').post('/paymenttransaction/gewerbe/05711000').reply(status, body);
    expect(await codeOf(portTo('https://pay.example.org').open(aPaymentOrder(), ctx()))).toBe(expected);
  });

  it('an open payment without a page to pay on ends in front of a person', async () => {
    const order = aPaymentOrder();
    const paymentRequest = { requestId: order.requestId, currency: 'EUR', grosAmount: 26 };
    nock('https://pay.example.org')
      .post(/paymenttransaction/)
      .reply(200, { paymentInformation: { transactionId: 'tx-1', status: 'INITIAL' }, paymentRequest });
    expect(await codeOf(portTo('https://pay.example.org').open(order, ctx()))).toBe('refused no-payment-page');
  });

  it('a transaction the provider no longer knows ends in front of a person', async () => {
    const { url } = await provider({ lookupByRequestId: false });
    expect(await codeOf(portTo(url).status(aPaymentOrder(), { transactionId: 'tx-999' }, ctx()))).toBe('refused unknown-transaction');
  });

  it('an answer beyond the size limit is not read', async () => {
    nock('https://pay.example.org')
      .get(/paymenttransaction/)
      .reply(200, Buffer.alloc(1024 * 1024 + 1, 32));
    expect(await codeOf(portTo('https://pay.example.org').find(aPaymentOrder(), ctx()))).toBe('unavailable unreachable');
  });
});

describe('probe', () => {
  const failedChecks = ({ checks }: ProbeReport): string[] => checks.filter(({ ok }) => !ok).map(({ name }) => name);

  it('tells a wrong end point from wrong credentials', async () => {
    const { url } = await provider();
    expect(failedChecks(await portTo(url, { endPointId: 'falsch' }).probe(never))).toContain('originator and end point');
    expect(failedChecks(await portTo(url, { auth: { ...basic, password: 'falsch' } }).probe(never))).toContain('credentials');
  });

  it('reads the functional code of an answer that says 200', async () => {
    nock('https://pay.example.org').get('/status/gewerbe/05711000').reply(200, { functionalCode: 'FORBIDDEN' });
    expect(failedChecks(await portTo('https://pay.example.org').probe(never))).toEqual(['credentials']);
  });
});

describe('mTLS', () => {
  const file = (name: string): string => readFileSync(new URL(`../fixtures/tls/${name}`, import.meta.url), 'utf8');
  let front: Server | undefined;

  /** A TLS server that insists on a client certificate and passes everything on to the simulator, as a provider's gateway does. */
  async function gateway(): Promise<string> {
    const { url } = await provider({ auth: { kind: 'none' } });
    const tls = { key: file('server.key'), cert: file('server.crt'), ca: file('ca.crt'), requestCert: true, rejectUnauthorized: true };
    const server = createServer(tls, (incoming, answer) => {
      const { method, headers, url: path = '/' } = incoming;
      const inner = httpRequest(`${url}${path}`, { method: method ?? 'GET', headers }, (reply) => {
        answer.writeHead(reply.statusCode ?? 500, reply.headers);
        reply.pipe(answer);
      });
      incoming.pipe(inner);
    });
    front = server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
  afterEach(async () => {
    const server = front;
    front = undefined;
    server?.closeAllConnections();
    if (server !== undefined) await new Promise<void>((resolve) => server.close(() => resolve()));
  });

  it.each([
    ['a PKCS #12 file', { pfx: file('client.p12.base64'), passphrase: 'fixture-passphrase' }],
    ['certificate and key', { cert: file('client.crt'), key: file('client.key') }],
  ])('shows the client certificate from %s', async (_, material) => {
    const port = portTo(await gateway(), { auth: { kind: 'mtls', ...material }, ca: file('ca.crt') });
    expect((await port.open(aPaymentOrder(), ctx())).payUrl).toContain('/pay/tx-000001');
  });

  it('is misconfigured without a certificate the provider accepts', async () => {
    const port = portTo(await gateway(), { ca: file('ca.crt') });
    expect(await codeOf(port.open(aPaymentOrder(), ctx()))).toBe('misconfigured tls');
    expect(simulator?.books.all()).toEqual([]);
  });

  it('talks to no server it cannot verify', async () => {
    const port = portTo(await gateway(), { auth: { kind: 'mtls', cert: file('client.crt'), key: file('client.key') } });
    expect(await codeOf(port.open(aPaymentOrder(), ctx()))).toBe('misconfigured tls');
  });
});

describe('options', () => {
  const base = { baseUrl: 'https://pay.example.org/', originatorId: 'a', endPointId: 'b', auth: basic };
  it('drops the trailing slash operators copy from manuals', () =>
    expect(adapter.options.parse(base).baseUrl).toBe('https://pay.example.org'));
  it.each([
    ['an identifier with a slash', { originatorId: 'a/b' }],
    ['an identifier of 37 characters', { endPointId: 'x'.repeat(37) }],
    ['mTLS without material', { auth: { kind: 'mtls' } }],
    ['mTLS with both kinds of material', { auth: { kind: 'mtls', pfx: 'x', cert: 'y', key: 'z' } }],
    ['an unknown key', { originator: 'a' }],
    ['an unknown profile', { profile: 'epay22' }],
  ])('refuses %s', (_, changes) => expect(adapter.options.safeParse({ ...base, ...changes }).success).toBe(false));
});
