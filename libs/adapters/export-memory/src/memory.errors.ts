// SPDX-License-Identifier: EUPL-1.2
import { DeliveryError } from '@amtsbote/adapter-kit';

/** Prefix of every code of this adapter. */
export const ADAPTER_TYPE = 'export-memory';

/** How a box fails, in place of a line that does. */
export type BoxFailureCode = 'notReached' | 'answerLost' | 'failed' | 'unauthorised' | 'throttled' | 'refused';

/** A failure of the box. */
export class BoxFailure extends Error {
  override readonly name = 'BoxFailure';
  constructor(
    readonly code: BoxFailureCode,
    readonly retryAfterMs?: number,
  ) {
    super(code);
  }
}

/** Classifies what a box throws; anything else is our own mistake and stays as it is. `isRead`: the call changes nothing. */
export function ofBox(error: unknown, isRead: boolean): unknown {
  if (!(error instanceof BoxFailure)) return error;
  switch (error.code) {
    case 'notReached':
    case 'failed':
      return DeliveryError.unavailable(`${ADAPTER_TYPE}/${error.code}`, 'The box is not available.');
    case 'throttled':
      return DeliveryError.unavailable(`${ADAPTER_TYPE}/throttled`, 'The box asks to come back later.', {
        ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
      });
    case 'unauthorised':
      return DeliveryError.misconfigured(`${ADAPTER_TYPE}/unauthorised`, 'The box does not accept the instance.');
    case 'refused':
      return DeliveryError.refused(`${ADAPTER_TYPE}/refused`, 'The box refused the application.');
    case 'answerLost':
      return isRead
        ? DeliveryError.unavailable(`${ADAPTER_TYPE}/answer-lost`, 'The answer of the box was lost.')
        : DeliveryError.outcomeUnknown(`${ADAPTER_TYPE}/answer-lost`, 'The answer of the box was lost.');
  }
}

/** An answer that is no record. */
export function unreadable(isRead: boolean): DeliveryError {
  const message = 'The answer of the box is not a record.';
  return isRead
    ? DeliveryError.unavailable(`${ADAPTER_TYPE}/unreadable-answer`, message)
    : DeliveryError.outcomeUnknown(`${ADAPTER_TYPE}/unreadable-answer`, message);
}
