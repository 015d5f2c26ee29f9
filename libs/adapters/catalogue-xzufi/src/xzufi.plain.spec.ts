// SPDX-License-Identifier: EUPL-1.2
import { FIXTURES, HOSTILE_FILES, largeMessage } from '@amtsbote/adapters/catalogue-xzufi/simulator';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { decoded } from './xzufi.batch.client.js';
import { StrictParser, type XmlElement } from './xzufi.elements.client.js';
import { DEFAULT_LIMITS, XmlFault, type XmlLimits } from './xzufi.limits.client.js';
import { type PlainContent, PlainReader } from './xzufi.plain.client.js';
import { RecordSplitter } from './xzufi.splitter.client.js';

const BINDINGS = { x: 'urn:x', '': 'urn:default', xsi: 'urn:xsi' };
const TIGHT: XmlLimits = { ...DEFAULT_LIMITS, depthMax: 4, attributesMax: 2, textCharsMax: 12 };

/** One reader for all: what it remembers of one content must not change the next. */
const reader = new PlainReader();
const plain = (text: string, limits = DEFAULT_LIMITS, bindings: Record<string, string> = BINDINGS): PlainContent | undefined =>
  reader.read(text, { limits, bindings, depth: 1 });

/** What the strict parser makes of a content; `undefined` for what it refuses, or remarks on. */
function strict(text: string, limits = DEFAULT_LIMITS, bindings: Record<string, string> = BINDINGS): PlainContent | undefined {
  const elements: XmlElement[] = [];
  let remarks = 0;
  const parser = new StrictParser({
    ...{ limits, bindings, isFragment: true, depth: 1 },
    onElement: (element) => void elements.push(element),
    onTopText: () => {
      remarks += 1;
    },
  });
  try {
    parser.write(text);
    parser.close();
  } catch (error) {
    if (error instanceof XmlFault) return undefined;
    throw error;
  }
  return remarks > 0 ? undefined : { elements, lines: parser.line - 1 };
}

/** What is read here is what the strict parser reads; the rest is left to it. @returns whether it was read here. */
function agrees(text: string, limits = DEFAULT_LIMITS, bindings: Record<string, string> = BINDINGS): boolean {
  const read = plain(text, limits, bindings);
  if (read !== undefined) expect(read).toEqual(strict(text, limits, bindings));
  return read !== undefined;
}

/** Contents of the root, as the splitter cuts them. */
function batchesOf(message: string, batchBytes: number): string[] {
  const splitter = new RecordSplitter({ batchBytes, recordBytesMax: 10_000_000, headNames: ['nachrichtenkopf'] });
  return [...splitter.push(Buffer.from(message)), ...splitter.end()]
    .filter(({ kind }) => kind === 'batch' || kind === 'head')
    .map(({ bytes }) => decoded(bytes));
}

const TOKENS = [
  ...[
    'text',
    'ä„“',
    '😀',
    '\ufeff',
    '\u00a0',
    ' ',
    '\n',
    '\r\n',
    '\r',
    '\t',
    ']]',
    ']]>',
    '>',
    '<',
    '&',
    ';',
    '=',
    '"',
    "'",
    '/',
    '!',
    '?',
    '-',
  ],
  ...[
    '<x:a>',
    '</x:a>',
    '<x:a >',
    '</x:a >',
    '</x:a\n>',
    '<x:ab>',
    '</x:ab>',
    '<b>',
    '</b>',
    '<b/>',
    '<b />',
    '< b>',
    '</ b>',
    '<b/ >',
    '<ä/>',
  ],
  ...['<x:a c="d">', "<x:a c='\"'>", '<b c="&lt;>&gt;"/>', '<b c="1" c="2"/>', '<b c="1"d="2"/>', '<b c = "1"/>', '<b c=1/>', '<b c/>'],
  ...['<b c="a\tb\nc\r\nd&#10;e"/>', '<b c="<"/>', '<b xsi:type="x:y"/>', '<b y:c="1"/>', '<b xml:lang="de"/>', '<b x:c="1" y:c="1"/>'],
  ...['<b xmlns="urn:other">', '<b xmlns:x="urn:other"/>', '<x:a xmlns:x="urn:x2" xmlns:y="urn:x2" x:c="1" y:c="2"/>', '<b xmlns:x=""/>'],
  ...[
    '<xmlns:b/>',
    '<xml:b/>',
    '<x:b:c/>',
    '<:b/>',
    '<x:/>',
    '<y:b/>',
    '<-b/>',
    '<b.c-d_e/>',
    '<b xmlnsx="1"/>',
    '<b xmlns:xml="urn:no"/>',
  ],
  ...[
    '&amp;',
    '&lt;p&gt;',
    '&quot;&apos;',
    '&#65;',
    '&#x41;',
    '&#X41;',
    '&#0;',
    '&#xD800;',
    '&#x10FFFF;',
    '&#x110000;',
    '&#;',
    '&nbsp;',
    '&amp',
    '&;',
  ],
  ...[
    '<!-- c -->',
    '<!-->',
    '<!---->',
    '<!--->',
    '<!-- -- -->',
    '<!-- --->',
    '<![CDATA[<x:a>&amp;]]>',
    '<![CDATA[]]>',
    '<![CDATA[a]]]]>',
    '<![cdata[]]>',
  ],
  ...[
    '<!DOCTYPE a>',
    '<?pi a?>',
    '<?xml version="1.0"?>',
    '\u0000',
    '\u0008',
    '\u007f',
    '\u0085',
    '\u2028',
    '\ufffe',
    '\uffff',
    '</content>',
    '<content>',
  ],
];
const token = fc.constantFrom(...TOKENS);
/** Elements in order, so that most are well-formed. */
const tree: fc.Arbitrary<string> = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small' },
    { weight: 2, arbitrary: token },
    fc
      .tuple(
        fc.constantFrom('x:a', 'b', 'x:schreibe'),
        fc.constantFrom('', ' c="d"', ' xsi:type="x:B" d=\'&amp;\'', ' xmlns:x="urn:inner"', ' xmlns=""', '\n e="1"\n'),
        fc.array(tie('node'), { maxLength: 3 }),
      )
      .map(([name, attributes, kids]) => `<${name}${attributes}>${kids.join('')}</${name}>`),
  ),
})).node;

