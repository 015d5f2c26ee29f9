// SPDX-License-Identifier: EUPL-1.2
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { type ApplicationDraft, IntakeRejection, type ReceivedFile } from '@amtsbote/adapter-kit';
import { aRawRequest, aReceivedFile } from '@amtsbote/adapter-kit/testing';
import { type JsonValue, valueOf } from '@amtsbote/canonical';
import { describe, expect, it } from '@jest/globals';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';

import { adapter } from './index.js';
import { ozgCloudTranslation } from './ozg-cloud.mapping.js';
import { OzgCloudOptions } from './ozg-cloud.options.js';

type Document = { control: Record<string, JsonValue>; formData: JsonValue[] } & Record<string, JsonValue>;
const path = join(process.cwd(), 'libs/adapters/forms-ozg-cloud/fixtures/gewerbeanmeldung.json');
const sample = (): Document => JSON.parse(readFileSync(path, 'utf8')) as Document;

function translate(document: JsonValue, options: Record<string, unknown> = {}, files: readonly ReceivedFile[] = []): ApplicationDraft {
  const translation = ozgCloudTranslation(OzgCloudOptions.parse({ auth: { kind: 'none' }, ...options }));
  return translation({ request: aRawRequest(), data: [{ name: 'formData', value: Buffer.from(JSON.stringify(document)) }], files });
}

function rejectionOf(act: () => unknown): IntakeRejection {
  try {
    act();
  } catch (error) {
    if (error instanceof IntakeRejection) return error;
    throw error;
  }
  throw new Error('was accepted');
}

/** A form of these items around a minimal control. */
const form = (...formData: JsonValue[]): Document => ({ control: { transactionId: 't-1' }, formData });

describe('the OZG-Cloud sample', () => {
  it('becomes an application with its applicant, account and labels', () => {
    const draft = translate(sample(), { leikaByForm: { Gewerbeanmeldung: ['99050012104000'] } });
    expect(draft).toMatchObject({
      submissionId: 'b7c0a4de-58d4-4a9a-9a5f-2f2c1f8f0a01',
      test: false,
      formId: 'Gewerbeanmeldung',
      authorityId: '100001',
      serviceName: 'Antrag auf Gewerbeanmeldung',
      leikaKeys: ['99050012104000'],
      unmapped: [],
    });
    expect(draft.applicant).toEqual({
      kind: 'person',
      familyName: 'Müster-Lüdenscheidt',
      givenName: 'Zoë',
      dateOfBirth: '1974-02-28',
      phone: '+49 30 23125042',
      email: 'zoe@example.org',
      address: { street: 'Probegasse', houseNumber: '12 a', postalCode: '01234', city: 'Musterstadt' },
      identity: { provider: 'BAYERN_ID', trustLevel: 'STORK-QAA-Level-3' },
      mailbox: { handle: '5f0e7d2c-0000-4000-8000-1b2c3d4e5f60', type: 'Citizen', system: 'BAYERN_ID' },
    });
    expect(draft.form[1]).toMatchObject({ kind: 'group', name: 'betriebsdaten', label: 'Betriebsdaten' });
  });

  it('reads "not answered" in every spelling as null, and keeps the question', () => {
    const draft = translate(sample());
    for (const name of ['geburtsname', 'bemerkungen', 'anlagen']) expect(valueOf(draft.form, name)).toBeNull();
    expect(JSON.stringify(draft.form)).toContain('Geburtsname');
  });

  it('prefers the LeiKa keys the sender sent over the configured ones, and keeps what is none', () => {
    const document = sample();
    document.control['leikaIds'] = ['99108008016000', 'leika_99108008016000'];
    const draft = translate(document, { leikaByForm: { Gewerbeanmeldung: ['99050012104000'] } });
    expect(draft.leikaKeys).toEqual(['99108008016000']);
    expect(draft.unmapped).toEqual([{ path: '/control/leikaIds/1', value: 'leika_99108008016000' }]);
  });

  it('finds no LeiKa key by the name of something every object has', () => {
    const document = sample();
    document.control['formId'] = 'constructor';
    expect(translate(document).leikaKeys).toEqual([]);
  });

  it('names the service after the form when the sender names none', () => {
    const document = sample();
    delete document.control['name'];
    expect(translate(document).serviceName).toBe('Gewerbeanmeldung');
  });

  it('never upgrades a trust level and invents no account', () => {
    const document = sample();
    delete document.control['serviceKonto'];
    expect(translate(document).applicant).not.toHaveProperty('identity');
    document.control['serviceKonto'] = { trustLevel: 'STORK-QAA-Level-1' };
    expect(translate(document).applicant.identity).toEqual({ provider: '', trustLevel: 'STORK-QAA-Level-1' });
  });

  it('is a test where the operator says that everything is', () => {
    expect(translate(sample(), { test: true }).test).toBe(true);
  });
});

