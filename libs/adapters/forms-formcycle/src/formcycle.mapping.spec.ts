// SPDX-License-Identifier: EUPL-1.2
import { type ApplicationDraft, IntakeRejection, type ReceivedFile, type ReceivedSubmission } from '@amtsbote/adapter-kit';
import { aRawRequest, aReceivedFile } from '@amtsbote/adapter-kit/testing';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { SAMPLE_OPTIONS } from '../simulator/src/index.js';
import { formcycleTranslation } from './formcycle.mapping.js';
import { FormcycleOptions } from './formcycle.options.js';

type Sent = readonly (readonly [name: string, value: string | Buffer])[];
const auth = { kind: 'none' };

function received(parameters: Sent, files: readonly ReceivedFile[] = [], contentType?: string): ReceivedSubmission {
  const request = aRawRequest({ headers: { 'content-type': contentType } });
  return { request, data: parameters.map(([name, value]) => ({ name, value: Buffer.from(value as string) })), files };
}
const translate = (options: object, submission: ReceivedSubmission): ApplicationDraft =>
  formcycleTranslation(FormcycleOptions.parse({ auth, submissionId: { parameter: 'vorgang' }, ...options }))(submission);
const formOf = (options: object, parameters: Sent) => translate(options, received([['vorgang', '1'], ...parameters])).form;

function rejectionOf(act: () => unknown): IntakeRejection {
  try {
    act();
  } catch (error) {
    if (error instanceof IntakeRejection) return error;
    throw error;
  }
  throw new Error('was accepted');
}

describe('elements of a form', () => {
  it.each([
    ['date', '24.06.2026', { type: 'date', value: '2026-06-24' }],
    ['date', '2026-06-24', { type: 'date', value: '2026-06-24' }],
    ['date', '31.02.2026', { type: 'text', value: '31.02.2026' }],
    ['number', '1.234,50', { type: 'number', value: 1234.5 }],
    ['number', '12,5', { type: 'number', value: 12.5 }],
    ['number', '-3', { type: 'number', value: -3 }],
    ['number', '1.5', { type: 'text', value: '1.5' }],
    ['number', '007', { type: 'text', value: '007' }],
    ['number', '12345678901234567', { type: 'text', value: '12345678901234567' }],
    ['number', '0,1234567890123456789', { type: 'text', value: '0,1234567890123456789' }],
    ['number', 'viele', { type: 'text', value: 'viele' }],
    ['boolean', 'Ja', { type: 'boolean', value: true }],
    ['boolean', 'off', { type: 'boolean', value: false }],
    ['boolean', 'vielleicht', { type: 'text', value: 'vielleicht' }],
    ['boolean', '', { type: 'boolean', value: null }],
    ['text', '24.06.2026', { type: 'text', value: '24.06.2026' }],
  ])('of type %s make of %j: %j', (type, value, expected) => {
    expect(formOf({ elements: { tf: { label: 'Feld', type } } }, [['tf', value]])).toEqual([
      { kind: 'field', name: 'tf', label: 'Feld', ...expected },
    ]);
  });

  it('that came several times without a group become one, in their order', () => {
    const [item] = formOf({ elements: { cb: { label: 'Art' } } }, [['cb', 'Musik'], ['tf', 'x'], ['cb', 'Tanz']]); // prettier-ignore
    expect(item).toMatchObject({ kind: 'group', name: 'cb', label: 'Art', items: [{ name: 'cb_0', label: 'Art 1', value: 'Musik' }, { name: 'cb_1', label: 'Art 2', value: 'Tanz' }] }); // prettier-ignore
  });

  it('called like a member of every object are elements like others', () => {
    expect(formOf({}, [['constructor', 'x'], ['__proto__', 'y']])).toMatchObject([{ name: 'constructor', value: 'x' }, { name: '__proto__', value: 'y' }]); // prettier-ignore
  });
});

describe('repeated elements', () => {
  const kinder = { name: 'kinder', label: 'Kinder', elements: ['name', 'tag'] };
  const rows = (form: ApplicationDraft['form']) =>
    form.flatMap((item) =>
      item.kind === 'group'
        ? item.items.map((row) => (row.kind === 'group' ? row.items.map((field) => field.kind === 'field' && field.value) : row))
        : [],
    );

  it('of one name are put together by their order', () => {
    const form = formOf({ groups: [kinder] }, [['name', 'Zoë'], ['tag', '1'], ['name', 'Max'], ['tag', '2']]); // prettier-ignore
    expect(rows(form)).toEqual([['Zoë', '1'], ['Max', '2']]); // prettier-ignore
    expect(form).toMatchObject([{ name: 'kinder', label: 'Kinder', items: [{ name: 'kinder_0', label: 'Zeile 1' }, { name: 'kinder_1', label: 'Zeile 2' }] }]); // prettier-ignore
  });

  it('that came in different numbers are not put together: the second child would get the first one\u2019s checkbox', () => {
    const form = formOf({ groups: [kinder] }, [['name', 'Zoë'], ['name', 'Max'], ['tag', '2']]); // prettier-ignore
    expect(form).toMatchObject([
      { kind: 'group', name: 'name' },
      { kind: 'field', name: 'tag', value: '2' },
    ]);
  });

  it('with numbers in their names are put together by these, gaps and all', () => {
    const numbered = { ...kinder, rowSuffix: '_{row}' };
    const form = formOf({ groups: [numbered] }, [['name_1', 'Zoë'], ['name_10', 'Max'], ['tag_10', '2'], ['name_x', 'y']]); // prettier-ignore
    expect(rows(form)).toEqual([['Zoë'], ['Max', '2']]);
    expect(form).toHaveLength(2);
  });

  it('belong to one group at most', () => {
    const options = { auth, submissionId: { contentHash: true }, groups: [kinder, { ...kinder, name: 'andere' }] };
    expect(FormcycleOptions.safeParse(options).success).toBe(false);
  });
});

