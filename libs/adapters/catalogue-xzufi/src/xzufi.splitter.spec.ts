// SPDX-License-Identifier: EUPL-1.2
import { FRAME, HOSTILE_FILES, largeMessage } from '@amtsbote/adapters/catalogue-xzufi/simulator';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { decoded } from './xzufi.batch.client.js';
import { StrictParser } from './xzufi.elements.client.js';
import { DEFAULT_LIMITS, XmlFault } from './xzufi.limits.client.js';
import { type Piece, RecordSplitter } from './xzufi.splitter.client.js';

const HEAD = ['nachrichtenkopf'];

function split(bytes: Uint8Array, cuts: readonly number[], batchBytes = 40): Piece[] {
  const splitter = new RecordSplitter({ batchBytes, recordBytesMax: 1_000_000, headNames: HEAD });
  const places = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
  const pieces = places.slice(1).flatMap((to, at) => splitter.push(bytes.subarray(places[at], to)));
  return [...pieces, ...splitter.end()];
}
const joined = (pieces: readonly Piece[]): string => Buffer.concat(pieces.map(({ bytes }) => bytes)).toString();
/** Pieces with what closes in one: a stream may end in several. */
const shapes = (pieces: readonly Piece[]): string[] => {
  const closing = joined(pieces.filter(({ kind }) => kind === 'closing'));
  return [
    ...pieces.filter(({ kind }) => kind !== 'closing').map(({ kind, bytes }) => `${kind}: ${Buffer.from(bytes).toString()}`),
    closing,
  ];
};
const isWellFormed = (text: string): boolean => {
  try {
    const parser = new StrictParser({ limits: DEFAULT_LIMITS, isFragment: false });
    parser.write(text);
    parser.close();
    return true;
  } catch (error) {
    if (error instanceof XmlFault) return false;
    throw error;
  }
};
/** The document by its pieces: batches as content of the root, the rest as a document. */
const isTaken = (bytes: Uint8Array, cuts: readonly number[]): boolean => {
  try {
    const pieces = split(bytes, cuts);
    const gate = new StrictParser({ limits: DEFAULT_LIMITS, isFragment: false });
    for (const piece of pieces) {
      if (piece.kind === 'opening' || piece.kind === 'closing') gate.write(decoded(piece.bytes));
      else {
        const parser = new StrictParser({ limits: DEFAULT_LIMITS, isFragment: true, depth: 1, bindings: { x: 'urn:x' } });
        parser.write(decoded(piece.bytes));
        parser.close();
      }
    }
    gate.close();
    return true;
  } catch (error) {
    if (error instanceof XmlFault) return false;
    throw error;
  }
};

const inner = fc.constantFrom(
  'text ä„“',
  '<x:a>',
  '</x:a>',
  '<x:b c="&lt;>&gt;"/>',
  "<x:b d='\">'>",
  '</x:b>',
  '<!-- > <x:a> -->',
  '<![CDATA[</x:r>]]>',
  '<?pi <x:a>?>',
  '&amp;',
  '\r\n',
  '<x:schreibe>',
  '</x:schreibe>',
  '<x:nachrichtenkopf/>',
);
const odd = fc.constantFrom(
  '<',
  '>',
  '"',
  '&',
  ']]>',
  '</x:r>',
  '<!',
  '<!DOCTYPE x>',
  '\u0000',
  '<x:a',
  '--',
  '<?xml?>',
  '<y:a/>',
  '<x:a a="1" a="2"/>',
);
const cuts = fc.array(fc.nat(500), { maxLength: 12 });
/** Elements in order, so that most are well-formed. */
const tree: fc.Arbitrary<string> = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom('t', 'ä', '&amp;', '<!-- <x> -->', '<![CDATA[<]]>', '<x:e f=">"/>', '<?p <?>', '\n'),
    fc
      .tuple(fc.constantFrom('a', 'schreibe', 'nachrichtenkopf'), fc.array(tie('node'), { maxLength: 3 }))
      .map(([name, kids]) => `<x:${name}>${kids.join('')}</x:${name}>`),
  ),
})).node;

const wrap = (content: string): Buffer =>
  Buffer.from(`<?xml version="1.0"?>\n<!-- <x:r> --><x:r xmlns:x="urn:x" a=">">${content}</x:r>\n<!-- end -->`);

describe('the splitter', () => {
  it('loses no byte, and cuts alike wherever the bytes are divided', () => {
    fc.assert(
      fc.property(fc.array(tree, { maxLength: 8 }), cuts, (nodes, at) => {
        const bytes = wrap(nodes.join(''));
        const whole = split(bytes, []);
        expect(joined(whole)).toBe(bytes.toString());
        expect(shapes(split(bytes, at))).toEqual(shapes(whole));
        expect(isWellFormed(bytes.toString())).toBe(true);
        expect(isTaken(bytes, at)).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  it('with the parsers of its pieces takes what one parser takes, and refuses what that refuses', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof({ weight: 5, arbitrary: inner }, { weight: 1, arbitrary: odd }, { weight: 5, arbitrary: tree }), {
          maxLength: 8,
        }),
        cuts,
        (parts, at) => {
          const bytes = wrap(parts.join(''));
          expect(isTaken(bytes, at)).toBe(isWellFormed(bytes.toString()));
        },
      ),
      { numRuns: 1_500 },
    );
  });

  it('cuts a byte at a time as it cuts everything at once', () => {
    const bytes = Buffer.from([...largeMessage({ objects: 30, services: 20 })].join(''));
    const bySingle = split(
      bytes,
      Array.from({ length: bytes.length }, (_, at) => at),
      4_096,
    );
    const whole = split(bytes, [], 4_096);
    expect(whole.length).toBeGreaterThan(10);
    expect(shapes(bySingle)).toEqual(shapes(whole));
  });

  it.each(HOSTILE_FILES.filter(({ bytes }) => bytes.length < 50_000))('refuses the same wherever it is cut: $name', ({ bytes }) => {
    const takenWhole = isTaken(bytes, []);
    for (const at of [1, 7, 64, 333])
      expect(
        isTaken(
          bytes,
          Array.from({ length: 200 }, (_, index) => index * at),
        ),
      ).toBe(takenWhole);
  });

  it('holds no more than a record: a limit is passed alike whether the bytes come at once or not', () => {
    const bytes = Buffer.from(`${FRAME.opening}<xzufi:schreibe>${'x'.repeat(2_000)}</xzufi:schreibe>${FRAME.closing}`);
    for (const step of [bytes.length, 100]) {
      const splitter = new RecordSplitter({ batchBytes: 100, recordBytesMax: 1_500, headNames: HEAD });
      expect(() => {
        for (let at = 0; at < bytes.length; at += step) splitter.push(bytes.subarray(at, at + step));
      }).toThrow('more than 1500 bytes');
    }
  });
});
