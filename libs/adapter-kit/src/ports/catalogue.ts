// SPDX-License-Identifier: EUPL-1.2
import type { JsonValue } from '@amtsbote/canonical';

import { Port } from './port.js';

/** Object kinds of a service catalogue (XZuFi). */
export type CatalogueObjectKind = 'service' | 'specialisation' | 'organisation' | 'onlineService' | 'form' | 'competence';

/** Identity of a catalogue object: the agency that gave the id, and the id. */
export interface CatalogueKey {
  readonly schemeAgencyId: string;
  readonly id: string;
}

/** One change: the whole object, or its removal. Removing the unknown is no error. */
export type CatalogueChange =
  | { readonly op: 'put'; readonly kind: CatalogueObjectKind; readonly key: CatalogueKey; readonly object: JsonValue }
  | { readonly op: 'remove'; readonly kind: CatalogueObjectKind; readonly key: CatalogueKey };

/** In, pull: reads a service catalogue, in constant memory. */
export abstract class CataloguePort extends Port {
  /**
   * Changes since `cursor` (`null` = everything), in the source's order, each page with the cursor to resume after it.
   * @throws DeliveryError kind `unavailable` | `misconfigured`, or `refused` for a source that cannot be read as a catalogue.
   */
  abstract changesSince(
    cursor: string | null,
    signal: AbortSignal,
  ): AsyncIterable<{ readonly changes: readonly CatalogueChange[]; readonly cursor: string }>;
}
