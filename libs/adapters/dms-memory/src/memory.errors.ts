// SPDX-License-Identifier: EUPL-1.2
import { DeliveryError } from '@amtsbote/adapter-kit';

import { ArchiveError } from './memory.wire.js';

/** Type of the adapter, first part of all its error codes. */
export const ADAPTER_TYPE = 'dms-memory';

/**
 * Every failure of the archive in the words of the house. What is not a failure of the archive comes back unchanged: it is a bug of ours.
 * `repeatable` = doing the call again cannot harm.
 */
export function asDeliveryError(error: unknown, call: { repeatable: boolean }): unknown {
  if (!(error instanceof ArchiveError)) return DeliveryError.ofTransport(error, ADAPTER_TYPE, call);
  switch (error.code) {
    case 'ACCESS_DENIED':
      return DeliveryError.misconfigured(`${ADAPTER_TYPE}/access-denied`, 'The archive does not accept these credentials.', {
        cause: error,
      });
    case 'AKTE_CLOSED':
      return DeliveryError.refused(`${ADAPTER_TYPE}/akte-closed`, 'The Akte is closed and takes no more documents.', { cause: error });
    case 'BUSY': {
      const pause = error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs };
      return DeliveryError.unavailable(`${ADAPTER_TYPE}/busy`, 'The archive asks to come back later.', { cause: error, ...pause });
    }
    case 'INTERNAL':
      return DeliveryError.unavailable(`${ADAPTER_TYPE}/internal-error`, 'The archive failed.', { cause: error });
    case 'GARBLED':
      return DeliveryError.unavailable(`${ADAPTER_TYPE}/garbled`, 'The archive answered with something that is not an answer.', {
        cause: error,
      });
  }
}

/** The archive kept fewer or other bytes than it was sent. */
export function contentIncomplete(): DeliveryError {
  return DeliveryError.unavailable(`${ADAPTER_TYPE}/content-incomplete`, 'The archive did not keep a document as it was sent.');
}

/** The time for the attempt is over, or the hub stops, before the archive was asked. */
export function aborted(cause: unknown): DeliveryError {
  return DeliveryError.unavailable(`${ADAPTER_TYPE}/aborted`, 'The attempt was ended before the archive was reached.', { cause });
}
