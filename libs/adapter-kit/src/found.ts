// SPDX-License-Identifier: EUPL-1.2

/**
 * The answer to "did it happen?": the receipt of what is there, a certain no, or `cannotTell`, which parks the step in front of a person:
 * never a blind retry.
 */
export type Found<Receipt> = { readonly found: Receipt } | 'absent' | 'cannotTell';

/** Narrows a search result to the receipt. */
export function isFound<Receipt>(result: Found<Receipt>): result is { readonly found: Receipt } {
  return typeof result === 'object';
}
