// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';

import { Client, type ClientConfig } from 'pg';

import { watchAnswers } from './answers.js';

/** Statements that are parsed and planned once per connection, with the names they go by there. */
const names = new Map<string, string>();

/**
 * Marks a statement that runs for every application many times: PostgreSQL keeps it parsed and, where that is no worse, planned. Half of
 * what such a statement costs is reading and planning it. Not for statements that search the message queue: a plan made while that table is
 * empty would be kept for a burst of thousands.
 * @returns the same text.
 */
export function prepared(text: string): string {
  names.set(text, `amtsbote_${createHash('sha256').update(text).digest('hex').slice(0, 24)}`);
  return text;
}

/** Settings of a {@link PreparingClient} beyond those of `pg`. */
export interface PreparingSettings {
  /** Longest wait for the answer to a statement, in milliseconds, see {@link watchAnswers}; absent = for ever. */
  readonly answerMs?: number;
}

/** A connection that runs {@link prepared} texts as named statements; everything else as it comes. */
export class PreparingClient extends Client {
  constructor(config?: string | (ClientConfig & PreparingSettings)) {
    super(config);
    // Between the pool that hands it out and whoever takes it nobody listens: a server that ends the connection in that moment must not end the
    // process. Whoever uses it next hears of it.
    this.on('error', () => undefined);
    const { answerMs } = typeof config === 'object' ? config : {};
    const query = this.query.bind(this) as (...wish: unknown[]) => unknown;
    // Assigned, not overridden: of the ten ways to call it only the one with text and values is of interest.
    Object.assign(this, {
      query: (first: unknown, values: unknown, ...rest: unknown[]): unknown => {
        const name = typeof first === 'string' && Array.isArray(values) ? names.get(first) : undefined;
        return name === undefined ? query(first, values, ...rest) : query({ name, text: first, values }, ...rest);
      },
    });
    if (answerMs !== undefined) watchAnswers(this, answerMs);
  }
}
