// SPDX-License-Identifier: EUPL-1.2
import { aDocument } from '@amtsbote/adapter-kit/testing';
import { ManualClock, seededRandomness } from '@amtsbote/platform';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import nock from 'nock';

import { NscaleClient } from './nscale.client.js';
import { type NscaleFailure, UnreadableAnswer } from './nscale.errors.js';

const ORIGIN = 'http://dms.example:8080';
const LOGIN_ANSWER = { data: { authenticationService: { login: { sessionPrincipalId: '1' } } } };
const { signal } = new AbortController();

function client(): NscaleClient {
  return new NscaleClient(
    {
      baseUrl: `${ORIGIN}/nscalealinst1`,
      username: 'romeo@nscale',
      password: 'pw',
      documentArea: 'DA',
      timeouts: { answerMs: 2_000, uploadMs: 2_000 },
      limits: { documentBytesMax: 1_000, connectionsMax: 2 },
    },
    new ManualClock('2026-01-31T10:00:00.000Z'),
    seededRandomness(1),
  );
}
const nscale = () => nock(ORIGIN);
const login = (headers: Record<string, string | string[]> = { 'set-cookie': ['JSESSIONID=abc; Path=/; HttpOnly', 'route=2'] }) =>
  nscale().post('/nscalealinst1/graphql').basicAuth({ user: 'romeo@nscale', pass: 'pw' }).reply(200, LOGIN_ANSWER, headers);
const folder = { objectclass: 'Akte', parentResourceKey: 'p', properties: [] };
const creating = '/nscalealinst1/rest/repository/folders/docarea/DA';

beforeEach(() => {
  nock.disableNetConnect();
});
afterEach(() => {
  expect(nock.pendingMocks()).toEqual([]);
  nock.cleanAll();
  nock.enableNetConnect();
});

describe('NscaleClient on the wire', () => {
  it('logs in with Basic and sends only the session cookie afterwards', async () => {
    login();
    nock(ORIGIN, { badheaders: ['authorization'] })
      .get('/nscalealinst1/rest/repository/resources/a%2Fb%3Bc')
      .matchHeader('cookie', 'JSESSIONID=abc')
      .reply(200, { resourceKey: 'a/b;c', properties: [], somethingNew: 1 });
    await expect(client().resource('a/b;c', signal)).resolves.toBeUndefined();
  });

  it.each([
    ['an absolute URI', `${ORIGIN}/nscalealinst1/rest/repository/resources/a%2Fb%3Bc`],
    ['a relative one with a slash at its end', 'repository/resources/a%2Fb%3Bc/'],
    ['one with a query', '/resources/a%2Fb%3Bc?docarea=DA'],
  ])('reads the key of what was created from %s', async (_what, uri) => {
    login();
    nscale().post(creating).reply(201, { uri });
    await expect(client().createFolder(folder, signal)).resolves.toBe('a/b;c');
  });

  it.each([
    ['a page of a proxy', '<html>Wartung</html>'],
    ['half a body', '{"uri":"http'],
    ['another form', '{"id":"4711"}'],
    ['no key', '{"uri":"/"}'],
    ['nothing', ''],
  ])('does not take %s for a created folder', async (_what, body) => {
    login();
    nscale().post(creating).reply(200, body);
    await expect(client().createFolder(folder, signal)).rejects.toBeInstanceOf(UnreadableAnswer);
  });

  it.each([
    ['120', 120_000],
    ['Sat, 31 Jan 2026 10:00:30 GMT', 30_000],
    ['Sat, 31 Jan 2026 09:00:00 GMT', 0],
    ['soon', undefined],
  ])('understands Retry-After: %s', async (value, ms) => {
    login();
    nscale().post(creating).reply(503, '', { 'retry-after': value });
    const error = await client()
      .createFolder(folder, signal)
      .catch((reason: unknown) => reason as NscaleFailure);
    expect(error).toMatchObject({ status: 503, retryAfterMs: ms });
  });

  it('takes errors in a successful GraphQL answer for a refused login', async () => {
    nscale()
      .post('/nscalealinst1/graphql')
      .reply(200, { data: null, errors: [{ message: 'secret of the server' }] });
    await expect(client().login(signal)).rejects.toMatchObject({ code: 'LoginRefused', message: 'status 200, LoginRefused' });
  });

  it('does not go on with a login that gave no session', async () => {
    login({});
    await expect(client().login(signal)).rejects.toBeInstanceOf(UnreadableAnswer);
  });

  it('sends a document as one body of announced length, metadata first', async () => {
    login();
    let sent = '';
    nscale()
      .post('/nscalealinst1/rest/repository/documents/docarea/DA', (body: string) => {
        sent = body;
        return true;
      })
      .matchHeader('content-type', /^multipart\/form-data; boundary=amtsbote-[0-9a-f]{36}$/)
      .matchHeader('content-length', (value) => Number(value) > 0)
      .reply(201, { uri: '/resources/d1' });
    const content = {
      contentType: 'text/plain',
      items: [{ name: 'a.txt', displayName: 'ä.txt', contentType: 'text/plain', part: 'item0' }],
    };
    const document = aDocument('a.txt', 'hello', { mediaType: 'text/plain' });
    await expect(client().createDocument({ ...folder, content }, document, signal)).resolves.toBe('d1');
    const [, metadata, item] = sent.split(/--amtsbote-[0-9a-f]{36}/);
    expect(JSON.parse(metadata?.split('\r\n\r\n')[1] ?? '')).toEqual({ ...folder, content });
    expect(item).toBe('\r\nContent-Disposition: form-data; name="item0"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\nhello\r\n');
  });
});
