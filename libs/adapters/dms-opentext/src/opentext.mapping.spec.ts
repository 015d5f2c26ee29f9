// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { documentName, folderName } from './opentext.names.mapping.js';
import { OpentextOptions } from './opentext.options.js';
import { CreationAnswer, NAME_CHARACTERS_MAX } from './opentext.wire.js';

describe('names', () => {
  it.each([
    ['Gewerbeakte', /^Gewerbeakte \([0-9a-f]{10}\)$/],
    ['a:b/c\\d', /^a_b_c_d \(/],
    ['Übersicht'.normalize('NFD'), /^Übersicht \(/],
    ['weiches\u00adTrennzeichen\u0007', /^weichesTrennzeichen \(/],
    ['', /^\([0-9a-f]{10}\)$/],
  ])('of a folder %j', (title, expected) => {
    expect(folderName(title, 'key')).toMatch(expected);
  });

  it.each([
    ['Lageplan.pdf', /^Lageplan \([0-9a-f]{10}\)\.pdf$/],
    ['.htaccess', /^\.htaccess \(/],
    ['Archiv.tar.gz', /^Archiv\.tar \([0-9a-f]{10}\)\.gz$/],
    ['ohne Endung', /^ohne Endung \([0-9a-f]{10}\)$/],
  ])('of a document %j', (fileName, expected) => {
    expect(documentName(fileName, 'key')).toMatch(expected);
  });

  it('fit, are legal, and differ with the key, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), fc.string(), fc.string(), (text, one, other) => {
        for (const name of [folderName(text, one), documentName(text, one)]) {
          expect(name.length).toBeLessThanOrEqual(NAME_CHARACTERS_MAX);
          expect(name).not.toMatch(/[:/\\\p{Cc}]/u);
          expect(name).toBe(name.normalize('NFC').trim());
        }
        if (one !== other) expect(folderName(text, one)).not.toBe(folderName(text, other));
      }),
    );
  });
});

describe('answers to a creation', () => {
  it.each([
    [{ id: 12 }, '12'],
    [{ results: { data: { properties: { id: 12 } } } }, '12'],
  ])('%j are understood', (answer, id) => {
    expect(CreationAnswer.parse(answer)).toBe(id);
  });
  it.each([{}, { id: -1 }, { id: 'x' }, { results: {} }])('%j are not', (answer) => {
    expect(CreationAnswer.safeParse(answer).success).toBe(false);
  });
});

describe('options', () => {
  const options = (properties: object, rules: object = {}): unknown => ({
    ...{ baseUrl: 'https://a.example/otcs/cs.exe', username: 'u', password: 'p' },
    ...{ akte: { parent: { id: '1' }, key: '"k"', title: '"t"' }, vorgang: { title: '"t"', properties, rules }, document: {} },
  });

  it.each([
    [{ '30100_2': '"x"' }, {}, true],
    [{ '30100_2_1_3': '"x"' }, {}, true],
    [{ betreff: '"x"' }, {}, false],
    [{}, { '30100_2': {} }, false],
  ])('with attributes %j and rules %j are accepted: %s', (properties, rules, expected) => {
    expect(OpentextOptions.safeParse(options(properties, rules)).success).toBe(expected);
  });
});
