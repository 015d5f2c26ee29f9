// SPDX-License-Identifier: EUPL-1.2

/** Languages that the catalogue is searched in. */
export type SearchLanguage = 'de' | 'en';

/** Weights of PostgreSQL, best first: titles; search words and short texts; full texts. */
export const WEIGHTS = ['A', 'B', 'D'] as const;

const WORD = /[\p{L}\p{N}]{2,60}/gu;

/** Different words of some texts, in lower case. Pure. */
export function wordsOf(texts: readonly string[], max: number): string[] {
  const words = new Set<string>();
  for (const text of texts)
    // Not one by one: an object for each word of a catalogue is most of what an import leaves to the garbage collector.
    for (const word of text.toLowerCase().match(WORD) ?? []) {
      words.add(word);
      if (words.size >= max) return [...words];
    }
  return [...words];
}

/** Words by weight, as {@link WEIGHTS}. */
export type WeighedWords = readonly [readonly string[], readonly string[], readonly string[]];
