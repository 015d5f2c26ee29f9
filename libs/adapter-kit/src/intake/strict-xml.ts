// SPDX-License-Identifier: EUPL-1.2
import type { JsonValue } from '@amtsbote/canonical';
import { type SaxesAttributeNS, SaxesParser } from 'saxes';

import { IntakeRejection } from '../intake-rejection.js';
import { JSON_DEPTH_MAX } from './strict-json.js';

/** An element of a stranger's XML. */
export interface XmlElement {
  /** Local name; prefixes mean nothing. */
  readonly name: string;
  /** Namespace; empty: none. */
  readonly uri: string;
  readonly attributes: readonly { readonly name: string; readonly value: string }[];
  readonly children: readonly XmlElement[];
  /** Everything between its tags that is no element, CDATA included. */
  readonly text: string;
}

/** What one document may have. */
export interface XmlLimits {
  readonly depthMax: number;
  readonly elementsMax: number;
  /** Attributes of one element. */
  readonly attributesMax: number;
  /** Characters of one name, of one attribute's value, of one element's text. */
  readonly nameLengthMax: number;
  readonly attributeLengthMax: number;
  readonly textLengthMax: number;
}
/** Above what forms need; XML nests as deep as JSON may. */
export const XML_LIMITS: XmlLimits = {
  depthMax: JSON_DEPTH_MAX,
  elementsMax: 200_000,
  attributesMax: 100,
  nameLengthMax: 500,
  attributeLengthMax: 100_000,
  textLengthMax: 32 * 1_024 * 1_024,
};

const CHARSETS: Readonly<Record<string, string>> = {
  'utf-8': 'utf-8',
  utf8: 'utf-8',
  'us-ascii': 'utf-8',
  'iso-8859-1': 'windows-1252',
  'iso-8859-15': 'iso-8859-15',
  'windows-1252': 'windows-1252',
  'utf-16': 'utf-16le',
};
const DECLARATION = /^<\?xml\s[^>]{0,300}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']/;

/**
 * Reads XML a stranger sent: well-formed or refused, no document type and with it no entities but the five and character references, limits on
 * depth, elements, attributes and texts that are kept while reading. Comments and processing instructions mean nothing.
 * @throws IntakeRejection `malformed` (`not-xml`, `not-in-charset`, `charset-unknown`, `doctype-forbidden`) or `untranslatable` (`too-deep`,
 * `too-many-items`, `too-long`); places are paths of element names, never what stands in them.
 */
export function readXml(bytes: Uint8Array, limits: XmlLimits = XML_LIMITS): XmlElement {
  return new XmlReader(limits).read(decoded(bytes));
}

function decoded(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const marked = first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : undefined;
  const said = DECLARATION.exec(
    Buffer.from(bytes.subarray(0, 400))
      .toString('latin1')
      .replace(/^\u00ef\u00bb\u00bf/, ''),
  )?.[1]?.toLowerCase();
  const charset = marked ?? (said === undefined ? 'utf-8' : Object.hasOwn(CHARSETS, said) ? CHARSETS[said] : undefined);
  if (charset === undefined)
    throw new IntakeRejection('malformed', 'charset-unknown', `Expects one of the encodings ${Object.keys(CHARSETS).join(', ')}.`);
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes);
  } catch {
    throw new IntakeRejection('malformed', 'not-in-charset', `The document is not ${charset}.`);
  }
}

interface Draft {
  readonly name: string;
  readonly uri: string;
  readonly attributes: { name: string; value: string }[];
  readonly children: XmlElement[];
  readonly texts: string[];
  textLength: number;
}

class XmlReader {
  private readonly open: Draft[] = [];
  private root: XmlElement | undefined;
  private elements = 0;

  constructor(private readonly limits: XmlLimits) {}

  read(xml: string): XmlElement {
    const parser = new SaxesParser({ xmlns: true, position: false });
    parser.on('error', () => {
      throw this.refused('malformed', 'not-xml', 'The document is not well-formed XML.');
    });
    parser.on('doctype', () => {
      throw this.refused('malformed', 'doctype-forbidden', 'A document type declaration is not accepted.');
    });
    parser.on('opentag', ({ local, uri, attributes }) => this.enter(local, uri, Object.values(attributes)));
    parser.on('text', (text) => this.add(text));
    parser.on('cdata', (text) => this.add(text));
    parser.on('closetag', () => this.leave());
    parser.write(xml).close();
    if (this.root === undefined) throw this.refused('malformed', 'not-xml', 'The document has no element.');
    return this.root;
  }

