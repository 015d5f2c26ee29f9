// SPDX-License-Identifier: EUPL-1.2
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import nock from 'nock';

import { ManualClock } from '../clock.js';
import { ClientCredentials, type ClientCredentialsSettings, type TokenFailure } from './client-credentials.js';

const ORIGIN = 'http://login.example';
const SETTINGS: ClientCredentialsSettings = {
  tokenUrl: `${ORIGIN}/token`,
  clientId: 'hub:1',
  clientSecret: 'pä&ss',
  credentialsIn: 'header',
};
const { signal } = new AbortController();
const clock = new ManualClock('2026-01-31T10:00:00.000Z');
const open: ClientCredentials[] = [];
function credentials(more: Partial<ClientCredentialsSettings> = {}): ClientCredentials {
  const made = new ClientCredentials({ ...SETTINGS, ...more }, { timeoutMs: 2_000 }, clock);
  open.push(made);
  return made;
}
const asked = (token: string, life?: number): nock.Scope =>
  nock(ORIGIN)
    .post('/token')
    .reply(200, { access_token: token, ...(life === undefined ? {} : { expires_in: life }) });
const failureOf = (call: Promise<unknown>): Promise<TokenFailure> =>
  call.then(
    () => Promise.reject(new Error('succeeded')),
    (error: unknown) => error as TokenFailure,
  );

beforeEach(() => {
  nock.disableNetConnect();
});
afterEach(() => {
  for (const made of open.splice(0)) made.close();
  expect(nock.pendingMocks()).toEqual([]);
  nock.cleanAll();
  nock.enableNetConnect();
});

describe('ClientCredentials', () => {
  it('asks once for calls at the same time, and keeps the token until shortly before it expires', async () => {
    asked('one', 300);
    const tokens = credentials();
    expect(await Promise.all([tokens.token(signal), tokens.token(signal)])).toEqual(['one', 'one']);
    clock.advance(269_000);
    expect(await tokens.token(signal)).toBe('one');
    asked('two', 300);
    clock.advance(2_000);
    expect(await tokens.token(signal)).toBe('two');
  });

  it('forgets a token that was refused, but not the one that came after it', async () => {
    asked('one', 300);
    const tokens = credentials();
    tokens.forget(await tokens.token(signal));
    asked('two', 300);
    expect(await tokens.token(signal)).toBe('two');
    tokens.forget('one');
    expect(await tokens.token(signal)).toBe('two');
  });

  it('encodes id and secret before they go into the header (RFC 6749, section 2.3.1)', async () => {
    nock(ORIGIN)
      .post('/token', { grant_type: 'client_credentials', scope: 'file' })
      .basicAuth({ user: 'hub%3A1', pass: 'p%C3%A4%26ss' })
      .reply(200, { access_token: 't' });
    expect(await credentials({ scope: 'file' }).token(signal)).toBe('t');
  });

  it('puts them into the form where the endpoint wants that', async () => {
    nock(ORIGIN, { badheaders: ['authorization'] })
      .post('/token', { grant_type: 'client_credentials', client_id: 'hub:1', client_secret: 'pä&ss' })
      .reply(200, { access_token: 't' });
    expect(await credentials({ credentialsIn: 'form' }).token(signal)).toBe('t');
  });

  it.each([400, 401, 403])('takes %i for a refusal', async (status) => {
    nock(ORIGIN).post('/token').reply(status, { error: 'invalid_client', error_description: 'pä&ss is wrong' });
    const error = await failureOf(credentials().token(signal));
    expect([error.isRefusal, error.status]).toEqual([true, status]);
    expect(error.message).not.toContain('pä&ss');
  });

  it.each(['<html>Wartung</html>', '{"token":"x"}', '{"access_token":""}', ''])('takes %j for no token and no refusal', async (body) => {
    nock(ORIGIN).post('/token').reply(200, body);
    expect((await failureOf(credentials().token(signal))).isRefusal).toBe(false);
  });

  it('asks again after a failure, and tells the pause that was asked for', async () => {
    nock(ORIGIN).post('/token').reply(503, '', { 'retry-after': '7' });
    const tokens = credentials();
    expect(await failureOf(tokens.token(signal))).toMatchObject({ status: 503, retryAfterMs: 7_000 });
    asked('one', 300);
    expect(await tokens.token(signal)).toBe('one');
  });

  it('lets go of a caller whose time is over, and not of the others', async () => {
    nock(ORIGIN).post('/token').delay(100).reply(200, { access_token: 'one', expires_in: 300 });
    const tokens = credentials();
    const over = new AbortController();
    const [first, second] = [tokens.token(over.signal), tokens.token(signal)];
    over.abort(new Error('time is over'));
    await expect(first).rejects.toThrow('time is over');
    await expect(second).resolves.toBe('one');
  });
});
