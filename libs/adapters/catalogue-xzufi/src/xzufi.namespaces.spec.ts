// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SaxesParser } from 'saxes';

import { StrictParser, type XmlElement } from './xzufi.elements.client.js';
import { DEFAULT_LIMITS, XmlFault } from './xzufi.limits.client.js';

/** Names of all elements and attributes with their namespaces, in document order; `undefined` = refused. */
type Names = string[] | undefined;

function ours(xml: string): Names {
  const names: string[] = [];
  const walk = (element: XmlElement): void => {
    names.push(`{${element.uri}}${element.local}`);
    const plain = element.attributes.map(({ name }) => `@{}${name}`);
    names.push(...[...plain, ...element.foreign.map(({ namespace, name }) => `@{${namespace}}${name}`)].sort());
    for (const part of element.parts) if (typeof part !== 'string') walk(part);
  };
  try {
    const parser = new StrictParser({ limits: DEFAULT_LIMITS, isFragment: false, onElement: walk });
    parser.write(xml);
    parser.close();
    return names;
  } catch (error) {
    if (error instanceof XmlFault) return undefined;
    throw error;
  }
}

/** What saxes makes of it when it resolves namespaces itself. */
function reference(xml: string): Names {
  const names: string[] = [];
  const parser = new SaxesParser({ xmlns: true });
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ uri, local, attributes }) => {
    names.push(`{${uri}}${local}`);
    const declared = Object.values(attributes).filter(({ name }) => name !== 'xmlns' && !name.startsWith('xmlns:'));
    names.push(...declared.map((one) => `@{${one.uri}}${one.local}`).sort());
  });
  try {
    parser.write(xml).close();
    return names;
  } catch {
    return undefined;
  }
}

const declaration = fc.constantFrom(
  'xmlns="urn:d"',
  'xmlns=""',
  'xmlns:a="urn:a"',
  'xmlns:b="urn:a"',
  'xmlns:b="urn:b"',
  'xmlns:a=""',
  'xmlns:xml="http://www.w3.org/XML/1998/namespace"',
  'xmlns:xml="urn:x"',
  'xmlns:c="http://www.w3.org/XML/1998/namespace"',
  'xmlns:xmlns="urn:x"',
  'xmlns:c="http://www.w3.org/2000/xmlns/"',
  'xmlnsfoo="1"',
);
const attribute = fc.constantFrom('x="1"', 'a:x="1"', 'b:x="1"', 'xml:lang="de"', 'c:y="1"', 'z="1"');
const name = fc.constantFrom('e', 'a:e', 'b:e', 'c:e', 'xml:e', 'xmlns:e', ':e', 'a:', 'a:b:c');
const element: fc.Arbitrary<string> = fc.letrec<{ element: string }>((tie) => ({
  element: fc
    .tuple(
      fc.oneof({ weight: 6, arbitrary: fc.constantFrom('e', 'a:e', 'b:e') }, { weight: 1, arbitrary: name }),
      fc.uniqueArray(fc.oneof({ weight: 3, arbitrary: declaration }, attribute), { maxLength: 4, selector: (one) => one.split('=')[0] }),
      fc.oneof(
        { depthSize: 'small' },
        fc.constant(''),
        fc.array(tie('element'), { maxLength: 3 }).map((all) => all.join('')),
      ),
    )
    .map(([tag, attributes, inner]) => `<${[tag, ...attributes].join(' ')}>${inner}</${tag}>`),
})).element;

describe('namespaces', () => {
  it('mean what they mean to saxes, which is slower at it, and what it refuses is refused', () => {
    let taken = 0;
    fc.assert(
      fc.property(element, (inner) => {
        const xml = `<r xmlns:a="urn:a" xmlns:b="urn:b">${inner}</r>`;
        const expected = reference(xml);
        taken += expected === undefined ? 0 : 1;
        expect(ours(xml)).toEqual(expected);
      }),
      { numRuns: 2_000 },
    );
    expect(taken).toBeGreaterThan(200);
  });
});
