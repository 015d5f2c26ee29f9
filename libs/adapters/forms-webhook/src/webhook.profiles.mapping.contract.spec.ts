// SPDX-License-Identifier: EUPL-1.2
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { RawRequest, ReceivedSubmission } from '@amtsbote/adapter-kit';
import { aRawRequest, type FileSample, formsContract } from '@amtsbote/adapter-kit/testing';
import type { JsonValue } from '@amtsbote/canonical';
import { describe, expect, it } from '@jest/globals';

import { adapter } from './index.js';

/** Whole bodies of known senders; each profile has to carry all of its sender's, by the contract of every forms adapter. */
type Members = { [key: string]: JsonValue };
const read = (name: string): Members =>
  JSON.parse(readFileSync(join(process.cwd(), 'libs/adapters/forms-webhook/fixtures', `${name}.json`), 'utf8')) as Members;

const SECRET = 'Kennwort-für-den-Test';
const auth = { kind: 'header', name: 'Authorization', value: SECRET };
const post = (body: Uint8Array): RawRequest =>
  aRawRequest({ body, headers: { 'content-type': 'application/json', authorization: SECRET } });
const submissionOfBytes = (bytes: Uint8Array): ReceivedSubmission => ({ request: post(bytes), data: [], files: [] });
const submissionOf = (document: JsonValue): ReceivedSubmission => submissionOfBytes(Buffer.from(JSON.stringify(document)));
const base64 = (content: string): string => Buffer.from(content).toString('base64');
const wide = (fields: number): Members => Object.fromEntries(Array.from({ length: fields }, (_, index) => [`feld_${index}`, 'x']));
const deep = (levels: number): JsonValue => {
  let value: JsonValue = { tiefstes: 'Wert' };
  for (let level = levels - 1; level >= 1; level -= 1) value = { [`ebene_${level}`]: value };
  return value;
};
const at = (document: JsonValue, member: string): Members => (document as Members)[member] as Members;

const spoilt = {
  'a missing credential': (request: RawRequest) => ({ ...request, headers: { ...request.headers, authorization: undefined } }),
  'a wrong credential': (request: RawRequest) => ({ ...request, headers: { ...request.headers, authorization: `${SECRET}x` } }),
};
const common = { adapter, secrets: [SECRET], submissionOfBytes, spoilt };
const doubled = (text: string) => (): ReceivedSubmission => submissionOfBytes(Buffer.from(text));

formsContract({
  ...common,
  variant: 'with the profile gover',
  options: { auth, profile: 'gover', mapping: { applicant: { familyName: '/data/halter/nachname' } } },
  document: read('gover'),
  submission: (document, files) => {
    const data = at(document, 'data');
    const more = files.map(({ name, content }: FileSample) => ({ name, base64: base64(content) }));
    return submissionOf({ ...(document as Members), data: { ...data, files: [...((data['files'] ?? []) as JsonValue[]), ...more] } });
  },
  nested: (levels) => ({ ...read('gover'), data: deep(levels) }),
  wide: (fields) => ({ ...read('gover'), data: wide(fields) }),
  doubled: doubled('{"metadata":{"submission_id":"1","submission_id":"2"},"data":{}}'),
  checked: ['/_pdf', '/data/files/0/base64'],
});

formsContract({
  ...common,
  variant: 'with the profile open-forms',
  options: { auth, profile: 'open-forms', mapping: { attachments: ['/values/nachweis'] } },
  document: read('open-forms'),
  submission: (document, files) => {
    const values = at(document, 'values');
    const more = files.map(({ name, content }: FileSample) => ({ file_name: name, content: base64(content) }));
    return submissionOf({
      ...(document as Members),
      values: { ...values, nachweis: [...((values['nachweis'] ?? []) as JsonValue[]), ...more] },
    });
  },
  nested: (levels) => ({ ...read('open-forms'), values: deep(levels) }),
  wide: (fields) => ({ ...read('open-forms'), values: wide(fields) }),
  doubled: doubled('{"metadata":{"public_reference":"1"},"values":{},"values":{}}'),
  // What is deliberately not carried.
  emptyLiterals: ['https://json-schema.org/draft/2020-12/schema', 'urn:example:metadata'],
  checked: ['/values/nachweis/0/content', '/values_schema', '/metadata_schema'],
});

