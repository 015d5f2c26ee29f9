// SPDX-License-Identifier: EUPL-1.2
import {
  dividedAttributes,
  type ForeignAttribute,
  NO_ATTRIBUTES,
  NO_FOREIGN,
  type PlainAttribute,
  type XmlElement,
} from './xzufi.elements.client.js';
import type { XmlLimits } from './xzufi.limits.client.js';
import { type Bindings, type ExpandedName, NamespaceError, NamespaceScope } from './xzufi.namespaces.client.js';

/*
 * Most of a catalogue is written in a small part of XML: elements with names in ASCII, quoted attributes, text, CDATA, comments. That part is read
 * here, faster than the strict parser reads it. This reader never says that something is wrong: whatever is not certainly of that
 * part (mistakes, limits that are passed, processing instructions, unusual names) it leaves to the strict parser as a whole, which judges it.
 * So what it takes has to be well-formed, and has to be what the strict parser makes of it; property tests compare the two.
 */

/** Elements side by side, as the strict parser gives them. */
export interface PlainContent {
  readonly elements: readonly XmlElement[];
  /** Line breaks in it. */
  readonly lines: number;
}

/** Leaves the content to the strict parser. */
class Beyond extends Error {
  override readonly name = 'Beyond';
}
const BEYOND = new Beyond('beyond the part of XML that is read here');

/** Characters that no XML may have. Surrogates come in pairs: the text was UTF-8. */
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;
const NAME = /^[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?$/;
/** What makes the value of an attribute other than it is written. */
const ODD_IN_VALUE = /[<&\t\n]/;
const ENTITIES = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);
const CDATA = '<![CDATA[';
const CDATA_END = ']]>';
const COMMENT = '<!--';

const TAB = 0x09;
const LINE = 0x0a;
const SPACE = 0x20;
const BANG = 0x21;
const QUOTE = 0x22;
const APOSTROPHE = 0x27;
const SLASH = 0x2f;
const LT = 0x3c;
const EQUALS = 0x3d;
const GT = 0x3e;
/** Names remembered from one content to the next; a catalogue has some two hundred. */
const REMEMBERED_MAX = 2_000;

/** Reads contents of documents, piece by piece of whole elements. */
export class PlainReader {
  private text = '';
  /** The next line break that is not counted yet. */
  private nextLine = 0;
  private line = 1;
  private hasMarks = false;
  private textChars = 0;
  private elements: XmlElement[] = [];
  private open: XmlElement[] = [];
  private tags: string[] = [];
  private scopes: NamespaceScope[] = [];
  /** What prefixes mean outside of all elements, and where the reader is. */
  private outermost = new NamespaceScope({});
  private scope = this.outermost;
  private bindings: Bindings = {};
  /** Names of elements in the outermost scope, and those of attributes; only such as are well-formed. */
  private names = new Map<string, ExpandedName>();
  private attributeNames = new Set<string>();
  private limits: XmlLimits | undefined;

  /** @returns `undefined` for what the strict parser has to read. */
  read(text: string, { limits, bindings, depth }: { limits: XmlLimits; bindings: Bindings; depth: number }): PlainContent | undefined {
    this.begin(text, limits, bindings);
    try {
      if (FORBIDDEN.test(this.text)) return undefined;
      this.readContent(limits.depthMax - depth);
      this.countLines(this.text.length);
      return { elements: this.elements, lines: this.line - 1 };
    } catch (error) {
      if (error === BEYOND || error instanceof NamespaceError) return undefined;
      throw error;
    } finally {
      this.text = '';
      this.elements = [];
    }
  }

  private begin(text: string, limits: XmlLimits, bindings: Bindings): void {
    this.text = text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
    this.limits = limits;
    this.line = 1;
    this.nextLine = nextOf(this.text, '\n', 0);
    this.hasMarks = this.text.includes(CDATA_END);
    this.textChars = 0;
    this.elements = [];
    this.open = [];
    this.tags = [];
    this.scopes = [];
    if (!isSame(bindings, this.bindings) || this.names.size > REMEMBERED_MAX) {
      this.bindings = bindings;
      this.names = new Map();
    }
    if (this.attributeNames.size > REMEMBERED_MAX) this.attributeNames = new Set();
    this.outermost = new NamespaceScope(bindings);
    this.scope = this.outermost;
  }

