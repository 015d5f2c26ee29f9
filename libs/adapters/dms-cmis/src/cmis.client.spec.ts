// SPDX-License-Identifier: EUPL-1.2
import { aDocument } from '@amtsbote/adapter-kit/testing';
import { tradeArchiveOptions } from '@amtsbote/adapters/dms-cmis/simulator';
import { ManualClock, seededRandomness } from '@amtsbote/platform';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import nock from 'nock';

import { CmisClient } from './cmis.client.js';
import { CmisFailure, UnreadableAnswer } from './cmis.errors.js';
import { CmisOptions } from './cmis.options.js';

const ORIGIN = 'http://dms.example';
const { signal } = new AbortController();
const info = (more: object = {}): Record<string, unknown> => ({
  repositoryId: 'A1',
  rootFolderId: '100',
  // Addresses that nobody could have put together from the first one.
  repositoryUrl: `${ORIGIN}/elsewhere/repo-one`,
  rootFolderUrl: `${ORIGIN}/elsewhere/repo-one/all?node=2`,
  ...more,
});
const folder = { succinctProperties: { 'cmis:objectId': '101', 'cmis:name': 'x' }, somethingNew: { of: 'tomorrow' } };
const open: CmisClient[] = [];
const served = (): nock.Scope => nock(ORIGIN);
const discovered = (): nock.Scope =>
  served()
    .get('/cmis/browser')
    .reply(200, { Z9: info({ repositoryId: 'Z9' }), A1: info() });

function client(change: object = {}): CmisClient {
  const options = CmisOptions.parse({ ...tradeArchiveOptions(`${ORIGIN}/cmis/browser`), ...change });
  const made = new CmisClient(options, new ManualClock('2026-01-31T10:00:00.000Z'), seededRandomness(1));
  open.push(made);
  return made;
}

beforeEach(() => {
  nock.disableNetConnect();
});
afterEach(() => {
  for (const made of open.splice(0)) made.close();
  expect(nock.pendingMocks()).toEqual([]);
  nock.cleanAll();
  nock.enableNetConnect();
});

