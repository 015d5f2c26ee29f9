// SPDX-License-Identifier: EUPL-1.2
import { createHash, timingSafeEqual } from 'node:crypto';

import { IntakeRejection } from '../intake-rejection.js';
import type { RawRequest } from '../ports/forms.js';

/** Compares a credential in a time that depends neither on where the two differ nor on their lengths. */
export function isSameSecret(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text, 'utf8').digest();
  return timingSafeEqual(digest(given), digest(expected));
}

/**
 * A header by which a sender proves itself.
 * @throws IntakeRejection `unsigned` with this code, naming the header, when it is missing or empty.
 */
export function provingHeader(headers: RawRequest['headers'], name: string, code: string): string {
  const value = headers[name];
  if (value === undefined || value === '') throw new IntakeRejection('unsigned', code, `The header "${name}" is missing.`, name);
  return value;
}
