// SPDX-License-Identifier: EUPL-1.2

/** One escape of a JSON text; read one after the other, so that an escaped backslash is never taken for the beginning of the next escape. */
const ESCAPE = /\\(?:u[0-9a-f]{4}|.)/gi;
/** U+0000 and halves of surrogate pairs; whole pairs are not escaped by `JSON.stringify`. */
const UNSTORABLE = /^\\u(?:0000|d[89a-f][0-9a-f]{2})$/i;
const REPLACEMENT = '\ufffd';

/**
 * A value as JSON that PostgreSQL takes: its `jsonb` and `text` know neither U+0000 nor halves of surrogate pairs, which people paste and
 * careless cutting of texts makes. They become U+FFFD (the replacement character), in keys as in values; nothing else changes.
 */
export function storableJson(value: unknown): string {
  return JSON.stringify(value).replace(ESCAPE, (escape) => (UNSTORABLE.test(escape) ? REPLACEMENT : escape));
}

/** Whether a text is stored as it is. */
export function isStorable(text: string): boolean {
  return !text.includes('\u0000') && text.isWellFormed();
}
