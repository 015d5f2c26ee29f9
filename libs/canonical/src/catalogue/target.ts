// SPDX-License-Identifier: EUPL-1.2
import type { CatalogueChange } from './object.js';
import type { CatalogueKey, CatalogueObjectKind } from './parts.js';

/** What a change is about. */
export interface CatalogueTarget {
  readonly kind: CatalogueObjectKind;
  readonly key: CatalogueKey;
}

/** What a change is about. */
export function targetOf(change: CatalogueChange): CatalogueTarget {
  return change.op === 'put' ? { kind: change.object.kind, key: change.object.key } : { kind: change.kind, key: change.key };
}
