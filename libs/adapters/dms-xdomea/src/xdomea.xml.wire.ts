// SPDX-License-Identifier: EUPL-1.2

/** An element of a message; a text, or further elements. Missing ones (undefined) are left out. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly content: string | readonly (Element | undefined)[];
}
type Content = string | readonly (Element | undefined)[];

/** An element of xdomea: qualified with the prefix that the standard prescribes. */
export function x(name: string, content: Content, attributes: Record<string, string> = {}): Element {
  return { name: `xdomea:${name}`, attributes, content };
}
/** An element without a namespace, as code lists and the head of 4.0 have them. */
export function unqualified(name: string, content: Content): Element {
  return { name, attributes: {}, content };
}

/** What XML 1.0 cannot hold: control characters, halves of pairs, the two non-characters of the basic plane. */
const ILLEGAL = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

/** The document, with the same bytes for the same elements. Characters that XML cannot hold become U+FFFD. Pure. */
export function xmlOf(root: Element): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${written(root, '')}`;
}

function written({ name, attributes, content }: Element, indent: string): string {
  const start = `${indent}<${name}${Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${escaped(value).replaceAll('"', '&quot;').replaceAll('\n', '&#10;').replaceAll('\t', '&#9;')}"`)
    .join('')}`;
  if (typeof content === 'string') return content === '' ? `${start}/>\n` : `${start}>${escaped(content)}</${name}>\n`;
  const inner = content.map((child) => (child === undefined ? '' : written(child, `${indent}  `))).join('');
  return inner === '' ? `${start}/>\n` : `${start}>\n${inner}${indent}</${name}>\n`;
}

function escaped(text: string): string {
  return text
    .replaceAll(ILLEGAL, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\r', '&#13;');
}
