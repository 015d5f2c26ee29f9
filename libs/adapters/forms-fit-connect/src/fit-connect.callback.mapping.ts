// SPDX-License-Identifier: EUPL-1.2
import { IntakeRejection, isJsonObject, readJson } from '@amtsbote/adapter-kit';
import type { JsonValue } from '@amtsbote/canonical';

import { isSameId } from './fit-connect.set.auth.js';

/** A callback that names more is answered by asking all. */
const NAMED_MAX = 500;

/**
 * The destinations of which a callback says that something is new; none named: all. Callbacks of every kind wake: asking once too often costs
 * nothing, and which kinds there are is not known to the end.
 * @throws IntakeRejection `malformed`
 */
export function calledDestinations(body: Uint8Array, known: readonly string[]): readonly string[] {
  const read = readJson(body);
  if (!isJsonObject(read) || typeof read['type'] !== 'string')
    throw new IntakeRejection('malformed', 'no-callback', 'A callback is an object with a type.', '/type');
  const named = idsIn(read['submissions']);
  return named === undefined ? [] : known.filter((id) => named.some((candidate) => isSameId(candidate, id)));
}

/** `undefined` when the callback does not say it of all of them. */
function idsIn(submissions: JsonValue | undefined): string[] | undefined {
  if (!Array.isArray(submissions) || submissions.length > NAMED_MAX) return undefined;
  const ids = submissions.map((submission) => (isJsonObject(submission) ? submission['destinationId'] : undefined));
  return ids.every((id) => typeof id === 'string') ? ids : undefined;
}