describe('a form item', () => {
  it.each([
    ['an ISO day', { dateValue: '2026-02-28' }, { type: 'date', value: '2026-02-28' }],
    ['a date that is none', { dateValue: '30.02.2026' }, { type: 'text', value: '30.02.2026' }],
    ['a false', { booleanValue: false }, { type: 'boolean', value: false }],
    ['a zero', { numberValue: 0 }, { type: 'number', value: 0 }],
    ['an empty text', { stringValue: '' }, { type: 'text', value: '' }],
    ['a number in the text member', { stringValue: 7 }, { type: 'number', value: 7 }],
    ['an explicit null', { stringValue: null }, { type: 'text', value: null }],
    ['nothing', {}, { type: 'text', value: null }],
  ])('with %s becomes a field', (_what, value, expected) => {
    expect(translate(form({ name: 'n', label: 'L', ...value })).form).toEqual([{ kind: 'field', name: 'n', label: 'L', ...expected }]);
  });

  it('keeps a number of more digits than a double holds', () => {
    const bytes = Buffer.from(
      '{"control":{"transactionId":"t"},"formData":[{"name":"iban","label":"","numberValue":12345678901234567890}]}',
    );
    const translation = ozgCloudTranslation(OzgCloudOptions.parse({ auth: { kind: 'none' } }));
    const draft = translation({ request: aRawRequest(), data: [{ name: 'formData', value: bytes }], files: [] });
    expect(valueOf(draft.form, 'iban')).toBe('12345678901234567890');
  });

  it('with two values keeps the second among the unmapped', () => {
    const draft = translate(form({ name: 'n', label: 'L', stringValue: 'a', numberValue: 2 }));
    expect(draft.form).toMatchObject([{ value: 'a' }]);
    expect(draft.unmapped).toEqual([{ path: '/formData/0/numberValue', value: 2 }]);
  });

  it('with a value and items becomes a group that begins with the value', () => {
    const draft = translate(form({ name: 'n', label: 'L', stringValue: 'a', formItems: [{ name: 'm', label: '', stringValue: 'b' }] }));
    expect(draft.form).toMatchObject([
      {
        kind: 'group',
        items: [
          { name: 'n', value: 'a' },
          { name: 'm', value: 'b' },
        ],
      },
    ]);
  });

  it('with a label of 5,000 characters keeps it whole among the unmapped', () => {
    const label = 'Ich versichere '.repeat(334);
    const draft = translate(form({ name: 'n', label, booleanValue: true }));
    expect(draft.form[0]?.label).toHaveLength(2_000);
    expect(draft.unmapped).toEqual([{ path: '/formData/0/label', value: label }]);
  });

  it('that is no item is kept', () => {
    expect(translate(form('lose', { name: 'n', label: '', formItems: 'keine Liste' })).unmapped).toEqual([
      { path: '/formData/0', value: 'lose' },
      { path: '/formData/1/formItems', value: 'keine Liste' },
    ]);
  });
});

describe('the applicant', () => {
  it('is found under the names the operator configures, by the end of the path', () => {
    const person = (name: string, value: string): JsonValue => ({
      name,
      label: '',
      formItems: [{ name: 'Nachname', label: '', stringValue: value }],
    });
    const document = form(person('vertretung', 'Falsch'), person('antragsteller', 'Richtig'));
    expect(translate(document, { names: { familyName: ['antragsteller/Nachname'] } }).applicant).toEqual({
      kind: 'person',
      familyName: 'Richtig',
    });
    expect(translate(document, { names: { familyName: ['steller/Nachname'] } }).applicant).toEqual({ kind: 'unknown' });
  });

  it('passes over what was asked but not answered', () => {
    const document = form({ name: 'a', label: '', stringValue: 'Keine Angabe' }, { name: 'b', label: '', stringValue: 'Probe GmbH' });
    expect(translate(document, { names: { organisationName: ['a', 'b'] } }).applicant).toEqual({
      kind: 'organisation',
      organisationName: 'Probe GmbH',
    });
  });
});

