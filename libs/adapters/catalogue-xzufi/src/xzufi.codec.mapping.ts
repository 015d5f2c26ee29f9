// SPDX-License-Identifier: EUPL-1.2
import type { UnknownElement, UnknownPart } from '@amtsbote/canonical';

import type { ForeignAttribute, XmlElement } from './xzufi.elements.client.js';

/*
 * Terms: a *codec* reads a value of an element and writes it again. A *record* is a codec made of a table: our names, and for each a *field* that
 * says where the other side keeps it. What no field takes is an *unknown part*, kept with its path. One table serves both directions, so what
 * is read is what is written.
 */

/** An element that is being made. */
export interface OutElement {
  readonly local: string;
  readonly uri: string;
  readonly attributes: Record<string, string>;
  readonly foreign: ForeignAttribute[];
  readonly parts: (string | OutElement)[];
}

/** Something about an object that is worth a finding; the code is the second half of the finding's. */
export interface Remark {
  readonly code: string;
  readonly message: string;
}

const NO_REMARKS: readonly Remark[] = Object.freeze([]);

/** What reading one object comes to, beside the object. */
export class Reading {
  readonly unknown: UnknownPart[] = [];
  readonly namespace: string;
  private noted: Remark[] | undefined;
  /** Names and ordinals of the elements that are being read, one after the other. */
  private readonly path: (string | number)[] = [];

  constructor(namespace: string) {
    this.namespace = namespace;
  }

  get remarks(): readonly Remark[] {
    return this.noted ?? NO_REMARKS;
  }

  /**
   * Reads an element below the one that is being read, of which it is the nth of its name. What cannot be read leaves no trace: its unknown parts
   * are part of the whole that the caller keeps.
   */
  readBelow<T>(local: string, ordinal: number, codec: Codec<T>, element: XmlElement): T | undefined {
    const before = this.unknown.length;
    this.path.push(local, ordinal);
    const value = codec.read(element, this);
    this.path.length -= 2;
    if (value === undefined) this.unknown.length = before;
    return value;
  }

  keepElement(element: XmlElement): void {
    this.keep({ element: unknownOf(element) });
  }
  keepAttribute(name: string, value: string, namespace?: string): void {
    this.keep({ attribute: { name, ...(namespace === undefined ? {} : { namespace }), value } });
  }
  keepAttributes({ attributes, foreign }: Pick<XmlElement, 'attributes' | 'foreign'>): void {
    for (const { name, value } of attributes) this.keepAttribute(name, value);
    for (const { name, value, namespace } of foreign) this.keepAttribute(name, value, namespace);
  }
  keepText(text: string): void {
    if (/\S/.test(text)) this.keep({ text });
  }
  remark(code: string, message: string): void {
    this.noted ??= [];
    if (this.noted.every((one) => one.code !== code)) this.noted.push({ code, message });
  }

  private keep(part: UnknownPart['part']): void {
    const steps: string[] = [];
    for (let index = 0; index < this.path.length; index += 2) {
      const [local, ordinal] = [this.path[index], this.path[index + 1]];
      steps.push(ordinal === 1 ? `${local}` : `${local}[${ordinal}]`);
    }
    this.unknown.push({ path: steps.join('/'), part });
  }
}

/** What writing one object comes to, beside the element. */
export class Writing {
  /** Our names of what the version has no place for. */
  readonly omitted = new Set<string>();
  readonly namespace: string;

  constructor(namespace: string) {
    this.namespace = namespace;
  }

  element(local: string, uri = this.namespace): OutElement {
    return { local, uri, attributes: {}, foreign: [], parts: [] };
  }
}

/** Reads a value of an element and fills an element with it. */
export interface Codec<T> {
  /** `undefined` = the element does not say such a value; the caller keeps it whole. */
  read(element: XmlElement, reading: Reading): T | undefined;
  write(value: T, element: OutElement, writing: Writing): void;
}

type Target = Record<string, unknown>;
type ElementReader = (element: XmlElement, target: Target, reading: Reading) => void;

/** A record's fields by the other side's names. */
export class FieldTable {
  readonly elements = new Map<string, ElementReader>();
  readonly attributes = new Map<string, string>();
  readonly foreign = new Map<string, { key: string; decode: (value: string) => string }>();
  textKey: string | undefined;
  isTextRequired = false;
}

/** One entry of a record: where the other side keeps it. */
export interface Field<V> {
  /** What it is when the source does not say it. */
  empty(): V;
  enter(key: string, table: FieldTable): void;
  write(value: V, element: OutElement, writing: Writing, key: string): void;
}

/** A field for every entry, in the order in which they are written. */
export type Fields<T> = { readonly [K in keyof Required<T>]: Field<T[K]> };

const nothing = (): undefined => undefined;

/** An element that stands there once or not at all. */
export function one<T>(name: string, codec: Codec<T>): Field<T | undefined> {
  return {
    empty: nothing,
    enter: (key, table) => {
      table.elements.set(name, (element, target, reading) => {
        const value = target[key] === undefined ? reading.readBelow(name, 1, codec, element) : undefined;
        if (value === undefined) reading.keepElement(element);
        else target[key] = value;
      });
    },
    write: (value, element, writing) => {
      if (value !== undefined) append(element, name, codec, value, writing);
    },
  };
}