  private readContent(depthMax: number): void {
    const { text, open } = this;
    const { length } = text;
    for (let at = 0; ;) {
      const tag = nextOf(text, '<', at);
      if (tag > at) this.takeText(at, tag);
      if (tag === length) break;
      const next = text.charCodeAt(tag + 1);
      if (next === SLASH) at = this.readEndTag(tag);
      else if (next === BANG) at = this.readSpecial(tag);
      else if (open.length >= depthMax) throw BEYOND;
      else at = this.readStartTag(tag);
    }
    if (open.length > 0) throw BEYOND;
  }

  private readEndTag(from: number): number {
    const { text, tags } = this;
    const name = tags.pop();
    if (name === undefined || !text.startsWith(name, from + 2)) throw BEYOND;
    let at = from + 2 + name.length;
    while (isBlank(text.charCodeAt(at))) at += 1;
    if (text.charCodeAt(at) !== GT) throw BEYOND;
    this.close();
    return at + 1;
  }

  private readStartTag(from: number): number {
    const { text } = this;
    let at = from + 1;
    let code = text.charCodeAt(at);
    while (code > SPACE && code !== GT && code !== SLASH && code !== LT) code = text.charCodeAt((at += 1));
    const name = text.slice(from + 1, at);
    let given: PlainAttribute[] | undefined;
    for (;;) {
      const before = at;
      while (isBlank(code)) code = text.charCodeAt((at += 1));
      if (code === GT || code === SLASH) break;
      if (at === before) throw BEYOND;
      given ??= [];
      at = this.readAttribute(at, given);
      code = text.charCodeAt(at);
    }
    if (code === SLASH && text.charCodeAt((at += 1)) !== GT) throw BEYOND;
    this.enter(name, given, at);
    if (code === SLASH) {
      this.tags.pop();
      this.close();
    }
    return at + 1;
  }

  /** @returns the place after the value. */
  private readAttribute(from: number, given: PlainAttribute[]): number {
    const { text } = this;
    let at = from;
    for (let code = text.charCodeAt(at); code !== EQUALS; code = text.charCodeAt((at += 1)))
      if (!(code > SPACE) || code === LT) throw BEYOND;
    const name = text.slice(from, at);
    if (!this.attributeNames.has(name)) {
      if (!NAME.test(name)) throw BEYOND;
      this.attributeNames.add(name);
    }
    const quote = text.charCodeAt(at + 1);
    if (quote !== QUOTE && quote !== APOSTROPHE) throw BEYOND;
    const end = text.indexOf(quote === QUOTE ? '"' : "'", at + 2);
    if (end === -1 || given.length >= (this.limits?.attributesMax ?? 0)) throw BEYOND;
    for (const other of given) if (other.name === name) throw BEYOND;
    const value = text.slice(at + 2, end);
    given.push({ name, value: ODD_IN_VALUE.test(value) ? valueOf(value) : value });
    return end + 1;
  }

  private enter(name: string, given: PlainAttribute[] | undefined, end: number): void {
    const { open, scope } = this;
    let attributes = NO_ATTRIBUTES;
    let foreign: readonly ForeignAttribute[] = NO_FOREIGN;
    if (given !== undefined) {
      attributes = given;
      if (given.some(isSpecial)) {
        this.scope = scope.inside(given);
        ({ attributes, foreign } = dividedAttributes(given, this.scope));
      }
    }
    const { local, uri } = this.expanded(name);
    if (end >= this.nextLine) this.countLines(end);
    const element: XmlElement = { local, uri, attributes, foreign, parts: [], line: this.line };
    (open.length === 0 ? this.elements : open[open.length - 1]?.parts)?.push(element);
    this.scopes.push(scope);
    open.push(element);
    this.tags.push(name);
    this.textChars = 0;
  }

  private expanded(name: string): ExpandedName {
    // Inside of an element that declares prefixes the names of outside mean nothing.
    const isOutermost = this.scope === this.outermost;
    const known = isOutermost ? this.names.get(name) : undefined;
    if (known !== undefined) return known;
    if (!NAME.test(name)) throw BEYOND;
    const found = this.scope.element(name);
    if (isOutermost) this.names.set(name, found);
    return found;
  }