formsContract({
  ...common,
  variant: 'with the profile formio',
  options: { auth, profile: 'formio', mapping: { attachments: ['/submission/data/anlage'] } },
  document: read('formio'),
  submission: (document, files) => {
    const submission = at(document, 'submission');
    const data = (submission['data'] ?? {}) as Members;
    const more = files.map(({ name, content }: FileSample) => ({ originalName: name, url: `data:text/plain;base64,${base64(content)}` }));
    const anlage = [...((data['anlage'] ?? []) as JsonValue[]), ...more];
    return submissionOf({ ...(document as Members), submission: { ...submission, data: { ...data, anlage } } });
  },
  nested: (levels) => ({ ...read('formio'), submission: { ...at(read('formio'), 'submission'), data: deep(levels) } }),
  wide: (fields) => ({ ...read('formio'), submission: { ...at(read('formio'), 'submission'), data: wide(fields) } }),
  doubled: doubled('{"submission":{"_id":"1","modified":"2","data":{},"data":{}}}'),
  // `request` and `params` repeat what stands in `submission`; the id is made of two values.
  respelled: {
    '65b9f0f0aa00bb11cc22dd33': '65b9f0f0aa00bb11cc22dd33/2026-01-31T10:00:00.000Z',
    '2026-01-31T10:00:00.000Z': '65b9f0f0aa00bb11cc22dd33/2026-01-31T10:00:00.000Z',
    'data:application/pdf;base64,SW5oYWx0': 'application/pdf',
  },
  emptyLiterals: ['Groß', '65b9f0f0aa00bb11cc22dd00', '65b9f0f0aa00bb11cc22dd33/2026-01-31T10:00:00.000Z', 'application/pdf'],
  checked: ['/submission/data/anlage/0/url', '/submission/_id', '/submission/modified', '/request', '/response', '/params'],
});

formsContract({
  ...common,
  variant: 'with the profile xgov',
  options: { auth, profile: 'xgov', mapping: { attachments: ['/files'] } },
  document: read('xgov'),
  submission: (document, files) =>
    submissionOf({ ...(document as Members), files: files.map(({ name, content }: FileSample) => ({ name, base64: base64(content) })) }),
  nested: (levels) => ({ ...read('xgov'), questions: [{ question: 'Tief', fields: [{ key: 'k', title: 't', answer: deep(levels) }] }] }),
  wide: (fields) => ({
    ...read('xgov'),
    questions: [
      { question: 'Breit', fields: Array.from({ length: fields }, (_, index) => ({ key: `k${index}`, title: 't', answer: 'x' })) },
    ],
  }),
  doubled: doubled('{"questions":[],"questions":[]}'),
});

describe('profiles', () => {
  const port = (options: object) =>
    adapter.create(adapter.options.parse({ auth, ...options }), {
      clock: { now: () => new Date(0), sleep: () => Promise.reject(new Error('does not sleep')) },
      randomness: { fraction: () => 0, bytes: (count) => new Uint8Array(count) },
      instance: 'profile',
    });

  it('pass over drafts of form.io, and nothing else', () => {
    const formio = port({ profile: 'formio' });
    const submission = at(read('formio'), 'submission');
    const of = (state: JsonValue) => formio.isNoSubmission(submissionOf({ ...read('formio'), submission: { ...submission, state } }));
    expect([of('draft'), of('submitted'), of(null), of(['draft'])]).toEqual([true, false, false, false]);
    expect(port({ profile: 'gover' }).isNoSubmission(submissionOf({ state: 'draft' }))).toBe(false);
    expect(() => formio.isNoSubmission(submissionOfBytes(Buffer.from('{')))).toThrow(expect.objectContaining({ kind: 'malformed' }));
  });

  it('know another save of the same form.io submission from the same event sent again', () => {
    const formio = port({ profile: 'formio' });
    const submission = at(read('formio'), 'submission');
    const id = (modified: string) =>
      formio.translate(submissionOf({ ...read('formio'), submission: { ...submission, modified } })).submissionId;
    expect(id('2026-01-31T10:00:00.000Z')).toBe(id('2026-01-31T10:00:00.000Z'));
    expect(id('2026-01-31T10:00:01.000Z')).not.toBe(id('2026-01-31T10:00:00.000Z'));
  });

  it('take a test of gover for a test', () => {
    const metadata = { submission_id: '1', is_test_submission: true };
    expect(port({ profile: 'gover' }).translate(submissionOf({ ...read('gover'), metadata })).test).toBe(true);
  });

  it('give way to the operator, member by member', () => {
    const draft = port({ profile: 'gover', mapping: { formId: { text: 'Hund' }, form: '/data/hund' } }).translate(
      submissionOf(read('gover')),
    );
    expect(draft).toMatchObject({
      formId: 'Hund',
      submissionId: '0d9a7d3e-6a5d-4f4b-8a39-6c2d1f0b7e11',
      form: [{ name: 'rasse' }, {}, {}, {}],
    });
  });

  it('carry a credential besides a signature only together with it', () => {
    const both = port({ secrets: [`whsec_${Buffer.alloc(24, 'x').toString('base64')}`] });
    expect(() => both.verify(post(Buffer.from('{}')))).toThrow(expect.objectContaining({ kind: 'unsigned', code: 'signature-missing' }));
  });
});
