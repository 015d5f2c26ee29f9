// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { typefaces } from './font-program.js';
import { breakLines } from './line-breaking.js';

const { regular } = typefaces();
const SIZE = 10;
const broken = (text: string, width: number): string[] => breakLines(text, regular, SIZE, width);

describe('breakLines', () => {
  it('fills lines word by word and drops the space at a break', () => {
    expect(broken('eins zwei drei vier', regular.widthOf('eins zwei', SIZE) + 1)).toEqual(['eins zwei', 'drei vier']);
  });

  it('keeps the line breaks and the indentation of the text', () => {
    expect(broken('eins\n\n  zwei', 200)).toEqual(['eins', '', '  zwei']);
  });

  it('breaks a compound at its hyphen when the rest does not fit', () => {
    expect(broken('die Straßenverkehrs-Ordnung', regular.widthOf('die Straßenverkehrs-Ord', SIZE))).toEqual([
      'die Straßenverkehrs-',
      'Ordnung',
    ]);
  });

  it('breaks a word that is longer than a line between letters', () => {
    const lines = broken('Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz', 100);
    expect(lines.length).toBeGreaterThan(2);
    expect(lines.join('')).toBe('Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz');
  });

  it('breaks an address on the web after punctuation', () => {
    const lines = broken('https://www.musterstadt.example/formulare/gewerbe?nummer=4711&fassung=1', 120);
    expect(lines.slice(0, -1).every((line) => /[/.?=&]$/.test(line))).toBe(true);
  });

  it('does not tear combining marks off their letter', () => {
    const lines = broken('L\u0325\u0304'.repeat(40), 60);
    expect(lines.length).toBeGreaterThan(2);
    expect(lines.every((line) => line.startsWith('L') && line.endsWith('\u0304'))).toBe(true);
  });

  it('loses no letter, exceeds no line and never ends without a result, whatever the text', () => {
    const text = fc.array(fc.constantFrom('a', 'W', 'ß', '-', '/', ' ', '.', '\n', 'Öl', 'mmmmmmmmmmmmmmmmmmmmmmmm', 'e\u0301\u0323'), {
      maxLength: 400,
    });
    fc.assert(
      fc.property(text, fc.integer({ min: 12, max: 300 }), (parts, width) => {
        const original = parts.join('');
        const lines = broken(original, width);
        expect(lines.join('').replaceAll(' ', '')).toBe(original.replace(/[ \n]/g, ''));
        for (const line of lines) expect(regular.widthOf(line, SIZE)).toBeLessThanOrEqual(width + 0.01);
      }),
      { numRuns: 200 },
    );
  });

  it('measures each letter of a value without a space a limited number of times, however long the value is', () => {
    const measuredPerLetter = (letters: number): number => {
      let measured = 0;
      const widthOf = (text: string, size: number): number => {
        measured += text.length;
        return regular.widthOf(text, size);
      };
      const counting = Object.create(regular, { widthOf: { value: widthOf } }) as typeof regular;
      expect(breakLines('abcdefghi-'.repeat(letters / 10), counting, SIZE, 280).join('')).toHaveLength(letters);
      return measured / letters;
    };
    expect(measuredPerLetter(1_000_000)).toBeLessThan(1.1 * measuredPerLetter(10_000));
  });
});
