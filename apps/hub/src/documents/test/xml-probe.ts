// SPDX-License-Identifier: EUPL-1.2
import { XMLParser } from 'fast-xml-parser';
import { SaxesParser } from 'saxes';

/** An element as a receiver reads it. */
export interface XmlNode {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlNode[];
  readonly text: string;
}

type Parsed = Record<string, unknown>;

/** Reads XML with a second parser; a strict one looks first, because it lets malformed text pass. @throws Error when it is not well-formed. */
export function readXml(xml: string): XmlNode {
  const gate = new SaxesParser({ xmlns: true });
  gate.on('error', (error) => {
    throw error;
  });
  gate.write(xml).close();
  const parser = new XMLParser({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: '',
    trimValues: false,
    parseTagValue: false,
    parseAttributeValue: false,
    htmlEntities: true,
    ignoreDeclaration: true,
  });
  const [root] = (parser.parse(xml) as Parsed[]).filter((node) => !('#text' in node));
  if (root === undefined) throw new Error('no root element');
  return nodeOf(root);
}

function nodeOf(parsed: Parsed): XmlNode {
  const name = Object.keys(parsed).find((key) => key !== ':@') ?? '';
  const content = parsed[name] as Parsed[];
  const children = content.filter((node) => !('#text' in node)).map(nodeOf);
  const text = content.map((node) => (typeof node['#text'] === 'string' ? node['#text'] : '')).join('');
  // Between elements there is only indentation.
  return {
    name,
    attributes: (parsed[':@'] ?? {}) as Record<string, string>,
    children,
    text: children.length > 0 || isList(name) ? '' : text,
  };
}

function isList(name: string): boolean {
  return name === 'group' || name === 'form';
}
