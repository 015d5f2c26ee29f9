// SPDX-License-Identifier: EUPL-1.2
import { DeliveryError } from '@amtsbote/adapter-kit';
import { type HttpAnswer, retryAfterMs } from '@amtsbote/platform';

/** Type of the adapter, first part of all its error codes. */
export const ADAPTER_TYPE = 'forms-form-solutions';

/** What an answer that is no success means. Carries no text of it: it may quote what a citizen typed. */
export function failureOfAnswer({ status, headers }: Pick<HttpAnswer, 'status' | 'headers'>, now: Date): DeliveryError {
  const pause = retryAfterMs(headers['retry-after'], now);
  const details = pause === undefined ? {} : { retryAfterMs: pause };
  switch (true) {
    case status === 401:
      return DeliveryError.misconfigured(`${ADAPTER_TYPE}/login-refused`, 'The form server does not accept Mandant and API key.');
    case status === 403:
      return DeliveryError.misconfigured(`${ADAPTER_TYPE}/permission-denied`, 'The Mandant may not do this at the form server.');
    case status === 404 || status === 405:
      return DeliveryError.misconfigured(
        `${ADAPTER_TYPE}/not-there`,
        'The form server knows no such address: check baseUrl, mandant and form.',
      );
    case status >= 300 && status < 400:
      return DeliveryError.misconfigured(`${ADAPTER_TYPE}/redirected`, 'The form server sends to another address; it is never followed.');
    case status === 429 || status === 408:
      return DeliveryError.unavailable(`${ADAPTER_TYPE}/throttled`, 'The form server asks to come back later.', details);
    case status >= 500:
      return DeliveryError.unavailable(`${ADAPTER_TYPE}/server-error`, 'The form server failed.', details);
    default:
      return DeliveryError.refused(
        `${ADAPTER_TYPE}/refused`,
        `The form server refuses for a reason this adapter does not know (${status}).`,
      );
  }
}

/** An answer that is not in the language of the API: a proxy's page, half a body. */
export function unreadable(): DeliveryError {
  return DeliveryError.unavailable(`${ADAPTER_TYPE}/unreadable-answer`, 'The form server answered with something that is not its API.');
}

/** A connection that failed. Everything asked of the API may be asked again. */
export function failureOfCall(error: unknown): unknown {
  return DeliveryError.ofTransport(error, ADAPTER_TYPE, { repeatable: true });
}
