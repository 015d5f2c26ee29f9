// SPDX-License-Identifier: EUPL-1.2
import type { CatalogueKey } from '@amtsbote/canonical';

import { ProblemError } from '../../http/problem.js';

/** A key in an address: `agency:id`, each part percent-encoded, so that the colon between them is the only one. */
export function writeKey({ schemeAgencyId, id }: CatalogueKey): string {
  return `${encodeURIComponent(schemeAgencyId)}:${encodeURIComponent(id)}`;
}

/** @throws ProblemError 400 */
export function readKey(text: string): CatalogueKey {
  const [agency, id, ...more] = text.split(':');
  if (agency !== undefined && id !== undefined && id !== '' && more.length === 0) {
    try {
      return { schemeAgencyId: decodeURIComponent(agency), id: decodeURIComponent(id) };
    } catch {
      // Not percent-encoded by anybody's rules: refused below.
    }
  }
  throw new ProblemError(400, 'not-a-key', 'A key is <agency>:<id>, each part percent-encoded.', { place: 'id' });
}
