// SPDX-License-Identifier: EUPL-1.2
import { CatalogueChange } from '@amtsbote/canonical';
import { z } from 'zod';

import { foreignCursor, unreadable } from './memory.errors.js';

const List = z.array(CatalogueChange);

/** The position a cursor means. @throws DeliveryError kind `refused` when it cannot be one of a list of this length. */
export function positionOf(cursor: string | null, length: number): number {
  if (cursor === null) return 0;
  const position = /^\d{1,9}$/.test(cursor) ? Number(cursor) : Number.NaN;
  if (!(position <= length)) throw foreignCursor();
  return position;
}

/** The changes of a document: a JSON list as in the options. @throws DeliveryError kind `refused` for anything else. */
export function changesOf(bytes: Buffer): CatalogueChange[] {
  try {
    return List.parse(JSON.parse(bytes.toString('utf8')));
  } catch (cause) {
    throw unreadable(cause);
  }
}

/** Parts without a place in the model, in all objects of a page. */
export function unknownIn(changes: readonly CatalogueChange[]): number {
  return changes.reduce((sum, change) => sum + (change.op === 'put' ? change.object.unknown.length : 0), 0);
}
