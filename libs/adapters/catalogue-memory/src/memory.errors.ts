// SPDX-License-Identifier: EUPL-1.2
import { DeliveryError } from '@amtsbote/adapter-kit';

/** Prefix of every code of this adapter. */
export const ADAPTER_TYPE = 'catalogue-memory';

/** The cursor is not of this list, as after entries were taken out: only reading everything again helps. */
export function foreignCursor(): DeliveryError {
  return DeliveryError.refused(`${ADAPTER_TYPE}/foreign-cursor`, 'The cursor does not belong to this list: read it from the beginning.');
}

/** The reader gave up. */
export function aborted(): DeliveryError {
  return DeliveryError.unavailable(`${ADAPTER_TYPE}/aborted`, 'Reading the catalogue was ended early.');
}
