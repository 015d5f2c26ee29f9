// SPDX-License-Identifier: EUPL-1.2
import type { FormItem, JsonValue } from '@amtsbote/canonical';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { IntakeRejection } from '../../intake-rejection.js';
import type { ApplicationDraft } from '../../ports/forms.js';
import { completeMapping, DAY_FORMATS, FormMapping } from './form-mapping.js';
import { mapDocument } from './map-document.js';

const mapped = (document: JsonValue, mapping: Record<string, unknown>): ApplicationDraft => {
  const complete = completeMapping(FormMapping.parse({ version: 1, submissionId: '/id', form: '/data', ...mapping }));
  const settings = { mapping: complete, labels: {}, leikaByForm: {}, linkOrigins: [] };
  return mapDocument({ id: 's1', data: {}, ...(document as object) }, settings, { request: { headers: {}, body: new Uint8Array() } });
};
const rejectionOf = (act: () => unknown): IntakeRejection => {
  try {
    act();
  } catch (error) {
    if (error instanceof IntakeRejection) return error;
    throw error;
  }
  throw new Error('was mapped');
};
const problemsOf = (mapping: unknown): string => {
  const result = FormMapping.safeParse(mapping);
  return result.success ? '' : JSON.stringify(result.error.issues);
};
const fieldsOf = (draft: ApplicationDraft): FormItem[] => [...draft.form];