  private close(): void {
    this.open.pop();
    this.scope = this.scopes.pop() ?? this.scope;
    this.textChars = 0;
  }

  /** A comment or CDATA section. @returns the place after it. */
  private readSpecial(from: number): number {
    const { text, open } = this;
    if (text.startsWith(COMMENT, from)) {
      const end = text.indexOf('--', from + COMMENT.length);
      if (end === -1 || text.charCodeAt(end + 2) !== GT) throw BEYOND;
      return end + 3;
    }
    const end = text.startsWith(CDATA, from) ? text.indexOf(CDATA_END, from) : -1;
    if (end === -1 || open.length === 0) throw BEYOND;
    this.append(text.slice(from + CDATA.length, end));
    return end + CDATA_END.length;
  }

  private takeText(from: number, to: number): void {
    const run = this.text.slice(from, to);
    if (this.hasMarks && run.includes(CDATA_END)) throw BEYOND;
    this.append(run.includes('&') ? resolved(run) : run, run.length);
  }

  /** @param chars as they are written, which are never fewer. */
  private append(run: string, chars = run.length): void {
    this.textChars += chars;
    if (this.textChars > (this.limits?.textCharsMax ?? 0)) throw BEYOND;
    const parts = this.open[this.open.length - 1]?.parts;
    if (parts === undefined) {
      if (/\S/.test(run)) throw BEYOND;
      return;
    }
    const last = parts.length - 1;
    if (last >= 0 && typeof parts[last] === 'string') parts[last] += run;
    else parts.push(run);
  }

  private countLines(to: number): void {
    const { text } = this;
    while (this.nextLine < to) {
      this.line += 1;
      this.nextLine = nextOf(text, '\n', this.nextLine + 1);
    }
  }
}

/** The place of the next one, or the end. */
function nextOf(text: string, wanted: string, from: number): number {
  const found = text.indexOf(wanted, from);
  return found === -1 ? text.length : found;
}

function isBlank(code: number): boolean {
  return code === SPACE || code === LINE || code === TAB;
}

/** Declares a namespace, or is in one. */
function isSpecial({ name }: PlainAttribute): boolean {
  return name.includes(':') || name.startsWith('xmlns');
}

function isSame(one: Bindings, other: Bindings): boolean {
  if (one === other) return true;
  const prefixes = Object.keys(one);
  return prefixes.length === Object.keys(other).length && prefixes.every((prefix) => one[prefix] === other[prefix]);
}

/** The value of an attribute as it is meant. White space that is written is a space; what is referred to stays. */
function valueOf(written: string): string {
  if (written.includes('<')) throw BEYOND;
  const spaced = written.replace(/[\t\n]/g, ' ');
  return spaced.includes('&') ? resolved(spaced) : spaced;
}

/**
 * Text with what its references mean. One pass with the five usual ones told apart by hand: formatted text is full of them, and this is the
 * fastest of six ways that were measured.
 */
function resolved(written: string): string {
  let text = '';
  let from = 0;
  for (let at = written.indexOf('&'); at !== -1; at = written.indexOf('&', from)) {
    text += written.slice(from, at);
    if (written.startsWith('lt;', at + 1)) {
      text += '<';
      from = at + 4;
    } else if (written.startsWith('gt;', at + 1)) {
      text += '>';
      from = at + 4;
    } else {
      const end = written.indexOf(';', at);
      if (end === -1) throw BEYOND;
      text += characterOf(written.slice(at + 1, end));
      from = end + 1;
    }
  }
  return text + written.slice(from);
}

function characterOf(reference: string): string {
  const known = ENTITIES.get(reference);
  if (known !== undefined) return known;
  const code = /^#x[0-9a-fA-F]+$/.test(reference)
    ? Number.parseInt(reference.slice(2), 16)
    : /^#[0-9]+$/.test(reference)
      ? Number.parseInt(reference.slice(1), 10)
      : Number.NaN;
  const isCharacter =
    code === TAB ||
    code === LINE ||
    code === 0x0d ||
    (code >= SPACE && code <= 0xd7ff) ||
    (code >= 0xe000 && code <= 0xfffd) ||
    code >= 0x10000;
  if (!isCharacter || code > 0x10ffff) throw BEYOND;
  return String.fromCodePoint(code);
}
