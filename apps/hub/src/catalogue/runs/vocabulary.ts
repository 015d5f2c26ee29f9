// SPDX-License-Identifier: EUPL-1.2
import { storable } from '@amtsbote/store';
import { Injectable } from '@nestjs/common';
import type { QueryRunner } from 'typeorm';

import type { ServiceFacts } from '../facts/object-facts.js';

/** Words that are worth being mistyped. */
const WORD = /^\p{L}{4,40}$/u;
/** Words remembered as stored, so that the same ones are not sent again and again. */
const REMEMBERED_MAX = 50_000;

/**
 * The words of titles and search words, for searches with slips of the pen: what was typed is looked for among them by trigrams. Far fewer
 * than services, and hardly more when the services become many.
 */
@Injectable()
export class Vocabulary {
  private remembered = new Set<string>();

  /** Adds the words of new services, in the caller's transaction. @returns what to remember once that is committed. */
  async learn(sql: QueryRunner, services: readonly ServiceFacts[]): Promise<readonly string[]> {
    const words = new Set<string>();
    for (const { words: byLanguage } of services)
      for (const [titles, short] of [byLanguage.de, byLanguage.en])
        for (const word of [...titles, ...short]) if (WORD.test(word) && !this.remembered.has(word)) words.add(word);
    if (words.size === 0) return [];
    // In one order, whoever writes: two runs that learn the same words must not wait for each other in a circle.
    const sorted = storable([...words].sort()).value;
    await sql.query('INSERT INTO catalogue_word (word) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING', [sorted]);
    return sorted;
  }

  remember(words: readonly string[]): void {
    if (this.remembered.size > REMEMBERED_MAX) this.remembered = new Set();
    for (const word of words) this.remembered.add(word);
  }
}
