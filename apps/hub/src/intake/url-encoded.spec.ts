// SPDX-License-Identifier: EUPL-1.2
import { IntakeRejection } from '@amtsbote/adapter-kit';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { urlEncodedFields } from './url-encoded.js';

const LIMITS = { fieldsMax: 100, valueBytesMax: 1_000 };
const read = (text: string, limits = LIMITS) =>
  urlEncodedFields(Buffer.from(text, 'latin1'), limits).map(({ name, value }) => [name, value.toString('utf8')]);

function rejectionOf(text: string, limits = LIMITS): IntakeRejection {
  try {
    read(text, limits);
  } catch (error) {
    if (error instanceof IntakeRejection) return error;
    throw error;
  }
  throw new Error('was read');
}

describe('an url-encoded body', () => {
  it('is read as browsers write it, for any names and values, repeated ones in their order', () => {
    const text = fc.string({ unit: 'binary', maxLength: 40 });
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text), { maxLength: 20 }), (fields) => {
        // A field without name and value leaves no trace but an equals sign, and is read from it.
        expect(read(new URLSearchParams(fields).toString())).toEqual(fields);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['', []],
    ['&&', []],
    ['a', [['a', '']]],
    ['a=', [['a', '']]],
    ['=b', [['', 'b']]],
    ['a=b=c', [['a', 'b=c']]],
    ['a+b=c+d%2B', [['a b', 'c d+']]],
    [
      'a=1&a=2&b=3&',
      [
        ['a', '1'],
        ['a', '2'],
        ['b', '3'],
      ],
    ],
  ])('%j is %j', (text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it('leaves the charset of values to whoever knows it', () => {
    expect(urlEncodedFields(Buffer.from('ort=M%FCnchen&roh=\xfc', 'latin1'), LIMITS).map(({ value }) => value.toString('latin1'))).toEqual([
      'M\u00fcnchen',
      '\u00fc',
    ]);
  });

  it.each([
    ['a percent sign alone', 'a=geheim&b=100%', 'not-url-encoded', 'field 2'],
    ['half a byte', 'a=%F', 'not-url-encoded', 'field 1'],
    ['no hexadecimal digits', 'a=%zz', 'not-url-encoded', 'field 1'],
    ['a name that is not UTF-8', 'm%FCll=1', 'not-utf8', 'field 1'],
  ])('with %s is refused, saying where and never what', (_what, text, code, place) => {
    const rejection = rejectionOf(text);
    expect(rejection).toMatchObject({ kind: 'malformed', code, place });
    expect(rejection.detail).not.toContain('geheim');
  });

  it('is limited in fields and in the length of a value', () => {
    expect(rejectionOf('a=1&b=2&c=3', { ...LIMITS, fieldsMax: 2 })).toMatchObject({ kind: 'tooLarge', code: 'too-many-fields' });
    expect(rejectionOf('a=123', { ...LIMITS, valueBytesMax: 2 })).toMatchObject({
      kind: 'tooLarge',
      code: 'part-too-large',
      place: 'field 1',
    });
  });
});
