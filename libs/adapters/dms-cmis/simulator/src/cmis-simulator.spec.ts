// SPDX-License-Identifier: EUPL-1.2
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { CmisSimulator, TRADE_ARCHIVE } from './index.js';
import { parseQuery } from './query.js';

let cmis: CmisSimulator;
beforeEach(async () => {
  cmis = await new CmisSimulator().start();
});
afterEach(() => cmis.stop());

const authorization = `Basic ${Buffer.from(`${TRADE_ARCHIVE.username}:${TRADE_ARCHIVE.password}`).toString('base64')}`;
const call = (path: string, init: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> } = {}): Promise<Response> =>
  fetch(`${cmis.baseUrl}${path}`, { ...init, headers: { authorization, ...init.headers } });
const controls = (typeId: string, name: string, action = 'createFolder'): [string, string][] => [
  ['cmisaction', action],
  ['succinct', 'true'],
  ['propertyId[0]', 'cmis:objectTypeId'],
  ['propertyValue[0]', typeId],
  ['propertyId[1]', 'cmis:name'],
  ['propertyValue[1]', name],
];
const form = (entries: readonly (readonly [string, string | Blob])[]): FormData => {
  const data = new FormData();
  for (const [name, value] of entries) {
    if (typeof value === 'string') data.set(name, value);
    else data.set(name, value, 'Übersicht.pdf');
  }
  return data;
};
const post = (body: FormData | URLSearchParams): Promise<Response> => call('/A1/root', { method: 'POST', body });
const named = async (answer: Response): Promise<unknown> =>
  ((await answer.json()) as { succinctProperties: Record<string, unknown> }).succinctProperties;

describe('charset and file names', () => {
  it.each<[string, (readonly [string, string])[], string]>([
    ['nothing', [], 'JÃ¼rgen'],
    ['_charset_ at the end', [['_charset_', 'UTF-8']], 'Jürgen'],
  ])('with %s about it', async (_what, more, name) => {
    expect(await named(await post(form([...controls('cmis:folder', 'Jürgen'), ...more])))).toMatchObject({ 'cmis:name': name });
  });

  it('mangle the name in the header of the part even with _charset_, and not in the control', async () => {
    const content = new Blob(['%PDF'], { type: 'application/pdf' });
    const first = form([...controls('cmis:document', 'a', 'createDocument'), ['content', content], ['_charset_', 'UTF-8']]);
    expect(await named(await post(first))).toMatchObject({
      'cmis:contentStreamFileName': 'Ã\u009cbersicht.pdf',
      'cmis:contentStreamLength': 4,
    });
    const second = form([
      ...controls('cmis:document', 'b', 'createDocument'),
      ['content', content],
      ['filename', 'Ü.pdf'],
      ['_charset_', 'UTF-8'],
    ]);
    expect(await named(await post(second))).toMatchObject({ 'cmis:contentStreamFileName': 'Ü.pdf' });
  });

  it('take composed and decomposed names for two, and control characters for nothing special', async () => {
    for (const name of ['Ü'.normalize('NFC'), 'Ü'.normalize('NFD'), 'a\u0007b']) {
      expect((await post(form([...controls('cmis:folder', name), ['_charset_', 'UTF-8']]))).status).toBe(201);
    }
  });
});

describe('answers', () => {
  it.each<[string, [string, string][], number, string]>([
    ['a name that exists', controls('cmis:folder', 'Gewerbeamt'), 409, 'nameConstraintViolation'],
    ['an unknown type', controls('cmis:nothing', 'x'), 404, 'objectNotFound'],
    ['an unknown parent', [...controls('cmis:folder', 'x'), ['objectId', '4711']], 404, 'objectNotFound'],
    ['an illegal character', controls('cmis:folder', 'a|b'), 400, 'invalidArgument'],
    ['an unknown property', [...controls('cmis:folder', 'x'), ['propertyId[2]', 'x:y'], ['propertyValue[2]', '1']], 400, 'invalidArgument'],
    [
      'versions where there are none',
      [...controls('cmis:document', 'x', 'createDocument'), ['versioningState', 'major']],
      409,
      'constraint',
    ],
    ['an unknown act', [['cmisaction', 'dance']], 405, 'notSupported'],
  ])('to %s', async (_what, entries, status, exception) => {
    const answer = await post(new URLSearchParams(entries));
    expect([answer.status, await answer.json()]).toEqual([status, { exception, message: expect.any(String) }]);
  });

  it('to an unknown repository, and with suppressed codes', async () => {
    expect((await call('/B2')).status).toBe(400);
    const suppressed = await call('/B2?suppressResponseCodes=true');
    expect([suppressed.status, await suppressed.json()]).toEqual([200, { exception: 'invalidArgument', message: 'unknown repository' }]);
  });

  it('escape every slash, and have members nobody asked for', async () => {
    const text = await (await call('')).text();
    expect(text).not.toMatch(/[^\\]\//);
    expect(text).toContain('\\/cmis\\/browser\\/A1\\/root"');
    expect(await (await call('/A1/root/Gewerbeamt?cmisselector=object&succinct=true')).json()).toHaveProperty('extension');
  });

  it('to a deletion are an empty page, and to a token an empty page with a cookie', async () => {
    const created = (await named(await post(new URLSearchParams(controls('cmis:folder', 'x'))))) as Record<string, string>;
    const deleted = await post(new URLSearchParams({ cmisaction: 'delete', objectId: created['cmis:objectId'] ?? '' }));
    expect([deleted.status, deleted.headers.get('content-type'), await deleted.text()]).toEqual([200, 'text/html', '']);
    const silent = await post(new URLSearchParams([...controls('cmis:folder', 'y'), ['token', 't1']]));
    expect([silent.status, await silent.text()]).toEqual([201, '']);
    const cookie = silent.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/^cmis_dDE%=/);
    expect(await (await call('/A1?cmisselector=lastResult', { headers: { cookie } })).json()).toMatchObject({ code: 201, exception: '' });
  });

  it('to a document without its content are a success all the same', async () => {
    const created = await post(form([...controls('cmis:document', 'leer', 'createDocument')]));
    expect(created.status).toBe(201);
    expect(await named(created)).toMatchObject({ 'cmis:contentStreamLength': null });
  });

  it('to somebody unknown are 401 and no JSON', async () => {
    const answer = await fetch(cmis.baseUrl);
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Basic realm="CMIS"']);
  });
});

describe('queries', () => {
  it('understand quotes, backslashes and folders', () => {
    expect(parseQuery("SELECT * FROM cmis:document WHERE x:a = 'O\\'N \\\\ S' AND IN_TREE('100')")).toEqual({
      select: ['*'],
      from: 'cmis:document',
      where: [
        { property: 'x:a', operator: '=', value: "O'N \\ S" },
        { folder: '100', scope: 'IN_TREE' },
      ],
    });
  });

  it.each(['SELECT', 'DELETE FROM x', "SELECT * FROM x WHERE a = 'b", "SELECT * FROM x WHERE a = 'b' OR c = 'd'", 'SELECT * FROM a, b'])(
    'do not understand %p',
    (statement) => {
      expect(() => parseQuery(statement)).toThrow('not understood');
    },
  );
});
