// SPDX-License-Identifier: EUPL-1.2
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { type ApplicationDraft, type FormsPort, IntakeRejection, type ReceivedFile, type ReceivedSubmission } from '@amtsbote/adapter-kit';
import { aRawRequest, aReceivedFile, testEnvironment } from '@amtsbote/adapter-kit/testing';
import { SAMPLE_OPTIONS } from '@amtsbote/adapters/forms-form-solutions/simulator';
import { fieldsOf, type JsonValue } from '@amtsbote/canonical';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { adapter } from './index.js';

type Members = { [key: string]: JsonValue };
const read = (name: string): Members =>
  JSON.parse(readFileSync(join(process.cwd(), `libs/adapters/forms-form-solutions/fixtures/${name}.json`), 'utf8')) as Members;

function portOf(options: object = SAMPLE_OPTIONS): FormsPort {
  return adapter.create(adapter.options.parse({ push: { auth: { kind: 'none' } }, ...options }), testEnvironment());
}
const received = (document: JsonValue | Uint8Array, files: readonly ReceivedFile[] = []): ReceivedSubmission => ({
  request: aRawRequest({ body: document instanceof Uint8Array ? document : Buffer.from(JSON.stringify(document)) }),
  data: [],
  files,
});
const translate = (document: JsonValue | Uint8Array, options?: object): ApplicationDraft => portOf(options).translate(received(document));
function field({ form }: ApplicationDraft, path: string): unknown {
  return [...fieldsOf(form)].find((one) => [...one.path, one.field.name].join('/') === path)?.field;
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

describe('a submission with an account of BundID', () => {
  const draft = translate(read('bundid-4.2'));

  it('has the applicant that the account vouches for, with the trust level as the account words it', () => {
    expect(draft.applicant).toEqual({
      kind: 'person',
      familyName: 'Mustermann',
      givenName: 'Erika',
      dateOfBirth: '1974-01-01',
      email: 'erika@example.org',
      phone: '030 23125 001',
      address: { street: 'Musterstraße 1', postalCode: '01234', city: 'Musterhausen', country: 'Deutschland' },
      identity: { provider: 'BUNDID', trustLevel: 'STORK-QAA-Level-1' },
      mailbox: { handle: '0b9a4c1e-7d33-4e0a-8a52-5f6c3e9d2b70', system: 'BUNDID' },
    });
  });

  it('shows `Titel` as what it is, the salutation, and days as days', () => {
    expect(field(draft, 'secureData/Titel')).toMatchObject({ label: 'Anrede', value: 'Frau' });
    expect(field(draft, 'secureData/AcademicTitle')).toMatchObject({ label: 'Titel', value: 'Dr.' });
    expect(field(draft, 'secureData/DateOfBirth')).toMatchObject({ type: 'date', value: '1974-01-01' });
    expect(field(draft, 'payload/hund/wurftag')).toMatchObject({ type: 'date', value: '2025-03-17' });
  });

  it('has the name, the service and the LeiKa key of its article, with or without AS_ in the configuration', () => {
    expect(draft).toMatchObject({ submissionId: 'AS_940000-gsh7ntqS', formId: 'AS_940000', serviceName: 'Anmeldung eines Hundes' });
    expect(draft.leikaKeys).toEqual(['99107035000000']);
    expect(translate(read('v2'), { leikaByForm: { AS_940000: ['99108008016000'] } }).leikaKeys).toEqual(['99108008016000']);
    expect(translate({ ...read('v2'), identifier: '940000' }, { leikaByForm: { AS_940000: ['99108008016000'] } }).leikaKeys).toHaveLength(
      1,
    );
  });

  it('says by the token in its payload where a prefill came from, and when it was sent off', () => {
    expect(draft.relations).toEqual([{ kind: 'prefilledFrom', target: 'OZ-2026-0001' }]);
    expect(field(draft, 'einreichung/submissionDate')).toMatchObject({ label: 'Eingereicht am', value: '2016-02-18T13:15:35.305Z' });
  });

  it('has its PDF and its XML', () => {
    expect(draft.attachments).toEqual([
      { name: 'AS_940000-gsh7ntqS.pdf', mediaType: 'application/pdf', purpose: 'representation', bytes: Buffer.from('%PDF-1.4\n') },
      {
        name: 'AS_940000-gsh7ntqS.xml',
        mediaType: 'application/xml',
        purpose: 'attachment',
        bytes: Buffer.from('<antrag><rufname>Bello</rufname></antrag>'),
      },
    ]);
  });
});

describe('a submission with an account of MUK', () => {
  it('is from a company, with the other vocabulary of trust levels, and a payload that came as text', () => {
    const draft = translate(read('muk-4.2'));
    expect(draft.applicant).toEqual({
      kind: 'organisation',
      organisationName: 'Muster & Söhne GmbH',
      address: { street: 'Am Beispielweg', houseNumber: '5 b', postalCode: '01234', city: 'Musterstadt', country: 'Deutschland' },
      identity: { provider: 'MUK', trustLevel: 'substanziell' },
    });
    expect(field(draft, 'payload/anzahl')).toMatchObject({ type: 'number', value: 3 });
    expect(field(draft, 'secureData/RegisterNumber')).toMatchObject({ label: 'Registernummer', value: 'HRA 4711' });
  });
});

describe('a submission without an account', () => {
  it('has the applicant of its form; nobody vouches for it', () => {
    const { applicant, attachments } = translate(read('v2'), { names: { street: ['strasse'] } });
    expect(applicant).toEqual({
      kind: 'person',
      familyName: 'Beispiel',
      givenName: 'Max',
      dateOfBirth: '1980-12-31',
      address: { street: 'Probegasse' },
    });
    expect(attachments.map(({ name, mediaType }) => [name, mediaType])).toEqual([
      ['AS_940000-v2000001.pdf', 'application/pdf'],
      ['AS_940000-v2000001.xml', 'application/xml'],
      ['AS_940000-v2000001_attachments.zip', 'application/zip'],
    ]);
  });

  it('falls back on the name that the form server notes', () => {
    const { payload: _payload, ...rest } = read('v2');
    expect(translate(rest).applicant).toEqual({ kind: 'person', familyName: 'Mustermann' });
  });

  it('does not take the street of the account together with the town of the form', () => {
    const document = { ...read('v2'), secureData: { Origin: 'BUNDID', Street: 'Kontostraße 1' } };
    const { applicant } = translate(document, { names: { city: ['Ordnungsziffer'] } });
    expect(applicant.address).toEqual({ street: 'Kontostraße 1' });
  });

  it.each(['31.02.2026', '1.1.2026', '2026', '01.01.74'])('leaves "%s" a text: it is no day', (text) => {
    expect(field(translate({ ...read('v2'), payload: { tag: text } }), 'payload/tag')).toMatchObject({ type: 'text', value: text });
  });

  it('understands fields that name themselves', () => {
    const fields = [
      { name: 'ort', stringValue: 'Musterstadt', needed: true },
      { name: 'leer', stringValue: null },
    ];
    const draft = translate({ ...read('v2'), payload: { assistant: { panels: [{ fields }] } } });
    expect(field(draft, 'payload/assistant/panels/panels_0/fields/ort')).toMatchObject({ value: 'Musterstadt' });
    expect(draft.unmapped).toEqual([{ path: '/payload/assistant/panels/0/fields/0/needed', value: true }]);
  });
});

describe('files that were fetched', () => {
  it('are found by where they stood; names come from beside them', () => {
    const document = {
      ...read('v2'),
      pdf: null,
      xml: null,
      attachments: [{ content: null, fileName: 'Plan.pdf', contentType: 'application/pdf' }],
    };
    const files = [aReceivedFile('', 'pdf', { partName: '/pdf' }), aReceivedFile('', 'plan', { partName: '/attachments/0/content' })];
    const { attachments } = portOf().translate(received(document, files));
    expect(attachments).toEqual([
      { name: 'AS_940000-v2000001.pdf', mediaType: 'application/pdf', purpose: 'representation', file: files[0] },
      { name: 'Plan.pdf', mediaType: 'application/pdf', purpose: 'attachment', file: files[1] },
    ]);
  });
});

describe('what is refused', () => {
  it.each<[string, Members, object]>([
    ['no transID', { transID: null }, { kind: 'malformed', code: 'trans-id-missing', place: '/transID' }],
    ['an empty transID', { transID: ' ' }, { kind: 'malformed', code: 'trans-id-missing' }],
    ['a PDF that is not base64', { pdf: 'QUJ' }, { kind: 'untranslatable', code: 'base64-invalid', place: '/pdf' }],
    ['an attachment without content', { attachments: [{ fileName: 'x' }] }, { code: 'attachment-missing', place: '/attachments/0' }],
  ])('%s', (_what, change, expected) => {
    expect(rejectionOf(() => translate({ ...read('v2'), ...change }))).toMatchObject(expected);
  });
});

describe('what the form server calls it', () => {
  it('a test by the configured types', () => {
    const document = { ...read('v2'), options: { submissionType: 'TEST' } };
    expect(translate(document).test).toBe(true);
    expect(translate(document, { testTypes: [] }).test).toBe(false);
    expect(translate(read('v2')).test).toBe(false);
  });

  it('preliminary: no submission yet', () => {
    expect(portOf().isNoSubmission(received({ ...read('v2'), status: 'PRELIMINARY' }))).toBe(true);
    expect(portOf().isNoSubmission(received(read('v2')))).toBe(false);
  });
});

describe('an endpoint without push', () => {
  it('takes nothing that is sent, whatever credential it brings', () => {
    const pull = { baseUrl: 'https://formulare.example/submission/api/v2', mandant: '22222222-2222', apiKey: 'x', forms: ['940000'] };
    const port = adapter.create(adapter.options.parse({ pull }), testEnvironment());
    expect(rejectionOf(() => port.verify(aRawRequest()))).toMatchObject({ kind: 'unsigned', code: 'nothing-is-sent-here' });
    expect(adapter.options.safeParse({}).success).toBe(false);
  });

  it('does not call what it has by a status that means waiting', () => {
    const pull = { baseUrl: 'https://formulare.example', mandant: '1', apiKey: 'x', forms: ['1'], statuses: ['NEW', 'READ'] };
    expect(adapter.options.safeParse({ pull }).success).toBe(false);
    expect(adapter.options.safeParse({ pull: { ...pull, acknowledgeAs: 'CLOSED' } }).success).toBe(true);
  });
});

describe('anything', () => {
  const samples = ['bundid-4.2', 'muk-4.2', 'v2'].map(read);
  const ends = (document: JsonValue | Uint8Array): void => {
    try {
      expect(translate(document).submissionId).not.toBe('');
    } catch (error) {
      expect(error).toBeInstanceOf(IntakeRejection);
    }
  };

  it('ends with a draft or a refusal: any members', () => {
    const value = fc.oneof(fc.jsonValue() as fc.Arbitrary<JsonValue>, fc.constantFrom('31.12.1980', 'QUJD', '<a/>', '{"a":[1]}', '[[[['));
    const member = fc.constantFrom('transID', 'identifier', 'status', 'options', 'payload', 'pdf', 'xml', 'attachments', 'secureData', 'x');
    fc.assert(
      fc.property(fc.constantFrom(...samples), fc.array(fc.tuple(member, value), { maxLength: 4 }), (sample, changes) => {
        ends({ ...sample, ...Object.fromEntries(changes) });
      }),
      { numRuns: 500 },
    );
  });

  it('ends with a draft or a refusal: samples with bytes changed, cut and doubled', () => {
    const bytes = fc.record({
      sample: fc.constantFrom(...samples),
      at: fc.nat(2_000),
      byte: fc.nat(255),
      cut: fc.nat(2_000),
      how: fc.nat(2),
    });
    fc.assert(
      fc.property(bytes, ({ sample, at, byte, cut, how }) => {
        const whole = Buffer.from(JSON.stringify(sample));
        if (how === 0) whole[at % whole.length] = byte;
        const mutated = how === 1 ? whole.subarray(0, cut % whole.length) : whole;
        ends(how === 2 ? Buffer.concat([whole.subarray(0, at % whole.length), whole.subarray(cut % whole.length)]) : mutated);
      }),
      { numRuns: 500 },
    );
  });
});
