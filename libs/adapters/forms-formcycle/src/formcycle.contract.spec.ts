// SPDX-License-Identifier: EUPL-1.2
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { ReceivedSubmission } from '@amtsbote/adapter-kit';
import { aRawRequest, aReceivedFile, type FileSample, formsContract } from '@amtsbote/adapter-kit/testing';
import type { JsonValue } from '@amtsbote/canonical';

import { adapter } from './index.js';

const fixture = JSON.parse(
  readFileSync(join(process.cwd(), 'libs/adapters/forms-formcycle/fixtures/veranstaltungsanzeige.json'), 'utf8'),
) as JsonValue;

const SECRET = 'Kennwort-für-den-Test';
const authorization = (password: string): string => `Basic ${Buffer.from(`workflow:${password}`).toString('base64')}`;
const request = aRawRequest({
  headers: { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8', authorization: authorization(SECRET) },
});

/** Elements of a form stand side by side: the sample's groups are in the names, repeated ones come under one name. */
function parametersOf(value: JsonValue, name = ''): { name: string; value: Buffer }[] {
  if (Array.isArray(value)) return value.flatMap((element) => parametersOf(element, name));
  if (typeof value !== 'object' || value === null) return [{ name, value: Buffer.from(value === null ? '' : String(value)) }];
  return Object.entries(value).flatMap(([member, below]) => parametersOf(below, name === '' ? member : `${name}_${member}`));
}
const submission = (document: JsonValue, files: readonly FileSample[]): ReceivedSubmission => ({
  request,
  data: parametersOf(document),
  files: files.map(({ name, content }) => aReceivedFile(name, content, { partName: 'upLageplan' })),
});

formsContract({
  adapter,
  options: {
    auth: { kind: 'basic', username: 'workflow', password: SECRET },
    submissionId: { parameter: 'vorgang' },
    formId: { parameter: 'formular' },
    elements: {
      veranstaltung_beginn: { label: 'Beginn', type: 'date' },
      veranstaltung_besucher: { label: 'Besucher', type: 'number' },
      staende_flaeche: { label: 'Fläche', type: 'number' },
    },
    groups: [{ name: 'staende', label: 'Stände', elements: ['staende_name', 'staende_flaeche'] }],
  },
  secrets: [SECRET],
  document: fixture,
  submission,
  submissionOfBytes: (bytes) => ({ request, data: [{ name: 'daten', value: bytes }], files: [] }),
  spoilt: {
    'a missing credential': (sent) => ({ ...sent, headers: { ...sent.headers, authorization: undefined } }),
    'a wrong password': (sent) => ({ ...sent, headers: { ...sent.headers, authorization: authorization(`${SECRET} `) } }),
    'no Basic at all': (sent) => ({ ...sent, headers: { ...sent.headers, authorization: `Bearer ${SECRET}` } }),
  },
  wide: (fields) => ({ vorgang: 'breite', ...Object.fromEntries(Array.from({ length: fields }, (_, index) => [`feld_${index}`, 'x'])) }),
  doubled: () => {
    const once = submission(fixture, []);
    return { ...once, data: [...once.data, { name: 'vorgang', value: Buffer.from('ein-anderer') }] };
  },
  respelled: { '24.06.2026': '2026-06-24', '1.200': '1200', '12,5': '12.5', '30,25': '30.25' },
});
