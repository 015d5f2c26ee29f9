// SPDX-License-Identifier: EUPL-1.2
import { readFileSync } from 'node:fs';

import { anApplication, anAttachment } from '@amtsbote/adapter-kit/testing';
import { type Application, FORM_DEPTH_MAX, type FormItem } from '@amtsbote/canonical';
import { describe, expect, it } from '@jest/globals';

import { EXPORT_NAMESPACE, renderApplicationXml } from './application-xml.js';
import { exportXsd } from './export-xsd.js';
import { aDecision, aField, aFullApplication, aPayment, HOSTILE_TEXTS } from './test/samples.js';
import { readXml, type XmlNode } from './test/xml-probe.js';
import { schemaViolations } from './test/xsd-validation.js';

const ILLEGAL = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;
/** What XML can carry of a text. */
const carried = (text: string): string => text.replace(ILLEGAL, '\ufffd');

/** The form as the XML should say it. */
const asXml = (item: FormItem): XmlNode =>
  item.kind === 'group'
    ? { name: 'group', attributes: { name: carried(item.name), label: carried(item.label) }, children: item.items.map(asXml), text: '' }
    : {
        name: 'field',
        attributes: {
          name: carried(item.name),
          label: carried(item.label),
          type: item.type,
          ...(item.value === null ? { answered: 'false' } : {}),
        },
        children: [],
        text: item.value === null ? '' : carried(String(item.value)),
      };

const formOf = (xml: string): readonly XmlNode[] | undefined =>
  readXml(xml)
    .children.find(({ name }) => name === 'application')
    ?.children.find(({ name }) => name === 'form')?.children;

const hostileApplication = (text: string): Application =>
  anApplication({
    publicService: { leikaKeys: [], name: text, catalogueVersion: text },
    origin: { system: text, endpoint: text, submissionId: `x${text}`, authorityId: text },
    applicant: { kind: 'unknown', familyName: text, address: { city: text }, identity: { provider: text }, mailbox: { handle: text } },
    form: [{ kind: 'group', name: text, label: text, items: [aField(text, text, text)] }],
    attachments: [{ ...anAttachment('a.pdf'), name: `a${text}`, originalName: text, mediaType: text }],
    places: [{ label: text, geometry: { type: 'Point', coordinates: [text] } }],
    consents: [{ purpose: text, given: false }],
    deadlines: [{ name: text, at: '2026-01-31T10:00:00.000Z' }],
    relations: [{ kind: 'replaces', target: text }],
    unmapped: [{ path: text, value: { [text]: [text, null] } }],
  });

describe('the export XML', () => {
  it.each([
    ['an ordinary application', { application: anApplication() }],
    [
      'an application with everything, its payment and its decision',
      { application: aFullApplication(), payment: aPayment(), decision: aDecision() },
    ],
    [
      'a decision with documents',
      { application: anApplication(), decision: aDecision({ text: '', documents: [anAttachment('Bescheid.pdf')] }) },
    ],
    ['an open payment without the provider’s answer', { application: anApplication(), payment: { ...aPayment(), state: 'open' as const } }],
    [
      'an application that says almost nothing',
      { application: anApplication({ publicService: { leikaKeys: [], name: '' }, applicant: { kind: 'unknown' }, form: [] }) },
    ],
  ])('follows its schema for %s', async (_name, subject) => {
    expect(await schemaViolations(renderApplicationXml(subject), exportXsd())).toEqual([]);
  });

  it.each(HOSTILE_TEXTS.map((text, index) => [index, text] as const))(
    'follows its schema and keeps every field with hostile text %i',
    async (_index, text) => {
      const application = hostileApplication(text);
      const xml = renderApplicationXml({ application, payment: aPayment({ kassenzeichen: text }), decision: aDecision({ text }) });
      expect(await schemaViolations(xml, exportXsd())).toEqual([]);
      expect(formOf(xml)).toEqual(application.form.map(asXml));
    },
  );

  it('carries the form tree unchanged: order, nesting, repeated groups, types, unanswered questions', () => {
    const { form } = aFullApplication();
    expect(formOf(renderApplicationXml({ application: aFullApplication() }))).toEqual(form.map(asXml));
  });

  it('carries a form of the greatest depth', () => {
    let item: FormItem = aField('tief', 1);
    for (let depth = 1; depth < FORM_DEPTH_MAX; depth += 1) item = { kind: 'group', name: `g${depth}`, label: '', items: [item] };
    expect(formOf(renderApplicationXml({ application: anApplication({ form: [item] }) }))).toEqual([asXml(item)]);
  });

  it('counts the characters that XML cannot carry', () => {
    const replacedIn = (value: string): string | undefined =>
      readXml(renderApplicationXml({ application: anApplication({ form: [aField('x', value, 'x')] }) })).attributes['replacedCharacters'];
    expect(replacedIn('nichts zu ersetzen: äöü 😀 \t\r\n')).toBe('0');
    expect(replacedIn('\u0000 \ud800 \ufffe')).toBe('3');
  });

  it('tells of attachments what is needed to collect and check them, and no links', () => {
    const xml = renderApplicationXml({ application: aFullApplication(), payment: aPayment() });
    const application = readXml(xml).children.find(({ name }) => name === 'application');
    const [first, , linked] = application?.children.find(({ name }) => name === 'attachments')?.children ?? [];
    const { id, name, mediaType, size, sha512 } = anAttachment('Lageplan; Erdgeschoß & Keller.pdf');
    const text = (node: XmlNode | undefined, child: string): string | undefined =>
      node?.children.find((candidate) => candidate.name === child)?.text;
    expect(['id', 'name', 'mediaType', 'size', 'sha512'].map((child) => text(first, child))).toEqual([
      id,
      name,
      mediaType,
      String(size),
      sha512,
    ]);
    expect(linked?.attributes['state']).toBe('linked');
    expect(text(linked, 'sha512')).toBeUndefined();
    expect(xml).not.toContain('secret');
  });

  it('is the same text for the same application', () => {
    const subject = { application: aFullApplication(), payment: aPayment(), decision: aDecision() };
    expect(renderApplicationXml(subject)).toBe(renderApplicationXml(structuredClone(subject)));
  });
});

describe('the published schema', () => {
  it('is what exportXsd gives', () => {
    expect(readFileSync('schemas/export-1.xsd', 'utf8')).toBe(exportXsd());
  });

  it.each([
    ['an unknown element', (xml: string) => xml.replace('</places>', '</places><unknown/>')],
    ['a missing reference', (xml: string) => xml.replace(/<reference>.*<\/reference>/, '')],
    ['an unknown field type', (xml: string) => xml.replace('type="date"', 'type="datum"')],
    ['a checksum of the wrong length', (xml: string) => xml.replace(/(<sha512>)./, '$1')],
    ['another namespace', (xml: string) => xml.replace(EXPORT_NAMESPACE, 'urn:de:amtsbote:export:0')],
    ['a local time', (xml: string) => xml.replace('10:00:00.000Z</receivedAt>', '10:00:00.000</receivedAt>')],
  ])('refuses %s', async (_name, broken) => {
    const xml = renderApplicationXml({ application: aFullApplication() });
    expect(broken(xml)).not.toBe(xml);
    expect(await schemaViolations(broken(xml), exportXsd())).not.toEqual([]);
  });
});
