// SPDX-License-Identifier: EUPL-1.2
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { ReceivedSubmission } from '@amtsbote/adapter-kit';
import { aRawRequest, type FileSample, formsContract, formsPullContract } from '@amtsbote/adapter-kit/testing';
import { FormSolutionsServer, formSolutionsSubmissions } from '@amtsbote/adapters/forms-form-solutions/simulator';
import type { JsonValue } from '@amtsbote/canonical';

import { adapter } from './index.js';

type Members = { [key: string]: JsonValue };
const read = (name: string): Members =>
  JSON.parse(readFileSync(join(process.cwd(), `libs/adapters/forms-form-solutions/fixtures/${name}.json`), 'utf8')) as Members;

const SECRET = 'Kennwort-für-den-Test';
const authorization = (password: string): string => `Basic ${Buffer.from(`server:${password}`).toString('base64')}`;
const request = aRawRequest({ headers: { 'content-type': 'application/json', authorization: authorization(SECRET) } });
const base64 = (content: string): string => Buffer.from(content).toString('base64');
const submissionOfBytes = (body: Uint8Array): ReceivedSubmission => ({ request: { ...request, body }, data: [], files: [] });
const submission = (document: JsonValue, files: readonly FileSample[]): ReceivedSubmission => {
  const attachments = files.map(({ name, content }) => ({ fileName: name, contentType: 'application/pdf', content: base64(content) }));
  return submissionOfBytes(Buffer.from(JSON.stringify({ ...(document as Members), ...(files.length === 0 ? {} : { attachments }) })));
};
const bare = { transID: 'tief-und-breit', identifier: 'AS_1', status: 'NEW' };
/** Files are decoded: their base64 is nowhere in the draft. */
const withoutFiles = ({ pdf: _pdf, xml: _xml, attachments: _attachments, ...rest }: Members): Members => rest;
const DAY = { '17.03.2025': '2025-03-17', '01.01.1974': '1974-01-01' };

for (const name of ['bundid-4.2', 'muk-4.2', 'v2'] as const) {
  const { payload, ...document } = withoutFiles(read(name));
  formsContract({
    adapter,
    variant: name,
    options: { push: { auth: { kind: 'basic', username: 'server', password: SECRET } } },
    secrets: [SECRET],
    document: { ...document, payload: typeof payload === 'string' ? (JSON.parse(payload) as JsonValue) : (payload ?? null) },
    submission,
    submissionOfBytes,
    spoilt: {
      'a missing credential': (sent) => ({ ...sent, headers: { ...sent.headers, authorization: undefined } }),
      'a wrong password': (sent) => ({ ...sent, headers: { ...sent.headers, authorization: authorization(`${SECRET} `) } }),
      'no Basic at all': (sent) => ({ ...sent, headers: { ...sent.headers, authorization: `Bearer ${SECRET}` } }),
    },
    nested: (levels) => {
      let value: JsonValue = 'unten';
      for (let level = levels - 1; level >= 1; level -= 1) value = { [`ebene_${level}`]: value };
      return { ...bare, payload: value };
    },
    wide: (fields) => ({ ...bare, payload: Object.fromEntries(Array.from({ length: fields }, (_, index) => [`feld_${index}`, 'x'])) }),
    doubled: () => submissionOfBytes(Buffer.from('{"transID":"eins","transID":"zwei","status":"NEW"}')),
    respelled: {
      ...DAY,
      '31.12.1980': '1980-12-31',
      '1455801335305': '2016-02-18T13:15:35.305Z',
      '1767225600000': '2026-01-01T00:00:00.000Z',
    },
  });
}

const MANDANT = '22222222-2222';
let made = 0;

for (const version of ['v2', '4.2'] as const) {
  formsPullContract({
    adapter,
    variant: version,
    start: async () => {
      const server = await new FormSolutionsServer({ mandant: MANDANT, apiKey: SECRET }).start();
      server.submit('940000', []);
      return server;
    },
    optionsFor: (server: FormSolutionsServer) => ({
      pull: { baseUrl: server.apiUrl, mandant: MANDANT, apiKey: SECRET, forms: ['940000'] },
    }),
    secrets: [SECRET, base64(`${MANDANT}:${SECRET}`)],
    put: (server, count, files) => {
      made += 1;
      const from = new Date(Date.parse('2026-01-31T08:00:00Z') + made * 1_000_000);
      const submissions = formSolutionsSubmissions({ count, version, seed: made, from });
      if (files !== undefined)
        for (const one of submissions) one.attachments = files.map(({ name, content }) => ({ fileName: name, content: base64(content) })); // prettier-ignore
      server.submit('940000', submissions);
      return submissions.map(({ transID }) => transID);
    },
    putUnreadable: (server) => {
      made += 1;
      const [one] = formSolutionsSubmissions({ count: 1, version, seed: made });
      if (one === undefined) throw new Error('no submission');
      one.attachments = [{ fileName: 'ohne Inhalt.pdf' }];
      server.submit('940000', [one]);
      return one.transID;
    },
    withdraw: (server, id) => server.setStatus(id, 'DELETED'),
    acknowledged: (server) => server.changes.flatMap(({ transId, status }) => (status === 'READ' ? [transId] : [])),
    refusals: 'kept',
    severalPages: 501,
    lines: {
      list: /^GET \/submission\/api\/v2\/submission\/[^/]+\/940000\?/,
      fetch: /^GET \/submission\/api\/v2\/submission\/[^/]+\/940000\/./,
      acknowledge: /^PUT /,
    },
    probes: true,
    personal: ['Muster', 'example.org'],
  });
}
