// SPDX-License-Identifier: EUPL-1.2

/** Languages that the catalogue is searched in. */
export type SearchLanguage = 'de' | 'en';

/** Weights of PostgreSQL, best first: titles; search words and short texts; full texts. */
export const WEIGHTS = ['A', 'B', 'D'] as const;

const WORD = /[\p{L}\p{N}]{2,60}/gu;

/** Different words of some texts, in lower case. Pure. */
export function wordsOf(texts: readonly string[], max: number): string[] {
  // Most words are the same ones again and again: each is put into lower case once, not the whole text.
  const seen = new Set<string>();
  const words = new Set<string>();
  for (const text of texts)
    // Not one by one: an object for each word of a catalogue is most of what an import leaves to the garbage collector.
    for (const written of text.match(WORD) ?? []) {
      if (seen.has(written)) continue;
      seen.add(written);
      const word = written.toLowerCase();
      // A few letters become several characters, not all of which are letters (İ).
      for (const part of word.length === written.length ? [word] : (word.match(WORD) ?? [])) words.add(part);
      if (words.size >= max) return [...words].slice(0, max);
    }
  return [...words];
}

/** Words by weight, as {@link WEIGHTS}. */
export type WeighedWords = readonly [readonly string[], readonly string[], readonly string[]];
