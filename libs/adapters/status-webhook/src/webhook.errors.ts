// SPDX-License-Identifier: EUPL-1.2
import { DeliveryError } from '@amtsbote/adapter-kit';
import { HttpFailure } from '@amtsbote/platform';

/** Prefix of every code of this adapter. */
export const ADAPTER_TYPE = 'status-webhook';

/**
 * Classifies an answer that is no 2xx, after Standard Webhooks 1.0.0: redirects are failures, 410 means "never again", 429 and 5xx pass.
 * @param retryAfterMs pause the portal asked for, in milliseconds.
 */
export function ofStatus(status: number, retryAfterMs?: number): DeliveryError {
  const details = retryAfterMs === undefined ? {} : { retryAfterMs };
  if (status >= 300 && status < 400)
    return DeliveryError.misconfigured(`${ADAPTER_TYPE}/redirected`, `The portal redirects (HTTP ${status}): enter the new address.`);
  if (status === 401 || status === 403)
    return DeliveryError.misconfigured(`${ADAPTER_TYPE}/unauthorised`, `The portal does not accept the signature (HTTP ${status}).`);
  if (status === 410)
    return DeliveryError.misconfigured(`${ADAPTER_TYPE}/endpoint-gone`, 'The portal says that it takes no more webhooks at this address.');
  if (status === 408 || status === 425 || status === 429)
    return DeliveryError.unavailable(`${ADAPTER_TYPE}/throttled`, `The portal asks to come back later (HTTP ${status}).`, details);
  if (status >= 500) return DeliveryError.unavailable(`${ADAPTER_TYPE}/failed`, `The portal failed (HTTP ${status}).`, details);
  return DeliveryError.refused(`${ADAPTER_TYPE}/refused`, `The portal refused the status update (HTTP ${status}).`);
}

/** Classifies a failed connection. Receivers drop doubles by `webhook-id`, so a lost answer is simply sent again. */
export function ofConnection(error: unknown): unknown {
  if (error instanceof HttpFailure && error.code === 'tls')
    return DeliveryError.misconfigured(`${ADAPTER_TYPE}/tls`, 'The TLS connection failed: check the certificate of the portal.', {
      cause: error,
    });
  return DeliveryError.ofTransport(error, ADAPTER_TYPE, { repeatable: true });
}
