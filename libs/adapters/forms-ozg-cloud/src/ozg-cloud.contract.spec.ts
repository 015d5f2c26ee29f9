// SPDX-License-Identifier: EUPL-1.2
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { ReceivedSubmission, SenderCredential } from '@amtsbote/adapter-kit';
import { aRawRequest, aReceivedFile, type FileSample, formsContract } from '@amtsbote/adapter-kit/testing';
import type { JsonValue } from '@amtsbote/canonical';

import { adapter } from './index.js';
import { EMPTY_LITERALS } from './ozg-cloud.wire.js';

const read = (path: string): JsonValue => JSON.parse(readFileSync(join(process.cwd(), path), 'utf8')) as JsonValue;
const fixture = read('libs/adapters/forms-ozg-cloud/fixtures/gewerbeanmeldung.json');

const SECRET = 'Passwort-für-den-Test';
const credentials: { auth: SenderCredential; header: string; right: string; wrong: Record<string, string> }[] = [
  {
    auth: { kind: 'basic', username: 'formularserver', password: SECRET },
    header: 'authorization',
    right: `Basic ${Buffer.from(`formularserver:${SECRET}`).toString('base64')}`,
    wrong: {
      'a wrong password': `Basic ${Buffer.from(`formularserver:${SECRET} `).toString('base64')}`,
      'another user': `Basic ${Buffer.from(`formularserver2:${SECRET}`).toString('base64')}`,
      'no Basic at all': `Bearer ${SECRET}`,
      'Basic without credentials': 'Basic ',
    },
  },
  {
    auth: { kind: 'bearer', token: SECRET },
    header: 'authorization',
    right: `Bearer ${SECRET}`,
    wrong: { 'a wrong token': `Bearer ${SECRET}x`, 'a token without scheme': SECRET, 'half a token': `Bearer ${SECRET.slice(0, 5)}` },
  },
  {
    auth: { kind: 'header', name: 'X-Api-Key', value: SECRET },
    header: 'x-api-key',
    right: SECRET,
    wrong: { 'a wrong value': `${SECRET}x`, 'a value in another case': SECRET.toUpperCase() },
  },
];

const field = (index: number): JsonValue => ({ name: `feld_${index}`, label: `Feld ${index}`, stringValue: `Wert ${index}` });
const control: JsonValue = { transactionId: 'tiefe-und-breite', formId: 'Test', name: 'Test' };

for (const { auth, header, right, wrong } of credentials) {
  const request = aRawRequest({ headers: { 'content-type': 'multipart/form-data; boundary=x', [header]: right } });
  const submissionOfBytes = (bytes: Uint8Array, files: readonly FileSample[] = []): ReceivedSubmission => ({
    request,
    data: [{ name: 'formData', value: bytes }],
    files: [
      aReceivedFile('Antrag.pdf', '%PDF-', { partName: 'representation' }),
      ...files.map(({ name, content }) => aReceivedFile(name, content)),
    ],
  });
  const submission = (document: JsonValue, files: readonly FileSample[]): ReceivedSubmission =>
    submissionOfBytes(Buffer.from(JSON.stringify(document)), files);

  formsContract({
    adapter,
    variant: `with ${auth.kind}`,
    options: { auth, leikaByForm: { Gewerbeanmeldung: ['99050012104000'] } },
    secrets: [SECRET],
    document: auth.kind === 'basic' ? fixture : read('../shared/samples/ozg-cloud/form-data.json'),
    submission,
    submissionOfBytes,
    spoilt: {
      'a missing credential': (sent) => ({ ...sent, headers: { ...sent.headers, [header]: undefined } }),
      'an empty credential': (sent) => ({ ...sent, headers: { ...sent.headers, [header]: '' } }),
      ...Object.fromEntries(
        Object.entries(wrong).map(([what, value]) => [
          what,
          (sent: typeof request) => ({ ...sent, headers: { ...sent.headers, [header]: value } }),
        ]),
      ),
    },
    nested: (levels) => {
      let item = field(0);
      for (let level = levels - 1; level >= 1; level -= 1) item = { name: `ebene_${level}`, label: `Ebene ${level}`, formItems: [item] };
      return { control, formData: [item] };
    },
    wide: (fields) => ({ control, formData: Array.from({ length: fields }, (_, index) => field(index)) }),
    doubled: () => {
      const once = submission(fixture, []);
      return { ...once, data: [...once.data, ...once.data] };
    },
    emptyLiterals: EMPTY_LITERALS,
  });
}