describe('what a submission says of itself', () => {
  it('comes from parameters, headers, or the operator', () => {
    const options = {
      formId: { text: 'Veranstaltungsanzeige' },
      formVersion: { parameter: 'version' },
      leikaByForm: { Veranstaltungsanzeige: ['99108008016000'] },
    };
    expect(translate(options, received([['vorgang', '1'], ['version', '12']]))).toMatchObject({ formId: 'Veranstaltungsanzeige', formVersion: '12', serviceName: 'Veranstaltungsanzeige', leikaKeys: ['99108008016000'], form: [] }); // prettier-ignore
    const byHeader = { ...received([['tf', 'x']]), request: aRawRequest({ headers: { 'x-vorgang': '7' } }) };
    expect(translate({ submissionId: { header: 'X-Vorgang' } }, byHeader).submissionId).toBe('7');
  });

  it('by content is another one for any other content, file or order', () => {
    const id = (parameters: Sent, files: readonly ReceivedFile[] = []) =>
      translate({ submissionId: { contentHash: true } }, received(parameters, files)).submissionId;
    const ids = [
      id([['a', '1'], ['b', '2']]), id([['b', '2'], ['a', '1']]), id([['a', '1']]), id([['a', '1 b 2']]), id([['a', '']]), id([['', 'a']]),
      id([['a', '1']], [aReceivedFile('x.pdf', 'x')]), id([['a', '1']], [aReceivedFile('x.pdf', 'y')]), id([['a', '1']], [aReceivedFile('y.pdf', 'x')]),
    ]; // prettier-ignore
    expect(new Set(ids).size).toBe(ids.length);
    expect(id([['a', '1']])).toBe(ids[2]);
  });

  it.each([['true', true], ['Ja', true], ['1', true], ['false', false], ['0', false], ['', false]] as const)('%j as mark of a test is %j', (word, test) => {
    expect(translate({ test: 'probe' }, received([['vorgang', '1'], ['probe', word]])).test).toBe(test); // prettier-ignore
  }); // prettier-ignore
  it('is refused when nobody can tell whether it is a test, without quoting the word', () => {
    const rejection = rejectionOf(() => translate({ test: 'probe' }, received([['vorgang', '1'], ['probe', 'geheim']]))); // prettier-ignore
    expect(rejection).toMatchObject({ kind: 'untranslatable', code: 'test-mark-unclear', place: '/parameters/probe' });
    expect(rejection.detail).not.toContain('geheim');
  });

  it('has one representation; a second one is an attachment', () => {
    const files = ['a.pdf', 'b.pdf'].map((name) => aReceivedFile(name, name, { partName: 'pdf' }));
    const { attachments } = translate({ representation: 'pdf' }, received([['vorgang', '1']], files));
    expect(attachments.map(({ purpose }) => purpose)).toEqual(['representation', 'attachment']);
  });

  it('has a fee where the operator says so', () => {
    const payment = { when: 'text(fields, "tf") == "ja"', cents: 2600, purpose: 'Anzeige', description: 'Gebühr' };
    const of = (word: string) => translate({ payment }, received([['vorgang', '1'], ['tf', word]])).payment; // prettier-ignore
    expect([of('ja')?.amount.cents, of('nein')]).toEqual([2600, undefined]);
  });
});

describe('the charset', () => {
  const latin1 = Buffer.from('M\u00fcnchen', 'latin1');
  it.each([
    ['the Content-Type', { charset: 'utf-8' }, 'application/x-www-form-urlencoded; charset=ISO-8859-1'],
    ['the Content-Type in quotes', {}, 'multipart/form-data; boundary=x; charset="windows-1252"'],
    ['the configuration', { charset: 'iso-8859-1' }, 'application/x-www-form-urlencoded'],
  ])('is that of %s', (_what, options, contentType) => {
    expect(translate(options, received([['vorgang', '1'], ['ort', latin1]], [], contentType)).form).toMatchObject([{ value: 'München' }]); // prettier-ignore
  });
  it.each([
    ['an unknown one', 'text/x; charset=utf-7', 'charset-unknown', 'Content-Type'],
    ['another than the bytes', 'text/x; charset=utf-8', 'not-in-charset', '/parameters/ort'],
    ['a member of every object', 'text/x; charset=constructor', 'charset-unknown', 'Content-Type'],
  ])('that is %s is refused', (_what, contentType, code, place) => {
    const submission = received([['vorgang', '1'], ['ort', latin1]], [], contentType); // prettier-ignore
    expect(rejectionOf(() => translate({}, submission))).toMatchObject({ kind: 'malformed', code, place });
  });
});

it('ends with a draft or a refusal whatever is sent', () => {
  const name = fc.oneof(
    fc.constantFrom('vorgang', 'tfNachname', 'tfStandplatz', 'tfFlaeche', 'testbetrieb', 'tfGeburtsdatum'),
    fc.string(),
  );
  const value = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('ja', '1.234,5', '24.06.2026'), fc.uint8Array().map((bytes) => Buffer.from(bytes))); // prettier-ignore
  fc.assert(
    fc.property(fc.array(fc.tuple(name, value), { maxLength: 30 }), (parameters) => {
      try {
        expect(translate(SAMPLE_OPTIONS, received(parameters)).submissionId).not.toBe('');
      } catch (error) {
        expect(error).toBeInstanceOf(IntakeRejection);
      }
    }),
    { numRuns: 500 },
  );
});