describe('the reader of plain content', () => {
  it('reads nothing but what the strict parser reads, and the same', () => {
    let taken = 0;
    fc.assert(
      fc.property(fc.array(tree, { maxLength: 5 }), (nodes) => {
        if (agrees(nodes.join(''))) taken += 1;
        agrees(nodes.join(''), TIGHT);
        agrees(nodes.join(''), DEFAULT_LIMITS, { x: 'urn:other' });
      }),
      { numRuns: 4_000 },
    );
    expect(taken).toBeGreaterThan(400);
  });

  it('reads nothing but what the strict parser reads of contents that were good before somebody changed them', () => {
    const good = batchesOf([...largeMessage({ objects: 40, services: 10 })].join(''), 2_000).map((batch) => batch.slice(0, 30_000));
    const change = fc.record({ at: fc.nat(), remove: fc.nat(6), insert: fc.oneof(fc.constant(''), token) });
    fc.assert(
      fc.property(fc.constantFrom(...good), fc.array(change, { minLength: 1, maxLength: 3 }), (batch, changes) => {
        let text = batch;
        for (const { at, remove, insert } of changes) {
          const place = at % (text.length + 1);
          text = text.slice(0, place) + insert + text.slice(place + remove);
        }
        // Half a pair of surrogates is in no text that was UTF-8.
        agrees(Buffer.from(text).toString(), DEFAULT_LIMITS, { xzufi: 'urn:x', xsi: 'urn:xsi' });
      }),
      { numRuns: 2_000 },
    );
  });

  it('agrees about every pair of tokens, inside of an element and outside', () => {
    for (const one of TOKENS)
      for (const other of TOKENS) {
        agrees(one + other);
        agrees(`<x:r>${one}${other}</x:r>`);
        agrees(`<x:r>${one}</x:r>${other}`, TIGHT);
      }
  });

  it('leaves nothing of a usual catalogue to the strict parser', () => {
    const messages = [...largeMessage({ objects: 200, services: 10 })].join('');
    const bindings = { xzufi: 'urn:x', xsi: 'http://www.w3.org/2001/XMLSchema-instance' };
    const batches = batchesOf(messages, 32_768);
    expect(batches.length).toBeGreaterThan(10);
    for (const batch of batches) expect(agrees(batch, DEFAULT_LIMITS, bindings)).toBe(true);
  });

  it.each(HOSTILE_FILES.filter(({ bytes }) => bytes.length < 200_000))('agrees about a hostile file: $name', ({ bytes }) => {
    agrees(bytes.toString());
    agrees(`<x:r>${bytes.toString()}</x:r>`);
  });

  it.each(Object.keys(FIXTURES))('agrees about fixture %s', (letter) => {
    for (const { content } of FIXTURES[letter]?.files() ?? [])
      for (const batch of [content.toString().replace(/^<\?xml[^>]*\?>/, '')]) agrees(batch, DEFAULT_LIMITS, {});
  });

  it.each([
    ['an attribute of a length that nobody writes', `<b c="${'x'.repeat(5_000_000)}"/>`],
    ['a text past its limit', `<b>${'x'.repeat(DEFAULT_LIMITS.textCharsMax + 1)}</b>`],
    ['a text past its limit in pieces', `<b>${'<!---->x'.repeat(30)}</b>`],
    ['elements past their depth', '<b>'.repeat(70) + '</b>'.repeat(70)],
    ['more names than are remembered', Array.from({ length: 5_000 }, (_, at) => `<n${at} a${at}="1"/>`).join('')],
  ])('agrees about %s', (_, text) => {
    agrees(text);
    agrees(text, TIGHT);
  });
});
