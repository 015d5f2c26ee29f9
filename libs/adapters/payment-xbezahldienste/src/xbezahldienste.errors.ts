// SPDX-License-Identifier: EUPL-1.2
import { DeliveryError } from '@amtsbote/adapter-kit';
import { HttpFailure } from '@amtsbote/platform';

/** Prefix of every code of this adapter. */
export const ADAPTER_TYPE = 'payment-xbezahldienste';

/** What was asked: `create` may have opened a payment even when the answer says error; `read` changes nothing. */
export type CallKind = 'create' | 'read';

interface Classified {
  readonly kind: 'refused' | 'misconfigured' | 'untransferable';
  readonly code: string;
  readonly message: string;
}

/**
 * The standard's functional codes, except PAYMENT_EXISTS (no failure: the payment is there) and UNSPECIFIED (the HTTP status decides).
 * The provider's free text is not repeated: it may quote the request.
 */
const FUNCTIONAL: Readonly<Record<string, Classified | undefined>> = {
  NO_VALID_ORIGINATOR_OR_DESTINATION: {
    kind: 'misconfigured',
    code: 'unknown-originator',
    message: 'The provider does not know this originatorId and endPointId.',
  },
  NO_VALID_ORIGINATOR_OR_ENDPOINT: {
    kind: 'misconfigured',
    code: 'unknown-originator',
    message: 'The provider does not know this originatorId and endPointId.',
  },
  FORBIDDEN: { kind: 'misconfigured', code: 'forbidden', message: 'The provider does not accept the credentials for this originatorId.' },
  CALCULATION_ERROR: {
    kind: 'untransferable',
    code: 'calculation-error',
    message: 'The provider says that the amount is not the sum of its items.',
  },
  BOOKING_DATA_MISSING: {
    kind: 'untransferable',
    code: 'booking-data-missing',
    message: 'The provider misses accounting data (bookingData) for this service.',
  },
  VALIDATION_ERROR: { kind: 'untransferable', code: 'validation-error', message: 'The provider considers the payment request invalid.' },
};

/** The failure a functional code stands for, or `undefined` when the HTTP status has to decide. */
export function ofFunctionalCode(functionalCode: string | undefined): DeliveryError | undefined {
  if (functionalCode === undefined || !Object.hasOwn(FUNCTIONAL, functionalCode)) return undefined;
  const classified = FUNCTIONAL[functionalCode];
  return classified === undefined ? undefined : DeliveryError[classified.kind](`${ADAPTER_TYPE}/${classified.code}`, classified.message);
}

/**
 * Classifies an answer by its HTTP status alone. A create that failed inside the provider or behind a gateway (500, 502, 504) may have
 * opened the payment: `outcomeUnknown`. 429 and 503 say that nothing was done.
 * @param retryAfterMs pause the provider asked for, in milliseconds.
 */
export function ofStatus(status: number, call: CallKind, retryAfterMs?: number): DeliveryError {
  const details = retryAfterMs === undefined ? {} : { retryAfterMs };
  if (status === 401 || status === 403)
    return DeliveryError.misconfigured(`${ADAPTER_TYPE}/unauthorised`, `The provider does not accept the credentials (HTTP ${status}).`);
  if (status === 429 || status === 408 || status === 425)
    return DeliveryError.unavailable(`${ADAPTER_TYPE}/throttled`, `The provider asks to come back later (HTTP ${status}).`, details);
  if (status === 503)
    return DeliveryError.unavailable(`${ADAPTER_TYPE}/down`, 'The provider says that it is not available (HTTP 503).', details);
  if (status >= 500 && call === 'create')
    return DeliveryError.outcomeUnknown(
      `${ADAPTER_TYPE}/failed-inside`,
      `The provider failed while it opened the payment (HTTP ${status}).`,
    );
  if (status >= 500) return DeliveryError.unavailable(`${ADAPTER_TYPE}/failed-inside`, `The provider failed (HTTP ${status}).`, details);
  if ((status >= 300 && status < 400) || status === 404 || status === 405)
    return DeliveryError.misconfigured(`${ADAPTER_TYPE}/wrong-address`, `The provider has no payment interface there (HTTP ${status}).`);
  return DeliveryError.refused(`${ADAPTER_TYPE}/refused`, `The provider refused the request without a functional code (HTTP ${status}).`);
}

/** A success that is not the standard's answer: after a create the payment may exist, a read is simply asked again. */
export function unreadable(call: CallKind): DeliveryError {
  const message = 'The answer of the provider is not an XBezahldienste transaction.';
  return call === 'create'
    ? DeliveryError.outcomeUnknown(`${ADAPTER_TYPE}/unreadable-answer`, message)
    : DeliveryError.unavailable(`${ADAPTER_TYPE}/unreadable-answer`, message);
}

/** Classifies a failed connection; a TLS handshake that fails is a matter of certificates, not of waiting. */
export function ofConnection(error: unknown, call: CallKind): unknown {
  if (error instanceof HttpFailure && error.code === 'tls')
    return DeliveryError.misconfigured(`${ADAPTER_TYPE}/tls`, 'The TLS connection failed: check certificates on both sides.', {
      cause: error,
    });
  return DeliveryError.ofTransport(error, ADAPTER_TYPE, { repeatable: call === 'read' });
}
