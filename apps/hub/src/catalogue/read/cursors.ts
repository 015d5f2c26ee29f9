// SPDX-License-Identifier: EUPL-1.2
import { ProblemError } from '../../http/problem.js';

/** Parts of a cursor as they travel: JSON in base64url. */
export function writeParts(parts: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** @returns the parts, none for what is no cursor of ours. */
export function cursorParts(cursor: string): (string | number)[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(parts) && parts.every((part) => typeof part === 'string' || typeof part === 'number') ? parts : [];
  } catch {
    return [];
  }
}

export function notACursor(): ProblemError {
  return new ProblemError(400, 'not-a-cursor', 'The cursor is not one of an earlier page.', { place: 'cursor' });
}
