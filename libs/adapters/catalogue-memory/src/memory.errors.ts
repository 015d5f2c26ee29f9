// SPDX-License-Identifier: EUPL-1.2
import { DeliveryError } from '@amtsbote/adapter-kit';

/** Prefix of every code of this adapter. */
export const ADAPTER_TYPE = 'catalogue-memory';

/** The cursor is not of this list, as after entries were taken out: only reading everything again helps. */
export function foreignCursor(): DeliveryError {
  return DeliveryError.refused(`${ADAPTER_TYPE}/foreign-cursor`, 'The cursor does not belong to this list: read it from the beginning.');
}

/** The document is not a list of changes. */
export function unreadable(cause: unknown): DeliveryError {
  return DeliveryError.refused(`${ADAPTER_TYPE}/unreadable`, 'The document is not a JSON list of changes of at most 32 MiB.', { cause });
}

/** A snapshot of nothing: whoever took it would delete everything. */
export function empty(): DeliveryError {
  return DeliveryError.refused(`${ADAPTER_TYPE}/empty`, 'The list is empty: an empty snapshot is not taken.');
}

/** The stream of a document broke. */
export function interrupted(cause: unknown): DeliveryError {
  return DeliveryError.unavailable(`${ADAPTER_TYPE}/interrupted`, 'The document ended early.', { cause });
}

/** The reader gave up. */
export function aborted(): DeliveryError {
  return DeliveryError.unavailable(`${ADAPTER_TYPE}/aborted`, 'Reading the catalogue was ended early.');
}
