// SPDX-License-Identifier: EUPL-1.2
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { StatusPort } from '@amtsbote/adapter-kit';
import {
  aDecisionUpdate,
  aStatusUpdate,
  deliveryErrorOf,
  EffectMemory,
  TestDelivery,
  testEnvironment,
} from '@amtsbote/adapter-kit/testing';
import { PortalSimulator } from '@amtsbote/adapters/status-webhook/simulator';
import { HttpFailure } from '@amtsbote/platform';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import nock from 'nock';

import { adapter } from './webhook.adapter.js';
import { ofConnection } from './webhook.errors.js';

const secretOf = (fill: number): string => `whsec_${Buffer.alloc(32, fill).toString('base64')}`;
const PORTAL = 'https://portal.example.org';
const ports: StatusPort[] = [];
let server: Server | undefined;

function portTo(url: string, options: object = {}): StatusPort {
  const port = adapter.create(adapter.options.parse({ url, secrets: [secretOf(1)], ...options }), testEnvironment('portal'));
  ports.push(port);
  return port;
}
/** A server that answers as the test says; on loopback. */
async function listening(answerer: (request: IncomingMessage, answer: ServerResponse) => unknown): Promise<string> {
  const started = createServer((request, answer) => void answerer(request, answer));
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  server = started;
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}`;
}
const ctx = (): TestDelivery => new TestDelivery('key');

// nock replaces Node's own http for the whole process, and Jest runs several files in one.
beforeAll(() => {
  if (!nock.isActive()) nock.activate();
});
afterAll(() => nock.restore());

afterEach(async () => {
  for (const port of ports.splice(0)) await port.close();
  const open = server;
  server = undefined;
  open?.closeAllConnections();
  if (open !== undefined) await new Promise<void>((resolve) => open.close(() => resolve()));
  expect(nock.pendingMocks()).toEqual([]);
  nock.cleanAll();
});

describe('answers of the portal', () => {
  it.each([200, 201, 202, 204])('%i is a success', async (status) => {
    nock(PORTAL).post('/hook').reply(status, 'whatever');
    await expect(portTo(`${PORTAL}/hook`).report(aStatusUpdate(), ctx())).resolves.toHaveProperty('acceptedAt');
  });

  it.each([
    [301, 'misconfigured redirected'],
    [307, 'misconfigured redirected'],
    [400, 'refused refused'],
    [401, 'misconfigured unauthorised'],
    [403, 'misconfigured unauthorised'],
    [404, 'refused refused'],
    [410, 'misconfigured endpoint-gone'],
    [413, 'refused refused'],
    [422, 'refused refused'],
    [429, 'unavailable throttled'],
    [500, 'unavailable failed'],
    [502, 'unavailable failed'],
    [503, 'unavailable failed'],
    [504, 'unavailable failed'],
  ])('%i is %s', async (status, expected) => {
    nock(PORTAL)
      .post('/hook')
      .reply(status, '', { location: `${PORTAL}/elsewhere` });
    const error = await deliveryErrorOf(portTo(`${PORTAL}/hook`).report(aStatusUpdate(), ctx()));
    expect(`${error.kind} ${error.code.replace('status-webhook/', '')}`).toBe(expected);
  });

  it.each([429, 502, 503, 504])('%i may ask for a pause, as a date, too', async (status) => {
    const date = new Date(Date.now() + 60_000).toUTCString();
    nock(PORTAL).post('/hook').reply(status, '', { 'retry-after': date });
    const { retryAfterMs = 0 } = await deliveryErrorOf(portTo(`${PORTAL}/hook`).report(aStatusUpdate(), ctx()));
    expect(retryAfterMs).toBeGreaterThan(55_000);
    expect(retryAfterMs).toBeLessThanOrEqual(60_000);
  });

  it('no pause is longer than an hour', async () => {
    nock(PORTAL).post('/hook').reply(503, '', { 'retry-after': '31536000' });
    expect((await deliveryErrorOf(portTo(`${PORTAL}/hook`).report(aStatusUpdate(), ctx()))).retryAfterMs).toBe(3_600_000);
  });

  it.each([
    ['timeout', 'sent', 'unavailable'],
    ['interrupted', 'sent', 'unavailable'],
    ['tls', 'notSent', 'misconfigured'],
  ] as const)('a connection that ends with %s is %s', (code, stage, kind) =>
    expect(ofConnection(new HttpFailure(code, stage, 'x', undefined))).toMatchObject({ kind }),
  );

  it('a success counts although its body never ends', async () => {
    const url = await listening((_, answer) => void answer.writeHead(200).write('endless'));
    await expect(portTo(`${url}/hook`, { timeoutMs: 1_000 }).report(aStatusUpdate(), ctx())).resolves.toHaveProperty('acceptedAt');
  });
});

describe('what is sent', () => {
  it('has the same id and body on every attempt, and the time of the attempt', async () => {
    const sent: { body: string; id: unknown; timestamp: unknown }[] = [];
    const url = await listening(async (request, answer) => {
      const body = Buffer.concat((await request.toArray()) as Buffer[]).toString();
      sent.push({ body, id: request.headers['webhook-id'], timestamp: request.headers['webhook-timestamp'] });
      answer.writeHead(sent.length === 1 ? 503 : 204).end();
    });
    const memory = new EffectMemory();
    const clock = { now: () => new Date('2026-01-31T10:00:00.999Z'), sleep: () => Promise.resolve() };
    const later = { now: () => new Date('2026-01-31T10:00:05.000Z'), sleep: () => Promise.resolve() };
    const port = portTo(`${url}/hook`);
    const update = aStatusUpdate();
    expect((await deliveryErrorOf(port.report(update, Object.assign(new TestDelivery('key', memory), { clock })))).code).toBe(
      'status-webhook/failed',
    );
    const receipt = await port.report(update, Object.assign(new TestDelivery('key', memory, 2), { clock: later }));
    expect(sent.map(({ id }) => id)).toEqual([update.id, update.id]);
    expect(sent.map(({ timestamp }) => timestamp)).toEqual(['1769853600', '1769853605']);
    expect(sent[1]?.body).toBe(sent[0]?.body);
    expect(receipt).toEqual({ acceptedAt: '2026-01-31T10:00:05.000Z' });
  });

  it('reaches portals with the old and with the new secret', async () => {
    for (const accepted of [secretOf(1), secretOf(2)]) {
      const portal = await new PortalSimulator({ secrets: [accepted] }).start();
      await portTo(portal.url, { secrets: [secretOf(1), secretOf(2)] }).report(aStatusUpdate(), ctx());
      expect(portal.cases.all()).toHaveLength(1);
      await portal.stop();
    }
  });

  it('is not sent when it is longer than allowed, and nothing is cut', async () => {
    const update = aDecisionUpdate();
    const port = portTo(`${PORTAL}/hook`, { bodyBytesMax: 20 * 1024 });
    expect(await deliveryErrorOf(port.report(update, ctx()))).toMatchObject({ kind: 'untransferable', code: 'status-webhook/too-large' });
  });

  it('is not sent under an id that would blur the signed parts', async () => {
    expect((await deliveryErrorOf(portTo(PORTAL).report(aStatusUpdate({ id: 'a.b' }), ctx()))).kind).toBe('untransferable');
  });
});

describe('probe', () => {
  it.each([
    [204, true],
    [401, true],
    [404, true],
    [405, true],
    [302, false],
    [410, false],
    [503, false],
  ])('an address that answers HEAD with %i: %p', async (status, ok) => {
    nock(PORTAL).head('/hook').reply(status);
    expect((await portTo(`${PORTAL}/hook`).probe(new AbortController().signal)).ok).toBe(ok);
  });
});

describe('options', () => {
  const base = { url: `${PORTAL}/hook`, secrets: [secretOf(1)] };
  it('accepts one secret and several', () => {
    expect(adapter.options.safeParse(base).success).toBe(true);
    expect(adapter.options.safeParse({ ...base, secrets: [secretOf(1), secretOf(2)] }).success).toBe(true);
  });
  it.each([
    ['no secret', { secrets: [] }],
    ['an empty secret', { secrets: ['whsec_'] }],
    ['a short secret', { secrets: ['whsec_AA=='] }],
    ['a secret without prefix', { secrets: [secretOf(1).slice(6)] }],
    ['credentials in the address', { url: 'https://user:secret@portal.example.org/hook' }],
    ['another protocol', { url: 'ftp://portal.example.org/hook' }],
    ['an unknown key', { secret: 'x' }],
  ])('refuses %s', (_, changes) => expect(adapter.options.safeParse({ ...base, ...changes }).success).toBe(false));
});