describe('sources', () => {
  it('are a path, a constant, the first answered of several paths, or what counts where there is none', () => {
    const document = { form: { b: 'B' }, empty: null };
    const of = (formId: unknown) => mapped(document, { formId }).formId;
    expect(of('/form/b')).toBe('B');
    expect(of({ text: 'fest' })).toBe('fest');
    expect(of({ at: ['/form/a', '/empty', '/form/b'] })).toBe('B');
    expect(of({ at: '/form/a', otherwise: 'sonst' })).toBe('sonst');
    expect(of({ at: '/form/a' })).toBeUndefined();
  });

  it.each([
    ['dd.mm.yyyy', '31.01.1974', '1974-01-31'],
    ['dd/mm/yyyy', '31/01/1974', '1974-01-31'],
    ['yyyymmdd', '19740131', '1974-01-31'],
    ['yyyy-mm-dd', '1974-01-31', '1974-01-31'],
    ['isoMoment', '2026-01-31T23:30:00Z', '2026-02-01'],
    ['isoMoment', '2026-01-31T23:30:00', '2026-01-31'],
    ['epochMilliseconds', 1455801335305, '2016-02-18'],
    ['epochSeconds', '1455801335', '2016-02-18'],
  ])('read a day written as %s: %p', (day, sent, expected) => {
    const draft = mapped({ born: sent }, { applicant: { dateOfBirth: { at: '/born', day } } });
    expect(draft.applicant.dateOfBirth).toBe(expected);
  });

  it.each([
    ['dd.mm.yyyy', '31.02.1974'],
    ['dd.mm.yyyy', '1974-01-31'],
    ['yyyymmdd', '1974013'],
    ['epochMilliseconds', '99999999999999999'],
    ['isoMoment', 'gestern'],
    ['yyyy-mm-dd', { deep: true }],
  ])('leave what is no day as %s where it stands: %p', (day, sent) => {
    const draft = mapped({ born: sent }, { applicant: { dateOfBirth: { at: '/born', day } } });
    expect(draft.applicant.dateOfBirth).toBeUndefined();
    expect(JSON.stringify(draft.unmapped)).toContain(JSON.stringify(sent));
  });

  it('give a day or nothing, whatever is sent', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...DAY_FORMATS),
        fc.oneof(fc.string(), fc.double(), fc.bigInt().map(String), fc.date().map(String)),
        (day, sent) => {
          const value = Number.isFinite(sent) || typeof sent === 'string' ? sent : '';
          const given = mapped({ born: value }, { applicant: { dateOfBirth: { at: '/born', day } } }).applicant.dateOfBirth;
          expect(given === undefined || /^\d{4}-\d\d-\d\d$/.test(given)).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('look words up in tables, and keep the word that was sent', () => {
    const mapping = {
      tables: { anrede: { '1': 'Herr', '2': 'Frau' } },
      serviceName: { at: '/kind', lookup: { a: 'Anmeldung' }, otherwise: 'Antrag' },
      formId: { at: '/salutation', lookup: 'anrede' },
    };
    const draft = mapped({ kind: 'a', salutation: 2 }, mapping);
    expect(draft).toMatchObject({ serviceName: 'Anmeldung', formId: 'Frau' });
    expect(draft.unmapped).toEqual([
      { path: '/kind', value: 'a' },
      { path: '/salutation', value: 2 },
    ]);
    expect(draft.sources?.mapped).toEqual(expect.arrayContaining(['/kind', '/salutation']));
    expect(mapped({ kind: 'constructor' }, mapping).serviceName).toBe('Antrag');
  });

  it('put values together by an expression on exactly the places it names', () => {
    const expression = { from: { street: '/str', number: '/nr' }, expr: 'text(street) + " " + text(number)' };
    const draft = mapped({ str: 'Straße', nr: 12 }, { applicant: { street: expression } });
    expect(draft.applicant.address?.street).toBe('Straße 12');
    expect(draft.unmapped).toEqual([
      { path: '/str', value: 'Straße' },
      { path: '/nr', value: 12 },
    ]);
    expect(problemsOf({ formId: { from: { a: '/a' }, expr: 'a + b' } })).toContain('not a valid expression (CEL)');
  });

  it('name no value of the submission when an expression fails', () => {
    const mapping = { formId: { from: { a: '/secret' }, expr: 'int(a) > 1 ? "x" : "y"' } };
    const rejection = rejectionOf(() => mapped({ secret: 'Erika Musterfrau' }, mapping));
    expect(rejection).toMatchObject({ kind: 'untranslatable', code: 'expression-failed', place: '/secret' });
    expect(JSON.stringify(rejection)).not.toContain('Erika');
  });

  it('leave what cannot be used there among the unmapped', () => {
    const draft = mapped({ flag: true, long: 'x'.repeat(600) }, { formId: '/flag', applicant: { phone: { at: '/long' } } });
    expect(draft.formId).toBeUndefined();
    expect(draft.unmapped.map(({ path }) => path)).toEqual(['/flag', '/long']);
  });
});

describe('expressions that would not end', () => {
  const evil = 'a'.repeat(60) + 'b';
  const list = Array.from({ length: 200 }, (_, index) => index);
  it.each<[string, { from: Record<string, string>; expr: string }, JsonValue]>([
    ['a catastrophic pattern', { from: { a: '/x' }, expr: 'a.matches("^(a+)+$") ? "j" : "n"' }, evil],
    ['walks within walks', { from: { a: '/x' }, expr: 'text(a.map(b, a.map(c, a.map(d, a.map(e, e)))))' }, list],
    ['tests within tests', { from: { a: '/x' }, expr: 'a.all(b, a.all(c, a.all(d, a.all(e, e >= 0.0)))) ? "j" : "n"' }, list],
  ])('are ended with a clear reason: %s', (_what, formId, x) => {
    expect(rejectionOf(() => mapped({ x }, { formId }))).toMatchObject({
      kind: 'untranslatable',
      code: 'expression-too-slow',
      detail: expect.stringContaining('200 ms'),
      place: '/x',
    });
  });

  it('have a second together, however many there are', () => {
    const slow = { from: { a: './x' }, expr: 'a.matches("^(a+)+$") ? "j" : "n"' };
    const rows = Array.from({ length: 500 }, () => ({ x: 'a'.repeat(22) + 'b' }));
    const fields = [{ name: 'rows', label: 'Zeilen', each: '/rows', fields: [{ name: 'x', label: 'X', value: slow }] }];
    expect(rejectionOf(() => mapped({ rows }, { fields }))).toMatchObject({ code: 'expression-too-slow' });
  });

  it('may not grow a text without limit', () => {
    const formId = { from: { a: '/x' }, expr: 'a + a' };
    expect(rejectionOf(() => mapped({ x: 'x'.repeat(6_000) }, { formId }))).toMatchObject({ code: 'expression-too-large' });
  });

  it.each([
    ['nested too deep', `${'('.repeat(80)}1${')'.repeat(80)}`],
    ['too long', `"${'x'.repeat(1_001)}"`],
    ['a list too long', `text([${Array.from({ length: 200 }, () => '1').join(',')}])`],
    ['no expression', 'a +'],
    ['reaching for the machine', 'process.exit()'],
    ['reaching for a prototype', 'a.constructor.constructor("return 1")()'],
  ])('are refused when the configuration is read: %s', (_what, expr) => {
    expect(problemsOf({ formId: { from: { a: '/a' }, expr } })).not.toBe('');
  });

  it('see own members of what was sent, and nothing else', () => {
    const formId = { from: { a: '/a' }, expr: 'text(a.constructor)' };
    expect(rejectionOf(() => mapped({ a: { b: 1 } }, { formId }))).toMatchObject({ code: 'expression-failed' });
  });
});

describe('answers that the mapping puts together', () => {
  const fields = [
    { name: 'name', label: 'Name', value: { from: { a: '/p/first', b: '/p/last' }, expr: 'text(a) + " " + text(b)' } },
    {
      name: 'kinder',
      label: 'Kinder',
      each: '/children',
      fields: [
        { name: 'geboren', label: 'Geboren', type: 'date', value: { at: './born', day: 'dd.mm.yyyy' } },
        { name: 'betrag', label: 'Betrag', type: 'number', value: { at: './amount', number: 'de' } },
        { name: 'schulen', label: 'Schulen', each: './schools', fields: [{ name: 'ort', label: 'Ort', value: './town' }] },
      ],
    },
  ];

  it('are fields and repeated groups, rows within rows', () => {
    const children = [
      { born: '01.02.2019', amount: '1.234,50', schools: [{ town: 'A' }, { town: 'B' }] },
      { born: 'unklar', note: 'rest' },
    ];
    const draft = mapped({ p: { first: 'Erika', last: 'M' }, children }, { formKind: 'none', fields });
    expect(fieldsOf(draft)).toEqual([
      { kind: 'field', name: 'name', label: 'Name', type: 'text', value: 'Erika M' },
      {
        kind: 'group',
        name: 'kinder',
        label: 'Kinder',
        items: [
          {
            kind: 'group',
            name: 'kinder_0',
            label: 'Zeile 1',
            items: [
              { kind: 'field', name: 'geboren', label: 'Geboren', type: 'date', value: '2019-02-01' },
              { kind: 'field', name: 'betrag', label: 'Betrag', type: 'number', value: 1234.5 },
              {
                kind: 'group',
                name: 'schulen',
                label: 'Schulen',
                items: [
                  {
                    kind: 'group',
                    name: 'schulen_0',
                    label: 'Zeile 1',
                    items: [{ kind: 'field', name: 'ort', label: 'Ort', type: 'text', value: 'A' }],
                  },
                  {
                    kind: 'group',
                    name: 'schulen_1',
                    label: 'Zeile 2',
                    items: [{ kind: 'field', name: 'ort', label: 'Ort', type: 'text', value: 'B' }],
                  },
                ],
              },
            ],
          },
          {
            kind: 'group',
            name: 'kinder_1',
            label: 'Zeile 2',
            items: [
              { kind: 'field', name: 'geboren', label: 'Geboren', type: 'date', value: null },
              { kind: 'field', name: 'betrag', label: 'Betrag', type: 'number', value: null },
              { kind: 'group', name: 'schulen', label: 'Schulen', items: [] },
            ],
          },
        ],
      },
    ]);
    expect(draft.unmapped).toContainEqual({ path: '/children/1', value: { born: 'unklar', note: 'rest' } });
  });

  it('do not stand among the other answers once more', () => {
    const one = [{ name: 'ort', label: 'Ort', value: '/data/town' }];
    const draft = mapped({ data: { town: 'Musterstadt', other: 'x' } }, { fields: one });
    expect(fieldsOf(draft).map(({ name }) => name)).toEqual(['ort', 'other']);
    expect(draft.unmapped).toEqual([]);
  });

  it('keep the limits of a form', () => {
    const rows = Array.from({ length: 6_000 }, () => ({}));
    expect(rejectionOf(() => mapped({ children: rows }, { fields }))).toMatchObject({ code: 'too-many-items' });
  });
});

describe('the language', () => {
  it('has a version, and refuses another', () => {
    expect(problemsOf({ version: 1 })).toBe('');
    expect(problemsOf({ version: 2 })).toContain('version');
  });

  it('refuses what it does not know', () => {
    expect(problemsOf({ formID: '/a' })).toContain('formID');
    expect(problemsOf({ formId: 'a' })).not.toBe('');
    expect(problemsOf({ formId: { at: '/a', script: 'x' } })).not.toBe('');
  });

  it('maps any JSON to a draft or a rejection, never anything else', () => {
    const mapping = {
      formId: { at: ['/a', '/data/x'], lookup: { '1': 'eins' }, otherwise: 'keins' },
      serviceName: { from: { a: '/a', b: '/data/x' }, expr: 'text(a) + text(b)' },
      fields: [
        { name: 'rows', label: 'Rows', each: '/data/rows', fields: [{ name: 'x', label: 'X', value: { at: './x', number: 'de' } }] },
      ],
      places: '/places',
      consents: '/consents',
      attachments: ['/files'],
    };
    const member = fc.constantFrom('a', 'data', 'rows', 'x', 'places', 'consents', 'files', 'content', 'name');
    const value = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        fc.string(),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('node'), { maxLength: 3 }),
        fc.dictionary(member, tie('node')),
      ),
    })).node;
    fc.assert(
      fc.property(fc.dictionary(member, value), (document) => {
        try {
          mapped(document as JsonValue, mapping);
        } catch (error) {
          expect(error).toBeInstanceOf(IntakeRejection);
        }
      }),
      { numRuns: 500 },
    );
  });
});
