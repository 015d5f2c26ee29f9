// SPDX-License-Identifier: EUPL-1.2
import { type Typeface } from './font-program.js';

const ORDINARY = /^[\n\u0020-\u007e\u00a0-\u00ac\u00ae-\u017f\u2013\u2014\u2018-\u201e\u2026\u20ac]*$/;
const LINE_BREAKS = /\r\n|[\r\v\f\u0085\u2028\u2029]/g;
/** Soft hyphens, zero-width and direction characters, variation selectors: they show nothing, and direction overrides could mislead. */
const INVISIBLE = /[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\u{e0000}-\u{e007f}\u{e0100}-\u{e01ef}]/gu;
const NOT_A_CHARACTER = /[\p{Cc}\p{Co}\p{Cs}]/u;

/** Stands visibly for a character the font cannot show. */
export const REPLACEMENT = '\ufffd';

/** Text as it can be printed. */
export interface PrintableText {
  readonly text: string;
  /** How many characters had to be replaced by {@link REPLACEMENT}. */
  readonly replaced: number;
}

/**
 * Makes a text printable in a typeface: NFC, `\n` as the only line break, tabs as spaces, invisible characters dropped, everything the font
 * has no glyph for replaced visibly. Never throws.
 */
export function printable(original: string, typeface: Typeface): PrintableText {
  if (ORDINARY.test(original)) return { text: original, replaced: 0 };
  const composed = original.normalize('NFC').replace(LINE_BREAKS, '\n').replaceAll('\t', '    ').replace(INVISIBLE, '');
  let text = '';
  let replaced = 0;
  for (const character of composed) {
    const shown = character === '\n' || (!NOT_A_CHARACTER.test(character) && typeface.covers(character.codePointAt(0) ?? 0));
    text += shown ? character : REPLACEMENT;
    if (!shown) replaced += 1;
  }
  return { text, replaced };
}
