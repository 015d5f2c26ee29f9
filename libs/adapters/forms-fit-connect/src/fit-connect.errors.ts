// SPDX-License-Identifier: EUPL-1.2
import { DeliveryError, IntakeRejection } from '@amtsbote/adapter-kit';
import { HttpFailure, TokenFailure } from '@amtsbote/platform';

import type { JweError } from './fit-connect.jwe.auth.js';
import { type ProblemName, PROBLEMS } from './fit-connect.problems.wire.js';
import { type Problem, PROBLEM_TYPE } from './fit-connect.wire.js';

/** Prefix of every code of this adapter. */
export const ADAPTER_TYPE = 'forms-fit-connect';

/**
 * Classifies an answer that is no success.
 * @param retryAfterMs pause the delivery service asked for, in milliseconds.
 */
export function ofStatus(status: number, retryAfterMs?: number): DeliveryError {
  const details = retryAfterMs === undefined ? {} : { retryAfterMs };
  if (status === 401)
    return DeliveryError.misconfigured(`${ADAPTER_TYPE}/unauthorised`, 'The delivery service does not accept the access token (HTTP 401).');
  if (status === 403)
    return DeliveryError.misconfigured(
      `${ADAPTER_TYPE}/forbidden`,
      'The delivery service forbids it (HTTP 403): look at the scope subscribe:destination of the client, and at the User-Agent.',
    );
  if (status === 408 || status === 425 || status === 429)
    return DeliveryError.unavailable(
      `${ADAPTER_TYPE}/throttled`,
      `The delivery service asks to come back later (HTTP ${status}).`,
      details,
    );
  if (status >= 500) return DeliveryError.unavailable(`${ADAPTER_TYPE}/failed`, `The delivery service failed (HTTP ${status}).`, details);
  if ((status >= 300 && status < 400) || status === 405)
    return DeliveryError.misconfigured(`${ADAPTER_TYPE}/wrong-address`, `There is no Submission API at this address (HTTP ${status}).`);
  return DeliveryError.refused(`${ADAPTER_TYPE}/refused`, `The delivery service refused the request (HTTP ${status}).`);
}

/** Classifies a failed connection. Events are looked up in the log before they are sent again, so every call is repeatable. */
export function ofConnection(error: unknown): unknown {
  if (error instanceof TokenFailure) {
    return error.isRefusal
      ? DeliveryError.misconfigured(
          `${ADAPTER_TYPE}/client-refused`,
          `The token service does not accept client and secret (HTTP ${error.status}).`,
        )
      : ofStatus(error.status === 200 ? 502 : error.status, error.retryAfterMs);
  }
  if (error instanceof HttpFailure && error.code === 'tls')
    return DeliveryError.misconfigured(`${ADAPTER_TYPE}/tls`, 'The TLS connection failed: check the certificate of the delivery service.', {
      cause: error,
    });
  if (error instanceof HttpFailure && error.code === 'answer-too-large')
    return DeliveryError.refused(`${ADAPTER_TYPE}/answer-too-large`, 'The delivery service answered with more than is read into memory.');
  return DeliveryError.ofTransport(error, ADAPTER_TYPE, { repeatable: true });
}

/** An answer that had begun, and ended before its end. */
export function interrupted(cause: unknown): DeliveryError {
  return DeliveryError.unavailable(`${ADAPTER_TYPE}/interrupted`, 'The connection ended in the middle of an attachment.', { cause });
}

/** An answer of the delivery service that is not what the Submission API says. */
export function unreadable(what: string): DeliveryError {
  return DeliveryError.unavailable(`${ADAPTER_TYPE}/unreadable-answer`, `The answer of the delivery service is not readable: ${what}.`);
}

/** The submission stays where it is, for a reason that is ours or nobody's. */
export function left(code: string, message: string): DeliveryError {
  return DeliveryError.refused(`${ADAPTER_TYPE}/${code}`, message);
}

/**
 * A problem the sender has to hear of. `place` is the problem's `instance`: `metadata`, `data`, `submission` or `attachment:<id>`.
 */
export function problem(name: ProblemName, place: string, detail: string = PROBLEMS[name][1]): IntakeRejection {
  return new IntakeRejection(name === 'syntax-violation' ? 'malformed' : 'untranslatable', name, detail, place);
}

/** The problem a rejection stands for, or `undefined` when the sender must not hear of it: it is not among the specification's. */
export function problemOf({ code, detail, place }: IntakeRejection): Problem | undefined {
  if (!Object.hasOwn(PROBLEMS, code) || place === undefined || !INSTANCE.test(place)) return undefined;
  const [title] = PROBLEMS[code as ProblemName];
  return { type: `${PROBLEM_TYPE}${code}`, title, detail, instance: place };
}
const INSTANCE = /^(?:metadata|data|submission|attachment:[0-9a-fA-F-]{32,36})$/;

/**
 * What an unreadable JWE means. Only what was received whole, as the log describes it, and with the key that the sender was given is the
 * sender's fault; everything else is left.
 * @param isOurKey whether the key with that `kid` is the published one; asked only when it matters.
 */
export async function ofJwe(
  error: JweError,
  place: string,
  isOurKey: (kid: string) => Promise<boolean>,
): Promise<IntakeRejection | DeliveryError> {
  switch (error.fault) {
    case 'malformed':
      return left('content-incomplete', `What the delivery service hands out is no whole JWE (${placeForOperators(place)}).`);
    case 'compressed':
      return left('content-compressed', `The content is compressed (zip), which is not read (${placeForOperators(place)}).`);
    case 'keyMissing':
      return left('key-missing', `The private key for kid "${shownKid(error.kid)}" is not configured (${placeForOperators(place)}).`);
    case 'tagDiffers':
      return problem('incorrect-authentication-tag', place);
    case 'unsupported':
      return problem('encryption-issue', place);
    case 'undecryptable':
      return (await isOurKey(error.kid ?? ''))
        ? problem('encryption-issue', place)
        : left('key-differs', `The private key for kid "${shownKid(error.kid)}" is not the one whose public key is published.`);
  }
}

function placeForOperators(place: string): string {
  return place.split(':')[0] ?? '';
}

/** A sender may write anything there. */
function shownKid(kid = ''): string {
  return kid.replaceAll(/[^\w.:-]/g, '?').slice(0, 64);
}
