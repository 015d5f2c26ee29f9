// SPDX-License-Identifier: EUPL-1.2
import { FORM_DEPTH_MAX, FORM_ITEMS_MAX } from '@amtsbote/canonical';
import { describe, expect, it } from '@jest/globals';

import {
  accountOf,
  applicantOf,
  applicantPart,
  checkedDraft,
  FormLedger,
  isSameSecret,
  jsonPointer,
  ownEntry,
  pointerTo,
  provingHeader,
  shortPointer,
  valueAt,
} from '../index.js';
import type { ApplicationDraft } from '../ports/forms.js';

describe('a JSON pointer', () => {
  const document = { 'a/b': { 'm~n': [{ '': 7 }] }, list: [1, 2] };
  it('finds members with slashes, tildes and empty names (RFC 6901, section 5)', () => {
    const pointer = pointerTo(pointerTo(pointerTo(pointerTo('', 'a/b'), 'm~n'), 0), '');
    expect(pointer).toBe('/a~1b/m~0n/0/');
    expect(valueAt(document, pointer)).toBe(7);
    expect(valueAt(document, '')).toBe(document);
  });
  it.each(['/list/01', '/list/2', '/list/-', '/list/length', '/toString', '/list/0/x'])('finds nothing at %s', (pointer) => {
    expect(valueAt(document, pointer)).toBeUndefined();
  });
  it.each(['data', '/a~2', '/a~'])('is refused in the configuration when it reads %s', (pointer) => {
    expect(jsonPointer().safeParse(pointer).success).toBe(false);
  });
  it('is shortened for storing', () => {
    expect(shortPointer('/x'.repeat(1_000))).toHaveLength(1_000);
  });
});

describe('the parts of an applicant', () => {
  it.each([
    ['dateOfBirth', '01.02.1974', '1974-02-01'],
    ['dateOfBirth', '1974-02-01', '1974-02-01'],
    ['dateOfBirth', '31.02.1974', undefined],
    ['postalCode', 1234, '1234'],
    ['city', '  ', undefined],
    ['city', null, undefined],
    ['email', 'x'.repeat(501), undefined],
  ] as const)('make of %s %p: %p', (part, value, expected) => {
    expect(applicantPart(part, value)).toBe(expected);
  });
  it('tell persons from organisations', () => {
    expect(applicantOf({ parts: {}, address: {} })).toEqual({ kind: 'unknown' });
    expect(applicantOf({ parts: { familyName: 'Muster' }, address: { city: 'Musterstadt' } })).toMatchObject({
      kind: 'person',
      address: { city: 'Musterstadt' },
    });
    expect(applicantOf({ parts: { familyName: 'Muster', organisationName: 'Muster GmbH' }, address: {} }).kind).toBe('organisation');
  });
});

describe('the account of an applicant', () => {
  const nothing = { provider: undefined, trustLevel: undefined, handle: undefined, type: undefined, system: undefined };
  it('is carried as it was sent, and not at all when there is none', () => {
    expect(accountOf(nothing)).toEqual({});
    expect(accountOf({ ...nothing, trustLevel: 'substantiell' })).toEqual({ identity: { provider: '', trustLevel: 'substantiell' } });
    expect(accountOf({ ...nothing, type: 'x', system: 'y' })).toEqual({});
    expect(accountOf({ ...nothing, handle: 'h', system: 'OSI' })).toEqual({ mailbox: { handle: 'h', system: 'OSI' } });
  });
});

describe('a configured table', () => {
  it('has only entries of its own', () => {
    expect(ownEntry({ a: 1 }, 'a')).toBe(1);
    expect(ownEntry({ a: 1 }, 'constructor')).toBeUndefined();
  });
});

describe('a header by which a sender proves itself', () => {
  it.each([{}, { authorization: '' }])('has to be there: %j', (headers) => {
    expect(() => provingHeader(headers, 'authorization', 'credentials-missing')).toThrow(
      expect.objectContaining({ kind: 'unsigned', code: 'credentials-missing', place: 'authorization' }),
    );
  });
});

describe('the ledger of a form', () => {
  it('refuses the level and the item too many, naming them', () => {
    expect(() => new FormLedger().enter(FORM_DEPTH_MAX + 1, '/a')).toThrow(expect.objectContaining({ code: 'too-deep', place: '/a' }));
    const ledger = new FormLedger();
    for (let item = 0; item < FORM_ITEMS_MAX; item += 1) ledger.enter(1, '/a');
    expect(() => ledger.enter(1, '/b')).toThrow(expect.objectContaining({ code: 'too-many-items', place: '/b' }));
  });
  it('cuts what is too long and keeps it whole', () => {
    const ledger = new FormLedger();
    const long = 'x'.repeat(2_001);
    expect(ledger.label(long, '/l')).toHaveLength(2_000);
    expect(ledger.name('short', '/n')).toBe('short');
    expect(ledger.unmapped).toEqual([{ path: '/l', value: long }]);
  });
});

describe('a draft', () => {
  const draft: ApplicationDraft = {
    submissionId: 's-1',
    test: false,
    serviceName: '',
    leikaKeys: [],
    applicant: { kind: 'unknown' },
    form: [],
    attachments: [],
    places: [],
    consents: [],
    deadlines: [],
    relations: [],
    unmapped: [],
  };
  it('passes when the canonical schemas can hold it', () => {
    expect(checkedDraft(draft)).toBe(draft);
  });
  it.each([
    ['/submissionId', { submissionId: 'x'.repeat(201) }],
    ['/applicant/mailbox/handle', { applicant: { kind: 'unknown', mailbox: { handle: 'geheim'.repeat(100) } } }],
    ['/leikaKeys/0', { leikaKeys: ['12'] }],
    [
      '/attachments',
      { attachments: Array.from({ length: 501 }, () => ({ name: 'a', mediaType: 'b', purpose: 'attachment', bytes: new Uint8Array() })) },
    ],
  ] as [string, Partial<ApplicationDraft>][])('is refused at %s when they cannot, without quoting it', (place, wrong) => {
    let rejection: unknown;
    try {
      checkedDraft({ ...draft, ...wrong });
    } catch (error) {
      rejection = error;
    }
    expect(rejection).toMatchObject({ kind: 'untranslatable', code: 'beyond-limits', place });
    expect(JSON.stringify(rejection)).not.toContain('geheim');
  });
});

it('compares secrets by content only', () => {
  expect(isSameSecret('a', 'a')).toBe(true);
  expect(isSameSecret('a', 'ab')).toBe(false);
});
