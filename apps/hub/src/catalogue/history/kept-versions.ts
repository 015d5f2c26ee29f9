// SPDX-License-Identifier: EUPL-1.2
import type { Sql } from '@amtsbote/store';

import { ProblemError } from '../../http/problem.js';

/** A source that cannot be read at a version any more. */
interface Gone {
  readonly name: string;
  readonly oldest: number;
}

/**
 * Makes sure that a version can be read as it was: of old ones only those are kept that are young enough or named by an application.
 * @throws ProblemError 404 `unknown-version`, 410 `version-gone` that names the oldest version which is there
 */
export async function requireKept(sql: Sql, version: number, sources: readonly number[]): Promise<void> {
  const [head] = await sql.query<{ version: number }>('SELECT version FROM catalogue_head');
  if (version > (head?.version ?? 0))
    throw new ProblemError(404, 'unknown-version', `The catalogue has no version ${version} yet.`, { place: 'version' });
  const [gone] = await sql.query<Gone>(GONE, [sources, version]);
  if (gone === undefined) return;
  throw new ProblemError(
    410,
    'version-gone',
    `Version ${version} of ${gone.name} is no longer kept; the oldest that can be read whole is ${gone.oldest}.`,
    { place: 'version', oldestVersion: gone.oldest },
  );
}

const GONE = `
  SELECT s.name, s.oldest_version AS oldest FROM catalogue_source s
  WHERE s.no = ANY($1::int[]) AND s.oldest_version > $2::int
    AND NOT EXISTS (SELECT FROM catalogue_kept_version k WHERE k.source_no = s.no AND k.version = $2)
  ORDER BY s.oldest_version DESC LIMIT 1`;