  private enter(name: string, uri: string, given: readonly SaxesAttributeNS[]): void {
    const { depthMax, elementsMax, attributesMax, nameLengthMax, attributeLengthMax } = this.limits;
    if (this.open.length >= depthMax)
      throw this.refused('untranslatable', 'too-deep', `XML may be nested ${depthMax} levels deep at most.`);
    this.elements += 1;
    if (this.elements > elementsMax)
      throw this.refused('untranslatable', 'too-many-items', `XML may have ${elementsMax} elements at most.`);
    const attributes = given.filter(({ prefix, name: whole }) => prefix !== 'xmlns' && whole !== 'xmlns');
    const isLong =
      name.length > nameLengthMax ||
      given.length > attributesMax ||
      attributes.some((attribute) => attribute.local.length > nameLengthMax || attribute.value.length > attributeLengthMax);
    if (isLong)
      throw this.refused('untranslatable', 'too-long', 'An element has too long a name, too many attributes, or too long a value.');
    const kept = attributes.map(({ local, value }) => ({ name: local, value }));
    this.open.push({ name, uri, attributes: kept, children: [], texts: [], textLength: 0 });
  }

  private add(text: string): void {
    const element = this.open.at(-1);
    if (element === undefined) return;
    element.textLength += text.length;
    if (element.textLength > this.limits.textLengthMax)
      throw this.refused('untranslatable', 'too-long', `A text may have ${this.limits.textLengthMax} characters at most.`);
    element.texts.push(text);
  }

  private leave(): void {
    const draft = this.open.pop();
    if (draft === undefined) return;
    const { name, uri, attributes, children, texts } = draft;
    const element = { name, uri, attributes, children, text: texts.join('') };
    const parent = this.open.at(-1);
    if (parent === undefined) this.root = element;
    else parent.children.push(element);
  }

  private refused(kind: 'malformed' | 'untranslatable', code: string, detail: string): IntakeRejection {
    const place = this.open.map(({ name }) => name).join('/');
    return new IntakeRejection(kind, code, detail, `/${place}`.slice(0, 300));
  }
}

/** Member of an object that stands for what an element with attributes or children has between its tags. */
export const XML_TEXT = '#text';

/** How elements are called. */
export interface XmlNaming {
  /** Attribute that names an element in the place of its tag, where it has one: `<var id="nachname">` is `nachname`. */
  readonly nameBy?: string | undefined;
}

/**
 * XML as the mapping language sees it. An element with nothing but text is that text; any other is an object: `@name` its attributes, `#text` its
 * text, its children by their names, those of one name as a list. A list is a list from two on: pointers to the only one need no number.
 */
export function xmlAsJson(root: XmlElement, naming: XmlNaming = {}): JsonValue {
  return Object.fromEntries([[nameOf(root, naming), valueOf(root, naming)]]);
}

function nameOf({ name, attributes }: XmlElement, { nameBy }: XmlNaming): string {
  const given = nameBy === undefined ? '' : (attributes.find((attribute) => attribute.name === nameBy)?.value ?? '');
  return given === '' ? name : given;
}

function valueOf({ attributes, children, text }: XmlElement, naming: XmlNaming): JsonValue {
  const said = attributes.filter(({ name, value }) => name !== naming.nameBy || value === '');
  if (said.length === 0 && children.length === 0) return text;
  const byName = new Map<string, JsonValue[]>();
  for (const child of children) {
    const name = nameOf(child, naming);
    const same = byName.get(name);
    if (same === undefined) byName.set(name, [valueOf(child, naming)]);
    else same.push(valueOf(child, naming));
  }
  const members = new Map<string, JsonValue>(
    [...byName].map(([name, values]) => [name, values.length === 1 ? (values[0] ?? null) : values]),
  );
  for (const { name, value } of said) members.set(free(`@${name}`, members), value);
  if (text.trim() !== '') members.set(free(XML_TEXT, members), children.length === 0 ? text : text.trim());
  return Object.fromEntries(members);
}

/** A name that no element has taken: what names itself `#text` must not push the text out. */
function free(name: string, taken: ReadonlyMap<string, unknown>): string {
  return taken.has(name) ? free(`${name}_`, taken) : name;
}
