// SPDX-License-Identifier: EUPL-1.2
import type { CatalogueChange } from '@amtsbote/adapter-kit';

import { foreignCursor } from './memory.errors.js';
import type { ListedChange } from './memory.options.js';

/** An entry of the list as a change of the catalogue. */
export function toChange(entry: ListedChange): CatalogueChange {
  return entry;
}

/** The position a cursor means. @throws DeliveryError kind `refused` when it cannot be one of a list of this length. */
export function positionOf(cursor: string | null, length: number): number {
  if (cursor === null) return 0;
  const position = /^\d{1,9}$/.test(cursor) ? Number(cursor) : Number.NaN;
  if (!(position <= length)) throw foreignCursor();
  return position;
}
