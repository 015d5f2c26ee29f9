// SPDX-License-Identifier: EUPL-1.2
import type { JsonValue } from '@amtsbote/canonical';

import { IntakeRejection } from '../intake-rejection.js';
import { pointerTo, shortPointer } from './json-pointer.js';

/**
 * Deepest nesting of arrays and objects that is read. Above what any form needs (a form item costs two levels, `FORM_DEPTH_MAX` is 32), far
 * below what a stack holds.
 */
export const JSON_DEPTH_MAX = 100;
const PLACE_LENGTH_MAX = 300;
/** Numbers of at most this many significant digits survive a double unchanged (IEEE 754, DBL_DIG). */
const EXACT_DIGITS = 15;

const WHITESPACE = /[ \t\n\r]*/y;
const PLAIN_CHARACTERS = /[^"\\\u0000-\u001f]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const HEX4 = /[0-9a-fA-F]{4}/y;
const LITERALS = { t: ['true', true], f: ['false', false], n: ['null', null] } as const;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/**
 * Reads JSON a stranger sent (RFC 8259), stricter than `JSON.parse`, because what is lost here is lost for good:
 * - the bytes must be UTF-8 (a leading byte order mark is skipped);
 * - a member that occurs twice is refused: keeping the last would drop the first without a word; `__proto__` is refused;
 * - nesting is limited before it is followed;
 * - a number that a double cannot hold exactly becomes its text, digit by digit;
 * - errors name place and position, never content.
 * @throws IntakeRejection `malformed`, or `untranslatable` code `too-deep`.
 */
export function readJson(bytes: Uint8Array): JsonValue {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new IntakeRejection('malformed', 'not-utf8', 'JSON has to be UTF-8.');
  }
  return new Reader(text).document();
}

class Reader {
  private position = 0;
  private depth = 0;

  constructor(private readonly text: string) {}

  document(): JsonValue {
    const value = this.value('');
    this.match(WHITESPACE);
    if (this.position !== this.text.length) throw this.unreadable('', 'the end');
    return value;
  }

  private value(place: string): JsonValue {
    this.match(WHITESPACE);
    const first = this.text.charAt(this.position);
    if (first === '{') return this.nested(place, () => this.object(place));
    if (first === '[') return this.nested(place, () => this.array(place));
    if (first === '"') return this.string(place);
    if (first === 't' || first === 'f' || first === 'n') {
      const [word, value] = LITERALS[first];
      if (!this.text.startsWith(word, this.position)) throw this.unreadable(place, 'a value');
      this.position += word.length;
      return value;
    }
    const literal = this.match(NUMBER);
    if (literal === '') throw this.unreadable(place, 'a value');
    return faithfulNumber(literal);
  }

  private nested<Value>(place: string, read: () => Value): Value {
    if (this.depth >= JSON_DEPTH_MAX) {
      throw new IntakeRejection('untranslatable', 'too-deep', `JSON may be nested ${JSON_DEPTH_MAX} levels deep at most.`, shown(place));
    }
    this.depth += 1;
    this.position += 1;
    const value = read();
    this.depth -= 1;
    return value;
  }

  private object(place: string): { [key: string]: JsonValue } {
    const object: { [key: string]: JsonValue } = {};
    if (this.ends('}')) return object;
    for (;;) {
      this.match(WHITESPACE);
      if (this.text.charAt(this.position) !== '"') throw this.unreadable(place, 'a member name');
      const name = this.string(place);
      const memberPlace = pointerTo(place, name);
      if (name === '__proto__')
        throw new IntakeRejection('malformed', 'forbidden-member', 'This member name is refused.', shown(memberPlace));
      if (Object.hasOwn(object, name)) {
        throw new IntakeRejection('malformed', 'duplicate-member', 'This member occurs twice in one object.', shown(memberPlace));
      }
      if (!this.ends(':')) throw this.unreadable(memberPlace, 'a colon');
      object[name] = this.value(memberPlace);
      if (this.ends('}')) return object;
      if (!this.ends(',')) throw this.unreadable(memberPlace, 'a comma or the end of the object');
    }
  }

  private array(place: string): JsonValue[] {
    const array: JsonValue[] = [];
    if (this.ends(']')) return array;
    for (;;) {
      const elementPlace = pointerTo(place, array.length);
      array.push(this.value(elementPlace));
      if (this.ends(']')) return array;
      if (!this.ends(',')) throw this.unreadable(elementPlace, 'a comma or the end of the array');
    }
  }

  private string(place: string): string {
    this.position += 1;
    let result = '';
    for (;;) {
      result += this.match(PLAIN_CHARACTERS);
      const next = this.text.charAt(this.position);
      this.position += 1;
      if (next === '"') return result;
      if (next !== '\\') throw this.unreadable(place, 'the end of a string');
      result += this.escaped(place);
    }
  }

  private escaped(place: string): string {
    const kind = this.text.charAt(this.position);
    this.position += 1;
    const simple = ESCAPES[kind];
    if (simple !== undefined) return simple;
    const hex = kind === 'u' ? this.match(HEX4) : '';
    if (hex === '') throw this.unreadable(place, 'an escape sequence');
    return String.fromCharCode(Number.parseInt(hex, 16));
  }

  /** Skips whitespace and takes `character` when it is next. */
  private ends(character: string): boolean {
    this.match(WHITESPACE);
    if (this.text.charAt(this.position) !== character) return false;
    this.position += 1;
    return true;
  }

  private match(pattern: RegExp): string {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.text)?.[0] ?? '';
    this.position += found.length;
    return found;
  }

  private unreadable(place: string, expected: string): IntakeRejection {
    const where = Math.min(this.position, this.text.length);
    return new IntakeRejection('malformed', 'not-json', `Not JSON: expected ${expected} at character ${where}.`, shown(place));
  }
}

function faithfulNumber(literal: string): number | string {
  const value = Number(literal);
  const digits = literal
    .replace(/[eE].*$/, '')
    .replace(/[-.]/g, '')
    .replace(/^0+|0+$/g, '');
  const exact = digits.length <= EXACT_DIGITS || String(value) === literal;
  return Number.isFinite(value) && exact && (value !== 0 || digits === '') ? value : literal;
}

function shown(place: string): string {
  return shortPointer(place, PLACE_LENGTH_MAX);
}