/** An element that stands there as often as it likes. */
export function many<T>(name: string, codec: Codec<T>): Field<T[]> {
  return {
    empty: () => [],
    enter: (key, table) => {
      table.elements.set(name, (element, target, reading) => {
        const list = target[key] as T[];
        const value = reading.readBelow(name, list.length + 1, codec, element);
        if (value === undefined) reading.keepElement(element);
        else list.push(value);
      });
    },
    write: (values, element, writing) => {
      for (const value of values) append(element, name, codec, value, writing);
    },
  };
}

/** An element around others: `name` in `name`. Its second occurrence is unknown. */
export function within<V>(name: string, field: Field<V>): Field<V> {
  return {
    empty: () => field.empty(),
    enter: (key, table) => {
      const inner = new FieldTable();
      field.enter(key, inner);
      const seen = new WeakSet<Target>();
      table.elements.set(name, (element, target, reading) => {
        const codec = { read: () => (readInto(element, target, inner, reading), true), write: () => undefined };
        if (seen.has(target)) {
          reading.keepElement(element);
          return;
        }
        seen.add(target);
        reading.readBelow(name, 1, codec, element);
      });
    },
    write: (value, element, writing, key) => {
      const inner = writing.element(name);
      field.write(value, inner, writing, key);
      if (inner.parts.length > 0) element.parts.push(inner);
    },
  };
}

/** An attribute without prefix. */
export function attribute(name: string): Field<string | undefined> {
  return {
    empty: nothing,
    enter: (key, table) => void table.attributes.set(name, key),
    write: (value, element) => {
      if (value !== undefined) element.attributes[name] = value;
    },
  };
}

/** An attribute of another namespace. `decode` takes off what the source's spelling adds, `encode` puts it on. */
export function foreignAttribute(
  namespace: string,
  name: string,
  spelling: { decode: (value: string) => string; encode: (value: string) => string },
): Field<string | undefined> {
  return {
    empty: nothing,
    enter: (key, table) => void table.foreign.set(`${namespace} ${name}`, { key, decode: spelling.decode }),
    write: (value, element) => {
      if (value !== undefined) element.foreign.push({ namespace, name, value: spelling.encode(value) });
    },
  };
}

/** The element's own text. */
export function content(): Field<string> {
  return {
    empty: () => '',
    enter: (key, table) => void (table.textKey = key),
    write: (value, element) => {
      if (value !== '') element.parts.push(value);
    },
  };
}

/** What the other side's version has no place for: empty when read, reported when written. */
export function absent<V>(empty: () => V): Field<V> {
  return {
    empty,
    enter: () => undefined,
    write: (value, _element, writing, key) => {
      if (Array.isArray(value) ? value.length > 0 : value !== undefined) writing.omitted.add(key);
    },
  };
}

/** A value that is always the same and not written. */
export function constant<V>(value: V): Field<V> {
  return { empty: () => value, enter: () => undefined, write: () => undefined };
}

/** A codec of a table; `requires` names entries without which the element says nothing. */
export function record<T extends object>(fields: Fields<T>, requires: readonly (keyof T & string)[] = []): Codec<T> {
  const table = new FieldTable();
  const entries = Object.entries<Field<unknown>>(fields as unknown as Record<string, Field<unknown>>);
  for (const [key, field] of entries) field.enter(key, table);
  const defaults = entries.filter(([, field]) => field.empty() !== undefined);
  return {
    read: (element, reading) => {
      const target: Target = {};
      for (const [key, field] of defaults) target[key] = field.empty();
      readInto(element, target, table, reading);
      // The table has a field for every entry, so the target is what the fields say it is.
      return requires.every((key) => target[key] !== undefined && target[key] !== '') ? (target as T) : undefined;
    },
    write: (value, element, writing) => {
      for (const [key, field] of entries) field.write((value as Target)[key] ?? field.empty(), element, writing, key);
    },
  };
}

function readInto(element: XmlElement, target: Target, table: FieldTable, reading: Reading): void {
  for (const { name, value } of element.attributes) {
    const key = table.attributes.get(name);
    if (key === undefined) reading.keepAttribute(name, value);
    else target[key] = value;
  }
  for (const { namespace, name, value } of element.foreign) {
    const known = table.foreign.get(`${namespace} ${name}`);
    if (known === undefined) reading.keepAttribute(name, value, namespace);
    else target[known.key] = known.decode(value);
  }
  for (const part of element.parts) {
    if (typeof part === 'string') {
      if (table.textKey === undefined) reading.keepText(part);
      else target[table.textKey] = ((target[table.textKey] as string | undefined) ?? '') + part;
      continue;
    }
    // Codes carry no namespace in the standard's frame, and one in files written by hand: both are taken.
    const reader = part.uri === reading.namespace || part.uri === '' ? table.elements.get(part.local) : undefined;
    if (reader === undefined) reading.keepElement(part);
    else reader(part, target, reading);
  }
}

function append<T>(element: OutElement, name: string, codec: Codec<T>, value: T, writing: Writing): void {
  const child = writing.element(name);
  codec.write(value, child, writing);
  element.parts.push(child);
}

/** An element as it is kept. */
export function unknownOf(element: XmlElement): UnknownElement {
  const attributes = [
    ...element.attributes.map(({ name, value }) => ({ name, value })),
    ...element.foreign.map(({ name, namespace, value }) => ({ name, namespace, value })),
  ];
  return {
    name: element.local,
    ...(element.uri === '' ? {} : { namespace: element.uri }),
    ...(attributes.length === 0 ? {} : { attributes }),
    ...(element.parts.length === 0 ? {} : { children: element.parts.map((part) => (typeof part === 'string' ? part : unknownOf(part))) }),
  };
}
