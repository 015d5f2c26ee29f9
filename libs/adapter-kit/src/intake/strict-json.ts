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
  return readPlainly(text) ?? new Reader(text).document();
}

/** The beginning of a number that a double may not hold; where a text looks like one, that only costs a careful look. */
const LONG_NUMBER = new RegExp(`(?:^|[:,[])[ \\t\\n\\r]*-?\\d(?:[\\d.]{${EXACT_DIGITS}}|[\\d.]*[eE])`);

/**
 * Nearly every document is in order, and then the machine's own parser is several times faster. It is asked only where it cannot lose anything: no
 * number that may be too long, and as many members as there are names followed by a colon. A text that holds such a thing, a member that occurs twice
 * and whatever else is doubtful goes to the careful reader, which also has the words for what is wrong.
 * @returns `undefined` (or null for the document `null`) when the careful reader has to look.
 */
function readPlainly(text: string): JsonValue | undefined {
  if (LONG_NUMBER.test(text)) return undefined;
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
  return membersOf(value, JSON_DEPTH_MAX) === namesIn(text) ? value : undefined;
}

/** Members of all objects in a value; not a number when it is nested too deeply or has a member with a forbidden name. */
function membersOf(value: JsonValue, levels: number): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (levels === 0) return Number.NaN;
  let count = 0;
  if (Array.isArray(value)) {
    for (const element of value) count += membersOf(element, levels - 1);
    return count;
  }
  for (const name of Object.keys(value)) {
    if (name === '__proto__') return Number.NaN;
    count += 1 + membersOf(value[name] ?? null, levels - 1);
  }
  return count;
}

/** How often a quotation mark and a colon follow each other, which is at least once for every member. */
function namesIn(text: string): number {
  let count = 0;
  for (let colon = text.indexOf(':'); colon >= 0; colon = text.indexOf(':', colon + 1)) {
    let before = colon - 1;
    while (before >= 0 && isWhitespace(text.charCodeAt(before))) before -= 1;
    if (text.charCodeAt(before) === QUOTATION_MARK) count += 1;
  }
  return count;
}

const QUOTATION_MARK = 0x22;

function isWhitespace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

class Reader {
  private position = 0;
  /** Members and indexes on the way to the value under way; joined only when an error has to name the place. */
  private readonly path: (string | number)[] = [];

  constructor(private readonly text: string) {}

  document(): JsonValue {
    const value = this.value();
    this.skipWhitespace();
    if (this.position !== this.text.length) throw this.unreadable('the end');
    return value;
  }

  private value(): JsonValue {
    this.skipWhitespace();
    const first = this.text.charAt(this.position);
    if (first === '"') return this.string();
    if (first === '{') return this.object();
    if (first === '[') return this.array();
    if (first === 't' || first === 'f' || first === 'n') {
      const [word, value] = LITERALS[first];
      if (!this.text.startsWith(word, this.position)) throw this.unreadable('a value');
      this.position += word.length;
      return value;
    }
    const literal = this.match(NUMBER);
    if (literal === '') throw this.unreadable('a value');
    return faithfulNumber(literal);
  }

  private object(): { [key: string]: JsonValue } {
    const object: { [key: string]: JsonValue } = {};
    this.open();
    if (this.takes('}')) return object;
    for (;;) {
      this.skipWhitespace();
      if (this.text.charAt(this.position) !== '"') throw this.unreadable('a member name');
      const name = this.string();
      this.path.push(name);
      if (name === '__proto__') throw this.refused('malformed', 'forbidden-member', 'This member name is refused.');
      if (Object.hasOwn(object, name)) throw this.refused('malformed', 'duplicate-member', 'This member occurs twice in one object.');
      if (!this.takes(':')) throw this.unreadable('a colon');
      object[name] = this.value();
      const isEnd = this.takes('}');
      if (!isEnd && !this.takes(',')) throw this.unreadable('a comma or the end of the object');
      this.path.pop();
      if (isEnd) return object;
    }
  }

  private array(): JsonValue[] {
    const array: JsonValue[] = [];
    this.open();
    if (this.takes(']')) return array;
    for (;;) {
      this.path.push(array.length);
      array.push(this.value());
      const isEnd = this.takes(']');
      if (!isEnd && !this.takes(',')) throw this.unreadable('a comma or the end of the array');
      this.path.pop();
      if (isEnd) return array;
    }
  }

  /** Steps into an object or array; every level but the outermost has one entry in the path. */
  private open(): void {
    if (this.path.length >= JSON_DEPTH_MAX) {
      throw this.refused('untranslatable', 'too-deep', `JSON may be nested ${JSON_DEPTH_MAX} levels deep at most.`);
    }
    this.position += 1;
  }

  private string(): string {
    this.position += 1;
    let result = '';
    for (;;) {
      result += this.match(PLAIN_CHARACTERS);
      const next = this.text.charAt(this.position);
      this.position += 1;
      if (next === '"') return result;
      if (next !== '\\') throw this.unreadable('the end of a string');
      result += this.escaped();
    }
  }

  private escaped(): string {
    const kind = this.text.charAt(this.position);
    this.position += 1;
    const simple = ESCAPES[kind];
    if (simple !== undefined) return simple;
    const hex = kind === 'u' ? this.match(HEX4) : '';
    if (hex === '') throw this.unreadable('an escape sequence');
    return String.fromCharCode(Number.parseInt(hex, 16));
  }

  /** Skips whitespace and takes `character` when it is next. */
  private takes(character: string): boolean {
    this.skipWhitespace();
    if (this.text.charAt(this.position) !== character) return false;
    this.position += 1;
    return true;
  }

  private skipWhitespace(): void {
    for (;;) {
      if (!isWhitespace(this.text.charCodeAt(this.position))) return;
      this.position += 1;
    }
  }

  private match(pattern: RegExp): string {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.text)?.[0] ?? '';
    this.position += found.length;
    return found;
  }

  private unreadable(expected: string): IntakeRejection {
    return this.refused(
      'malformed',
      'not-json',
      `Not JSON: expected ${expected} at character ${Math.min(this.position, this.text.length)}.`,
    );
  }

  private refused(kind: 'malformed' | 'untranslatable', code: string, detail: string): IntakeRejection {
    const place = this.path.reduce<string>((parent, member) => pointerTo(parent, member), '');
    return new IntakeRejection(kind, code, detail, shortPointer(place, PLACE_LENGTH_MAX));
  }
}

function faithfulNumber(literal: string): number | string {
  const value = Number(literal);
  if (literal.length <= EXACT_DIGITS && !/[eE]/.test(literal)) return value;
  const digits = literal
    .replace(/[eE].*$/, '')
    .replace(/[-.]/g, '')
    .replace(/^0+|0+$/g, '');
  const exact = digits.length <= EXACT_DIGITS || String(value) === literal;
  return Number.isFinite(value) && exact && (value !== 0 || digits === '') ? value : literal;
}
