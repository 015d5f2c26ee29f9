// SPDX-License-Identifier: EUPL-1.2

/** What PostgreSQL takes in the place of what it refuses: U+FFFD, the replacement character. */
const REPLACEMENT = '\uFFFD';
/** U+0000 and lone halves of surrogate pairs: legal in JSON (RFC 8259, section 8.2) and in JavaScript, refused by `text` and `jsonb`. */
const UNSTORABLE = /\0|\p{Cs}/gu;

/** A value that can be stored, and how many characters had to be replaced for it. */
export interface Storable<Value> {
  readonly value: Value;
  readonly replaced: number;
}

/**
 * Makes every text of a JSON-like value storable, keys of objects included: each character that PostgreSQL refuses becomes U+FFFD. Lengths
 * in UTF-16 units stay; keys that would fall together are kept apart.
 */
export function storable<Value>(value: Value): Storable<Value> {
  // Nearly everything is: a look costs a tenth of a copy.
  if (isStorable(value)) return { value, replaced: 0 };
  let replaced = 0;
  const text = (original: string): string =>
    original.replace(UNSTORABLE, () => {
      replaced += 1;
      return REPLACEMENT;
    });
  const copy = (original: unknown): unknown => {
    if (typeof original === 'string') return text(original);
    if (Array.isArray(original)) return original.map(copy);
    if (typeof original !== 'object' || original === null) return original;
    const members = new Map<string, unknown>();
    for (const [key, member] of Object.entries(original)) {
      let free = text(key);
      while (members.has(free)) free += REPLACEMENT;
      members.set(free, copy(member));
    }
    return Object.fromEntries(members);
  };
  return { value: copy(value) as Value, replaced };
}

function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0');
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(isStorable);
  for (const key in value) {
    if (!isStorable(key) || !isStorable((value as Record<string, unknown>)[key])) return false;
  }
  return true;
}