describe('announced files', () => {
  const announce = (names: string): Document =>
    form({ name: 'nachweise', label: '', formItems: [{ name: 'lageplan', label: '', stringValue: names }] });
  const options = { fileFields: ['nachweise/lageplan'] };

  it.each([
    ['as they are', 'Lageplan; Süd & Nord.pdf', ['Lageplan; Süd & Nord.pdf']],
    ['folded to ASCII by the sender', 'Lageplan; Süd & Nord.pdf', ['Lageplan_S_d_Nord.pdf']],
    ['in another normal form', 'Süd.pdf', ['Süd.pdf'.normalize('NFD')]],
    ['several of them', 'a.pdf\nb.pdf', ['b.pdf', 'a.pdf', 'c.pdf']],
    ['none announced', 'Keine Anlagen hochgeladen', []],
  ])('are found %s', (_what, names, files) => {
    expect(
      translate(
        announce(names),
        options,
        files.map((name) => aReceivedFile(name)),
      ).attachments,
    ).toHaveLength(files.length);
  });

  it.each([
    ['is missing', 'geheim.pdf\nb.pdf', ['b.pdf']],
    ['came once but is announced twice', 'geheim.pdf\ngeheim.pdf', ['geheim.pdf']],
  ])('refuse the submission when one %s, naming the field and never the file', (_what, names, files) => {
    const rejection = rejectionOf(() =>
      translate(
        announce(names),
        options,
        files.map((name) => aReceivedFile(name)),
      ),
    );
    expect(rejection).toMatchObject({ kind: 'untranslatable', code: 'attachment-missing', place: '/nachweise/lageplan' });
    expect(`${rejection.detail}${rejection.place ?? ''}`).not.toContain('geheim');
  });

  it('are not looked for in fields that are not configured', () => {
    expect(() => translate(announce('fehlt.pdf'))).not.toThrow();
  });

  it('can be listed with another separator', () => {
    expect(
      rejectionOf(() => translate(announce('a.pdf, b.pdf'), { ...options, fileSeparator: ', ' }, [aReceivedFile('a.pdf')])).detail,
    ).toContain('1 of 2');
  });
});

describe('the parts', () => {
  it('give one representation; a second one and files nobody agreed on are attachments', () => {
    const files = [
      aReceivedFile('Antrag.json', '{}', { mediaType: 'application/json' }),
      aReceivedFile('eins.pdf', '1', { partName: 'representation' }),
      aReceivedFile('zwei.pdf', '2', { partName: 'representation' }),
      aReceivedFile('drei.pdf', '3', { partName: 'sonstiges' }),
    ];
    const draft = translate(form(), {}, files);
    expect(draft.attachments.map(({ name, purpose }) => [name, purpose])).toEqual([
      ['Antrag.json', 'attachment'],
      ['eins.pdf', 'representation'],
      ['zwei.pdf', 'attachment'],
      ['drei.pdf', 'attachment'],
    ]);
    expect(draft.unmapped).toEqual([{ path: '/parts/sonstiges', value: 'drei.pdf' }]);
  });

  it('that are fields are kept: files without a name as attachments, others as text or base64', () => {
    const translation = ozgCloudTranslation(OzgCloudOptions.parse({ auth: { kind: 'none' } }));
    const draft = translation({
      request: aRawRequest(),
      data: [
        { name: 'formData', value: Buffer.from(JSON.stringify(form())) },
        { name: 'representation', value: Buffer.from('%PDF-') },
        { name: 'bemerkung', value: Buffer.from('über') },
        { name: 'bytes', value: Buffer.from([0xff, 0x00]) },
      ],
      files: [],
    });
    expect(draft.attachments).toEqual([
      { name: 'representation', mediaType: 'application/octet-stream', purpose: 'representation', bytes: Buffer.from('%PDF-') },
    ]);
    expect(draft.unmapped).toEqual([
      { path: '/parts/bemerkung', value: 'über' },
      { path: '/parts/bytes', value: '/wA=' },
    ]);
  });
});