describe('CmisClient on the wire', () => {
  it('follows the addresses of the service document, of the repository with the configured id', async () => {
    discovered();
    served()
      .get('/elsewhere/repo-one/all')
      .query({ node: '2', objectId: '101', cmisselector: 'object', succinct: 'true' })
      .reply(200, folder);
    await expect(client().object({ id: '101' }, signal)).resolves.toMatchObject({ properties: { 'cmis:name': 'x' } });
  });

  it('asks for the service document once for calls at the same time, and again when it is old', async () => {
    discovered();
    const one = client();
    await Promise.all([one.repository(signal), one.repository(signal)]);
    discovered();
    one.forget();
    await one.repository(signal);
  });

  it('escapes every segment of a path', async () => {
    discovered();
    served()
      .get('/elsewhere/repo-one/all/B%C3%BCro%20%231/a%3Fb%25')
      .query({ node: '2', cmisselector: 'object', succinct: 'true' })
      .reply(200, folder);
    await client().object({ path: ['Büro #1', 'a?b%'] }, signal);
  });

  it('reads the long form of properties where a server does not know the short one', async () => {
    discovered();
    served()
      .get(/elsewhere/)
      .reply(200, { properties: { 'cmis:objectId': { id: 'cmis:objectId', value: '7' } } });
    await expect(client().object({ id: '7' }, signal)).resolves.toMatchObject({ properties: { 'cmis:objectId': '7' } });
  });

  it.each([
    ['a page of a proxy', '<html>Wartung</html>'],
    ['half a body', '{"succinctProperties":{"cmis:obj'],
    ['an object without id', '{"succinctProperties":{}}'],
    ['nothing', ''],
  ])('does not take %s for a created folder', async (_what, body) => {
    discovered();
    served()
      .post(/elsewhere/)
      .reply(201, body);
    await expect(client().createFolder('100', [], signal)).rejects.toBeInstanceOf(UnreadableAnswer);
  });

  it('decides by exception, and keeps no text of the answer', async () => {
    discovered();
    served()
      .post(/elsewhere/)
      .reply(409, { exception: 'nameConstraintViolation', message: 'Akte Mustermann exists' }, { 'retry-after': '7' });
    const error: unknown = await client()
      .createFolder('100', [], signal)
      .catch((reason: unknown) => reason);
    expect(error).toEqual(new CmisFailure(409, 'nameConstraintViolation', 7_000));
    expect(error).toMatchObject({ status: 409, exception: 'nameConstraintViolation', retryAfterMs: 7_000 });
    expect(String(error)).not.toContain('Mustermann');
  });

  it('sends a query as a form, with its charset and nothing in the address, and all pages', async () => {
    discovered();
    const forms: Record<string, string>[] = [];
    const noted = (body: Record<string, string>): boolean => {
      forms.push(body);
      return true;
    };
    const results = (count: number) => Array.from({ length: count }, () => folder);
    served()
      .post('/elsewhere/repo-one', noted)
      .reply(200, { results: results(3), hasMoreItems: true })
      .post('/elsewhere/repo-one', noted)
      .reply(200, { results: results(2) });
    const found = [];
    for await (const object of client().query("… = 'Käse'", signal)) found.push(object);
    expect(found).toHaveLength(5);
    const common = {
      cmisaction: 'query',
      statement: "… = 'Käse'",
      searchAllVersions: 'false',
      maxItems: '100',
      succinct: 'true',
      _charset_: 'UTF-8',
    };
    expect(forms).toEqual([
      { ...common, skipCount: '0' },
      { ...common, skipCount: '3' },
    ]);
  });

  it('sends a document as one body of announced length: controls in UTF-8, the name in a control, the content last', async () => {
    discovered();
    let sent = '';
    served()
      .post('/elsewhere/repo-one/all', (body: string) => {
        sent = body;
        return true;
      })
      .query({ node: '2' })
      .matchHeader('content-type', /^multipart\/form-data; boundary=amtsbote-[0-9a-f]{36}$/)
      .matchHeader('content-length', (value) => Number(value) > 0)
      .reply(201, folder);
    const document = aDocument('Ü.txt', 'hello', { mediaType: 'text/plain' });
    await client().createDocument('101', [{ id: 'cmis:name', values: 'Ü.txt' }], 'major', document, signal);
    const parts = sent.split(/--amtsbote-[0-9a-f]{36}(?:--)?\r\n/).slice(1, -1);
    const controls = parts.slice(0, -1).map((part) => /name="([^"]+)"\r\n\r\n([^]*)\r\n$/.exec(part)?.slice(1));
    expect(Object.fromEntries(controls.map((control) => control ?? []))).toEqual({
      cmisaction: 'createDocument',
      objectId: '101',
      versioningState: 'major',
      'propertyId[0]': 'cmis:name',
      'propertyValue[0]': 'Ü.txt',
      filename: 'Ü.txt',
      succinct: 'true',
      _charset_: 'UTF-8',
    });
    expect(parts.at(-1)).toBe(
      'Content-Disposition: form-data; name="content"; filename="content"\r\nContent-Type: text/plain\r\n\r\nhello\r\n',
    );
  });

  it('gets a token by client credentials, and another one once when it is refused', async () => {
    const token = (value: string) =>
      nock('http://login.example')
        .post('/token')
        .basicAuth({ user: 'hub', pass: 'pw' })
        .reply(200, { access_token: value, expires_in: 300 });
    token('one');
    token('two');
    served().get('/cmis/browser').matchHeader('authorization', 'Bearer one').reply(401);
    served().get('/cmis/browser').matchHeader('authorization', 'Bearer two').reply(200, { A1: info() });
    const auth = { kind: 'oauth2', tokenUrl: 'http://login.example/token', clientId: 'hub', clientSecret: 'pw' };
    await expect(client({ auth }).repository(signal)).resolves.toMatchObject({ rootFolderId: '100' });
  });
});
