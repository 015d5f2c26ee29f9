// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from '@jest/globals';

import { typefaces } from './font-program.js';
import { printable } from './printable-text.js';

describe('printable', () => {
  it.each([
    ['ordinary German text', 'Größe: 5 m² – „Käse“ 12 €', 'Größe: 5 m² – „Käse“ 12 €', 0],
    ['letters of DIN 91379 with combining marks', 'C\u0328\u0306 \u1e9e \u0218', 'C\u0328\u0306 \u1e9e \u0218', 0],
    ['decomposed umlauts, which are composed', 'A\u0308', 'Ä', 0],
    ['other line breaks', 'a\r\nb\rc\u2028d\u000be', 'a\nb\nc\nd\ne', 0],
    ['tabs', 'a\tb', 'a    b', 0],
    ['invisible characters, which are dropped', 'F\u00adD\u200bP\u202e.exe\ufeff', 'FDP.exe', 0],
    ['control characters', 'a\u0000b\u001bc', 'a\ufffdb\ufffdc', 2],
    ['lone surrogates', 'a\ud800b', 'a\ufffdb', 1],
    ['private characters', '\ue000', '\ufffd', 1],
    ['scripts without glyphs, one sign per character', '張偉𠮷', '\ufffd\ufffd\ufffd', 3],
    ['scripts with glyphs', 'Ωμέγα Жук שלום سلام ქართ', 'Ωμέγα Жук שלום سلام ქართ', 0],
  ])('handles %s', (_name, original, text, replaced) => {
    expect(printable(original, typefaces().regular)).toEqual({ text, replaced });
    expect(printable(original, typefaces().bold).text).toBe(text);
  });
});
