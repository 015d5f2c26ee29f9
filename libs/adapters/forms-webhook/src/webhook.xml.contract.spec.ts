// SPDX-License-Identifier: EUPL-1.2
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { RawRequest, ReceivedSubmission } from '@amtsbote/adapter-kit';
import { aRawRequest, type FileSample, formsContract } from '@amtsbote/adapter-kit/testing';
import type { JsonValue } from '@amtsbote/canonical';
import { describe, expect, it } from '@jest/globals';

import { adapter } from './index.js';

/* The profile jaxforms: XML whose elements are named by their ids. */
const TOKEN = 'ein-langes-wort-fuer-jaxforms';
const auth = { kind: 'bearer', token: TOKEN };
const fixture = readFileSync(join(process.cwd(), 'libs/adapters/forms-webhook/fixtures/jaxforms.xml'));

type Members = { [key: string]: JsonValue };
const escaped = (text: string): string => text.replace(/[<>&"\t\r\n]/g, (character) => `&#${character.charCodeAt(0)};`);

/** As JAXForms writes it: objects are groups, lists several of one id, everything else a var. */
function xmlOf(id: string, value: JsonValue): string {
  if (Array.isArray(value)) return value.map((element) => xmlOf(id, element)).join('');
  if (typeof value !== 'object' || value === null) return `<var id="${escaped(id)}">${escaped(value === null ? '' : String(value))}</var>`;
  return `<group id="${escaped(id)}">${bodyOf(value)}</group>`;
}
const bodyOf = (members: Members): string =>
  Object.entries(members)
    .map(([id, value]) => xmlOf(id, value))
    .join('');

const post = (body: Uint8Array): RawRequest =>
  aRawRequest({ body, headers: { 'content-type': 'application/xml', authorization: `Bearer ${TOKEN}` } });
const submissionOfBytes = (bytes: Uint8Array): ReceivedSubmission => ({ request: post(bytes), data: [], files: [] });
const submissionOf = (document: JsonValue): ReceivedSubmission =>
  submissionOfBytes(Buffer.from(`<?xml version="1.0" encoding="UTF-8"?><formdata>${bodyOf(document as Members)}</formdata>`));

const FINGERPRINT = {
  GUID: '6f1c2c1e-1111',
  FORM_ID: 'bauvoranfrage',
  NAME: 'Bauvoranfrage',
  version: '4.2',
  MANDANT_ID: '100002',
  pid: '17-a',
  STATUS: 'submitted',
};
const DOCUMENT = {
  FINGERPRINT,
  antragsteller: { nachname: 'Käse & Söhne', vorname: 'Jürgen', geburtsdatum: '28.02.1974' },
  gebaeude: {
    haus: [
      { art: 'Garage', flaeche: '18,5' },
      { art: 'Schuppen', flaeche: '7' },
    ],
  },
  anlagen: { dateien: 'Grundriss Erdgeschoss Testzeichen; & .pdf' },
};
const deep = (levels: number): JsonValue => {
  let value: JsonValue = { tiefstes: 'Wert' };
  for (let level = levels - 1; level >= 1; level -= 1) value = { [`ebene_${level}`]: value };
  return value;
};

formsContract({
  adapter,
  variant: 'with the profile jaxforms (XML)',
  options: {
    auth,
    profile: 'jaxforms',
    mapping: {
      attachments: ['/formdata/upload'],
      applicant: {
        familyName: '/formdata/antragsteller/nachname',
        dateOfBirth: { at: '/formdata/antragsteller/geburtsdatum', day: 'dd.mm.yyyy' },
      },
    },
  },
  secrets: [TOKEN],
  document: DOCUMENT,
  submission: (document, files) => {
    const upload = files.map(({ name, content }: FileSample) => ({ name, content: Buffer.from(content).toString('base64') }));
    return submissionOf({ ...(document as Members), upload });
  },
  submissionOfBytes,
  spoilt: {
    'no credential': (request) => ({ ...request, headers: {} }),
    'another credential': (request) => ({ ...request, headers: { ...request.headers, authorization: 'Bearer anders' } }),
  },
  nested: (levels) => ({ FINGERPRINT, tief: deep(levels - 1) }),
  wide: (fields) => ({
    FINGERPRINT,
    ...Object.fromEntries(Array.from({ length: fields }, (_, index) => [`feld_${index}`, `Wert ${index}`])),
  }),
  doubled: () => submissionOfBytes(Buffer.from('<formdata id="a" id="b"/>')),
  bottomless: Buffer.from('<group>'.repeat(200_000)),
  // XML 1.0 knows no U+0000.
  canName: (name) => !name.includes('\u0000'),
  respelled: { '28.02.1974': '28.02.1974' },
  checked: ['/FINGERPRINT/GUID'],
});

describe('a push of JAXForms', () => {
  const port = (options: object = {}) =>
    adapter.create(adapter.options.parse({ auth, profile: 'jaxforms', ...options }), {
      clock: { now: () => new Date(0), sleep: () => Promise.reject(new Error('does not sleep')) },
      randomness: { fraction: () => 0, bytes: (count) => new Uint8Array(count) },
      instance: 'profile',
    });

  it('says of itself what it is, and keeps ; and & of file names as they are', () => {
    const draft = port().translate(submissionOfBytes(fixture));
    expect(draft).toMatchObject({
      submissionId: '6f1c2c1e-1111-4222-8333-444455556666',
      formId: 'bauvoranfrage',
      formVersion: '4.2',
      serviceName: 'Bauvoranfrage',
      authorityId: '100002',
    });
    expect(draft.form.map(({ name }) => name)).toEqual(['antragsteller', 'gebaeude', 'anlagen']);
    expect(JSON.stringify(draft.form)).toContain('Grundriss Erdgeschoss Testzeichen; & .pdf;Lageplan.pdf');
    expect(draft.unmapped).toContainEqual({ path: '/formdata/FINGERPRINT/pid', value: '20260131-17' });
    expect(draft.unmapped).toContainEqual({ path: '/formdata/FINGERPRINT/SEQUENCE_ID', value: '4711' });
  });

  it('repeats a group as rows', () => {
    const [, gebaeude] = port().translate(submissionOfBytes(fixture)).form;
    expect(gebaeude).toMatchObject({
      kind: 'group',
      items: [{ name: 'gebaeude', items: [{ name: 'gebaeude_0' }, { name: 'gebaeude_1' }] }],
    });
  });

  it('is posted as XML, and JSON of any other sender is not', () => {
    expect(port().body).toEqual({ form: 'bytes', mediaTypes: ['application/xml', 'text/xml'] });
    expect(port({ profile: 'gover' }).body).toEqual({ form: 'bytes', mediaTypes: ['application/json'], inlineFiles: true });
    expect(port({ profile: undefined, xml: {} }).body).toMatchObject({ mediaTypes: ['application/xml', 'text/xml'] });
  });

  it.each([
    ['a document type', '<!DOCTYPE formdata [<!ENTITY x SYSTEM "file:///etc/passwd">]><formdata>&x;</formdata>', 'doctype-forbidden'],
    ['an entity nobody declared', '<formdata>&x;</formdata>', 'not-xml'],
  ])('is refused with %s', (_what, xml, code) => {
    expect(() => port().translate(submissionOfBytes(Buffer.from(xml)))).toThrow(expect.objectContaining({ kind: 'malformed', code }));
  });
});

describe('a thin event', () => {
  const json = (body: JsonValue): ReceivedSubmission => submissionOfBytes(Buffer.from(JSON.stringify(body)));
  const port = adapter.create(
    adapter.options.parse({
      auth,
      linkOrigins: ['https://formulare.example.org'],
      mapping: { submissionId: '/data/id', formKind: 'none', linkedData: '/data/url' },
    }),
    {
      clock: { now: () => new Date(0), sleep: () => Promise.reject(new Error('does not sleep')) },
      randomness: { fraction: () => 0, bytes: (count) => new Uint8Array(count) },
      instance: 'thin',
    },
  );

  it('links to its data: JSON that is collected from an agreed origin', () => {
    const draft = port.translate(json({ type: 'submitted', data: { id: '7', url: 'https://formulare.example.org/7.json' } }));
    expect(draft.attachments).toEqual([
      { name: 'Antrag.json', mediaType: 'application/json', purpose: 'attachment', link: 'https://formulare.example.org/7.json' },
    ]);
    expect(draft.unmapped).toEqual([{ path: '/type', value: 'submitted' }]);
  });

  it.each([
    'https://evil.example.org/7.json',
    'http://formulare.example.org/7.json',
    'file:///etc/passwd',
    'https://a:b@formulare.example.org/7',
  ])('is refused with a link elsewhere: %s', (url) => {
    expect(() => port.translate(json({ data: { id: '7', url } }))).toThrow(
      expect.objectContaining({ kind: 'untranslatable', code: 'link-not-allowed' }),
    );
  });
});
