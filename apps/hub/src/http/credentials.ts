// SPDX-License-Identifier: EUPL-1.2
import { createHash, timingSafeEqual } from 'node:crypto';

import { ProblemError } from './problem.js';

/** Compares secrets in constant time, whatever their lengths. */
export function isSameSecret(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

/**
 * The configured credential that a bearer token (or the password of HTTP Basic, for back offices that know nothing else) belongs to.
 * Every candidate is compared, so that timing tells nothing.
 * @throws ProblemError 401
 */
export function authenticate<Credential extends { readonly token: string }>(
  authorization: string | undefined,
  credentials: readonly Credential[],
): Credential {
  const given = secretOf(authorization);
  let match: Credential | undefined;
  for (const credential of credentials) if (isSameSecret(given, credential.token)) match = credential;
  if (match === undefined || given === '')
    throw new ProblemError(401, 'not-authenticated', 'A valid bearer token is needed in the Authorization header.');
  return match;
}

function secretOf(authorization: string | undefined): string {
  const [scheme = '', value = ''] = (authorization ?? '').split(' ', 2);
  if (scheme.toLowerCase() === 'bearer') return value;
  if (scheme.toLowerCase() !== 'basic') return '';
  const decoded = Buffer.from(value, 'base64').toString('utf8');
  return decoded.slice(decoded.indexOf(':') + 1);
}
