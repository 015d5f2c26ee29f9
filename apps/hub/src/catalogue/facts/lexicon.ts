// SPDX-License-Identifier: EUPL-1.2
import type { Sql } from '@amtsbote/store';
import { Injectable } from '@nestjs/common';

import { type SearchLanguage, type WeighedWords, WEIGHTS } from './words.js';

/** PostgreSQL's dictionaries for the stems of a language. */
const DICTIONARIES: Readonly<Record<SearchLanguage, string>> = { de: 'german_stem', en: 'english_stem' };

const HAS_DIGIT = /\p{N}/u;
/** Stems remembered per language; a catalogue of all Länder has some ten thousand different words. */
const REMEMBERED_MAX = 30_000;

/**
 * Stems of words, as PostgreSQL's dictionaries give them. A catalogue says the same words again and again: each is asked for once and
 * remembered, which is many times faster than having the database read every text. Both sides of a search use it, so they always agree.
 */
@Injectable()
export class Lexicon {
  private readonly stems: Record<SearchLanguage, Map<string, string | null>> = { de: new Map(), en: new Map() };

  /** Makes sure that the stems of these words are known. */
  async learn(sql: Sql, language: SearchLanguage, words: Iterable<string>): Promise<void> {
    const known = this.stems[language];
    const unknown = new Set<string>();
    for (const word of words) if (!known.has(word)) unknown.add(word);
    if (unknown.size === 0) return;
    if (known.size > REMEMBERED_MAX) known.clear();
    const query = `SELECT word, (ts_lexize('${DICTIONARIES[language]}', word))[1] AS stem FROM unnest($1::text[]) AS word`;
    for (const { word, stem } of await sql.query<{ word: string; stem: string | null }>(query, [[...unknown]])) known.set(word, stem);
    // What holds digits is no word of a language: it is looked for as it is written.
    for (const word of unknown) if (HAS_DIGIT.test(word)) known.set(word, word);
  }

  /** The stem of a word that was learned; `null` for words that nobody looks for ("die", "the"). */
  stemOf(language: SearchLanguage, word: string): string | null {
    return this.stems[language].get(word) ?? null;
  }

  /** Words as a tsvector's text; of a word in several weights the best counts. */
  vectorOf(texts: Readonly<Record<SearchLanguage, WeighedWords>>): string {
    const weights = new Map<string, string>();
    for (const language of ['de', 'en'] as const)
      for (const [index, words] of texts[language].entries())
        for (const word of words) {
          const stem = this.stemOf(language, word);
          const weight = WEIGHTS[index] ?? 'D';
          if (stem !== null && (weights.get(stem) ?? 'Z') > weight) weights.set(stem, weight);
        }
    return [...weights].map(([stem, weight]) => `'${quoted(stem)}':1${weight}`).join(' ');
  }

  /** Words of the titles alone. */
  titleVectorOf({ de, en }: Readonly<Record<SearchLanguage, WeighedWords>>): string {
    return this.vectorOf({ de: [de[0], [], []], en: [en[0], [], []] });
  }
}

/** A lexeme between the quotes of a tsvector or tsquery. */
export function quoted(lexeme: string): string {
  return lexeme.replace(/['\\]/g, (one) => one + one);
}
