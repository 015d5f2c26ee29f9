// SPDX-License-Identifier: EUPL-1.2
import type { Code, FeeAmount } from '@amtsbote/canonical';

import { type Codec, type Fields, record } from './xzufi.codec.mapping.js';
import { attributeOf, type XmlElement } from './xzufi.elements.client.js';

/** Text of an element that holds nothing else. */
function textOf(element: XmlElement): string | undefined {
  if (element.parts.length === 0) return '';
  const [first] = element.parts;
  return element.parts.length === 1 && typeof first === 'string' ? first : undefined;
}

/** A value that stands in an element as text; attributes are unknown parts. */
function scalar<T>(decode: (text: string) => T | undefined, encode: (value: T) => string): Codec<T> {
  return {
    read: (element, reading) => {
      const text = textOf(element);
      const value = text === undefined ? undefined : decode(text);
      if (value === undefined) {
        reading.remark('value-unreadable', `${element.local} has a value that is not of its type; it is kept as it came.`);
        return undefined;
      }
      reading.keepAttributes(element);
      return value;
    },
    write: (value, element) => {
      const text = encode(value);
      if (text !== '') element.parts.push(text);
    },
  };
}

/** Words, as they came. */
export const words = scalar<string>(
  (text) => text,
  (value) => value,
);
/** A token: the standard's types collapse white space around it. */
export const token = scalar<string>(
  (text) => text.trim(),
  (value) => value,
);
export const whole = scalar<number>((text) => (/^\s*[+-]?\d{1,15}\s*$/.test(text) ? Number(text) : undefined), String);
export const flag = scalar<boolean>((text) => FLAGS[text.trim()], String);

const FLAGS: Readonly<Record<string, boolean>> = { true: true, false: false, 1: true, 0: false };

/** An amount with at most two places; its currency is an attribute. */
export function amountOf(currencyAttribute: string): Codec<FeeAmount> {
  return {
    read: (element, reading) => {
      const [, whole = '', , places = ''] = /^\s*(\d{1,12})(\.(\d{1,2}))?\s*$/.exec(textOf(element) ?? '') ?? [];
      if (whole === '') {
        reading.remark('value-unreadable', `${element.local} is no amount with at most two places; it is kept as it came.`);
        return undefined;
      }
      const currency = attributeOf(element, currencyAttribute);
      reading.keepAttributes({ ...element, attributes: element.attributes.filter(({ name }) => name !== currencyAttribute) });
      const cents = Number(whole) * 100 + Number(places.padEnd(2, '0'));
      return { cents, ...(currency === undefined ? {} : { currency }) };
    },
    write: ({ cents, currency }, element) => {
      if (currency !== undefined) element.attributes[currencyAttribute] = currency;
      const digits = String(cents).padStart(3, '0');
      element.parts.push(`${digits.slice(0, -2)}.${digits.slice(-2)}`);
    },
  };
}

/** A Code: children without namespace, or just text. */
export function codeOf(words: { code: string; name: string }, list: Codec<Code>): Codec<Code> {
  return {
    read: (element, reading) => {
      const text = textOf(element);
      if (text === undefined) return list.read(element, reading);
      const wrapped: XmlElement = {
        ...element,
        parts: [{ local: words.code, uri: '', attributes: [], foreign: [], parts: [text], line: element.line }],
      };
      return text.trim() === '' ? undefined : list.read(wrapped, reading);
    },
    write: (value, element, writing) => {
      list.write(value, element, writing);
      // The children of a code belong to no namespace.
      element.parts.forEach((part, index) => {
        if (typeof part !== 'string' && (part.local === words.code || part.local === words.name))
          element.parts[index] = { ...part, uri: '' };
      });
    },
  };
}

/** One of several elements, told apart by `kind`; written around its fields, read without the element around them too. */
export function choice<T extends { kind: string }>(alternatives: {
  readonly [K in T['kind']]: { readonly name: string; readonly codec: Codec<Extract<T, { kind: K }>>; readonly fields: readonly string[] };
}): Codec<T> {
  interface Alternative {
    readonly name: string;
    readonly codec: Codec<T>;
    readonly fields: readonly string[];
  }
  const all = Object.values<unknown>(alternatives) as Alternative[];
  const named = (local: string): Alternative | undefined => all.find(({ name }) => name.toLowerCase() === local.toLowerCase());
  return {
    read: (element, reading) => {
      const children = element.parts.filter((part) => typeof part !== 'string');
      const chosen = children.find(({ local }) => named(local) !== undefined);
      const alternative =
        chosen === undefined ? all.find(({ fields }) => children.some(({ local }) => fields.includes(local))) : named(chosen.local);
      if (alternative === undefined) return undefined;
      if (chosen === undefined) return alternative.codec.read(element, reading);
      const value = reading.readBelow(alternative.name, 1, alternative.codec, chosen);
      if (value === undefined) return undefined;
      for (const part of element.parts) {
        if (typeof part === 'string') reading.keepText(part);
        else if (part !== chosen) reading.keepElement(part);
      }
      reading.keepAttributes(element);
      return value;
    },
    write: (value, element, writing) => {
      const alternative = (alternatives as unknown as Record<string, Alternative>)[value.kind];
      if (alternative === undefined) return;
      const child = writing.element(alternative.name);
      alternative.codec.write(value, child, writing);
      element.parts.push(child);
    },
  };
}

/** A record as one alternative of a {@link choice}. */
export function alternative<T extends object>(
  name: string,
  fields: Fields<T>,
  fieldNames: readonly string[],
  requires: readonly (keyof T & string)[] = [],
): { name: string; codec: Codec<T>; fields: readonly string[] } {
  return { name, codec: record(fields, requires), fields: fieldNames };
}