describe('a submission', () => {
  it.each([
    ['transaction-id-missing', '/control/transactionId', { formData: [] }],
    ['transaction-id-missing', '/control/transactionId', { control: { transactionId: '' }, formData: [] }],
    ['transaction-id-missing', '/control/transactionId', { control: 'x', formData: [] }],
    ['form-data-missing', '/formData', { control: { transactionId: 't' } }],
    ['form-data-missing', '/formData', { control: { transactionId: 't' }, formData: {} }],
    ['not-an-object', 'formData', []],
  ] as [string, string, JsonValue][])('is malformed (%s at %s) when it lacks what it cannot be without', (code, place, document) => {
    expect(rejectionOf(() => translate(document))).toMatchObject({ kind: 'malformed', code, place });
  });

  it('without the data part says so', () => {
    const translation = ozgCloudTranslation(OzgCloudOptions.parse({ auth: { kind: 'none' } }));
    expect(rejectionOf(() => translation({ request: aRawRequest(), data: [], files: [] }))).toMatchObject({
      code: 'missing-part',
      place: 'formData',
    });
  });

  it('with a transaction id no key can hold is untranslatable', () => {
    expect(rejectionOf(() => translate({ control: { transactionId: 'x'.repeat(201) }, formData: [] }))).toMatchObject({
      kind: 'untranslatable',
      place: '/submissionId',
    });
  });
});

describe('the fee', () => {
  const payment = {
    cents: 2_600,
    purpose: 'Gewerbeanmeldung',
    description: 'Gebühr Gewerbeanmeldung',
    bookingData: { haushaltsstelle: '1220.100' },
  };

  it('is demanded as configured', () => {
    expect(translate(sample(), { payment }).payment).toEqual({
      amount: { cents: 2_600, currency: 'EUR' },
      purpose: 'Gewerbeanmeldung',
      description: 'Gebühr Gewerbeanmeldung',
      items: [
        {
          reference: 'gebuehr',
          description: 'Gebühr Gewerbeanmeldung',
          amount: { cents: 2_600, currency: 'EUR' },
          quantity: 1,
          bookingData: { haushaltsstelle: '1220.100' },
        },
      ],
    });
  });

  it.each([
    ['text(fields, "vorname") == "Zoë"', true],
    ['text(fields, "nicht_da") == "ja"', false],
    ['fields["stammkapital_eur"] > 20000.0', false],
    ['application.applicant.kind == "person"', true],
  ])('depends on %s: %p', (when, due) => {
    expect(translate(sample(), { payment: { ...payment, when } }).payment !== undefined).toBe(due);
  });

  it('that cannot be decided refuses the submission instead of waiving the fee', () => {
    for (const when of ['fields["nicht_da"] == "ja"', 'application.reference == "x"'])
      expect(rejectionOf(() => translate(sample(), { payment: { ...payment, when } }))).toMatchObject({
        kind: 'untranslatable',
        code: 'fee-undecidable',
      });
  });

  it.each([{ cents: 0 }, { cents: 26.5 }, { purpose: 'x'.repeat(28) }, { purpose: 'Gebühr' }, { when: 'fields[' }])(
    'refuses %p in the configuration',
    (wrong) => {
      expect(OzgCloudOptions.safeParse({ auth: { kind: 'none' }, payment: { ...payment, ...wrong } }).success).toBe(false);
    },
  );
});

describe('the options', () => {
  it('refuse unknown keys and bad credentials', () => {
    for (const wrong of [
      {},
      { auth: { kind: 'none' }, tippfehler: 1 },
      { auth: { kind: 'basic', username: 'a:b', password: 'x' } },
      { auth: { kind: 'bearer', token: '' } },
    ])
      expect(OzgCloudOptions.safeParse(wrong).success).toBe(false);
  });

  it('of the README are right', () => {
    const text = readFileSync(join(process.cwd(), 'libs/adapters/forms-ozg-cloud/README.md'), 'utf8');
    const example = /```yaml\n([\s\S]*?)```/.exec(text)?.[1] ?? '';
    const { type, options } = parseYaml(example) as { type: string; options: unknown };
    expect(type).toBe(adapter.type);
    expect(adapter.options.safeParse(options).error?.message).toBeUndefined();
  });

  it('can be published as JSON Schema with their secrets marked', () => {
    const schema = JSON.stringify(z.toJSONSchema(adapter.options, { io: 'input' }));
    expect(schema.match(/"secret":true/g)).toHaveLength(3);
  });
});
