// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { IntakeRejection } from '../intake-rejection.js';
import { JSON_DEPTH_MAX, readJson } from './strict-json.js';

const read = (text: string): unknown => readJson(Buffer.from(text, 'utf8'));

function rejectionOf(text: string | Uint8Array): IntakeRejection {
  try {
    readJson(typeof text === 'string' ? Buffer.from(text, 'utf8') : text);
  } catch (error) {
    if (error instanceof IntakeRejection) return error;
    throw error;
  }
  throw new Error('was read');
}

describe('reading JSON of a stranger', () => {
  it('reads what JSON.parse reads, for any value', () => {
    const faithful = fc.jsonValue({ maxDepth: 6 }).filter((value) => !JSON.stringify(value).includes('__proto__'));
    fc.assert(
      fc.property(faithful, fc.constantFrom(0, 1, 3), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        // A double prints the shortest digits that lead back to it, so every number JSON.stringify prints is exact.
        expect(JSON.stringify(read(text))).toBe(JSON.stringify(JSON.parse(text)));
      }),
      { numRuns: 500 },
    );
  });

  it('refuses whatever JSON.parse refuses', () => {
    const mutilated = fc
      .tuple(fc.json({ maxDepth: 3 }), fc.nat(), fc.constantFrom('', '"', '{', ']', ',', '\\', '\u0007', '1', 'x'))
      .map(([text, at, inserted]) => {
        const position = at % (text.length + 1);
        return text.slice(0, position) + inserted + text.slice(position + 1);
      });
    fc.assert(
      fc.property(mutilated, (text) => {
        let isJson = true;
        try {
          JSON.parse(text);
        } catch {
          isJson = false;
        }
        fc.pre(!isJson);
        expect(rejectionOf(text).kind).toBe('malformed');
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ['a doubled member', '{"a":{"b":1,"b":2}}', 'duplicate-member', '/a/b'],
    ['a member doubled by an escape', '{"b":1,"\\u0062":2}', 'duplicate-member', '/b'],
    ['__proto__', '{"a":[{"__proto__":{"x":1}}]}', 'forbidden-member', '/a/0/__proto__'],
    ['a value cut off', '{"a":"geheim', 'not-json', '/a'],
    ['text after the end', '{} {}', 'not-json', ''],
    ['a raw control character', '{"a":"x\ny"}', 'not-json', '/a'],
    ['nothing', '', 'not-json', ''],
    ['a leading zero', '{"plz":01234}', 'not-json', '/plz'],
  ])('refuses %s and says where, never what', (_name, text, code, place) => {
    const rejection = rejectionOf(text);
    expect(rejection).toMatchObject({ kind: 'malformed', code, place });
    expect(rejection.detail).not.toContain('geheim');
  });

  it('refuses bytes that are not UTF-8', () => {
    expect(rejectionOf(Buffer.from('{"ort":"M\u00fcnchen"}', 'latin1'))).toMatchObject({ kind: 'malformed', code: 'not-utf8' });
  });

  it('skips a byte order mark', () => {
    expect(read('\ufeff{"a":1}')).toEqual({ a: 1 });
  });

  it.each([
    ['9007199254740993', '9007199254740993'],
    ['12345678901234567890', '12345678901234567890'],
    ['0.1234567890123456789', '0.1234567890123456789'],
    ['1e999', '1e999'],
    ['1e-999', '1e-999'],
    ['12500.5', 12500.5],
    ['9007199254740991', 9007199254740991],
    ['0.1', 0.1],
    ['1e3', 1000],
    ['0.000', 0],
  ])('reads the number %s as %p', (literal, value) => {
    expect(read(literal)).toBe(value);
  });

  it.each(['[LIT]', '{"a":LIT}', '{"a": LIT,"b":1}', '[1,\n-LIT]', '{"a":"8ee2","b":[ LIT ]}'])(
    'keeps a long number to the digit in %s',
    (around) => {
      const literal = '1234567890123456789';
      expect(JSON.stringify(read(around.replace('LIT', literal)))).toContain(`${literal}"`);
    },
  );

  it.each([
    ['{"a":{"x":1},"a":{"y":2}}', 'duplicate-member'],
    ['{"a" : 1, "a"\n:2}', 'duplicate-member'],
    ['{"text":"er sagt \\"x\\":","a":1,"a":2}', 'duplicate-member'],
    ['{"__proto__":{}}', 'forbidden-member'],
    ['{"\\u005f_proto__":1}', 'forbidden-member'],
  ])('refuses %s however it is spelt', (text, code) => {
    expect(rejectionOf(text)).toMatchObject({ code });
  });

  it('reads texts that look like members and numbers', () => {
    const value = { a: '"b":1,', c: ': 12345678901234567890', d: ',5e3', e: [{ a: 1 }, { a: 2 }] };
    expect(read(JSON.stringify(value))).toEqual(value);
  });

  it('limits the depth before following it', () => {
    const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
    expect(read(deep(JSON_DEPTH_MAX))).toBeDefined();
    expect(rejectionOf(deep(JSON_DEPTH_MAX + 1))).toMatchObject({ kind: 'untranslatable', code: 'too-deep' });
    expect(rejectionOf('[{"a":'.repeat(1_000_000))).toMatchObject({ kind: 'untranslatable', code: 'too-deep' });
  });
});
