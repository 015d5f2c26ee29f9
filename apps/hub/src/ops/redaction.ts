// SPDX-License-Identifier: EUPL-1.2
import type { JsonValue } from '@amtsbote/canonical';

/** Parts of receipts that are free text of a target, or a link that opens something: a title of a Vorgang may name its applicant. */
const HIDDEN = ['title', 'text', 'payUrl', 'url'];

/** A receipt without free text and links: ids and times are enough to find it in the target. Pure. */
export function withoutNames(receipt: JsonValue): JsonValue {
  if (Array.isArray(receipt)) return receipt.map(withoutNames);
  if (typeof receipt !== 'object' || receipt === null) return receipt;
  return Object.fromEntries(
    Object.entries(receipt)
      .filter(([key]) => !HIDDEN.includes(key))
      .map(([key, value]) => [key, withoutNames(value)]),
  );
}
