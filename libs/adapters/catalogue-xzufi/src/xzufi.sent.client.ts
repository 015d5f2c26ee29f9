// SPDX-License-Identifier: EUPL-1.2
import type { CatalogueObjectKind } from '@amtsbote/canonical';

import type { BatchResult } from './xzufi.batch.client.js';

/** A change on its way from a thread: texts are handed over many times faster than objects. Without JSON it is a removal. */
export type SentChange = readonly [kind: CatalogueObjectKind, schemeAgencyId: string, id: string, json: string | null];

/** A result on its way from a thread. */
export type SentResult = Omit<BatchResult, 'changes'> & { readonly sent: readonly SentChange[] };

/** A result as it is handed over. */
export function sentResult({ changes, ...rest }: BatchResult): SentResult {
  const sent = changes.map((change): SentChange => {
    if (change.op === 'remove') return [change.kind, change.key.schemeAgencyId, change.key.id, null];
    const { object } = change;
    return [object.kind, object.key.schemeAgencyId, object.key.id, JSON.stringify(object)];
  });
  return { ...rest, sent };
}
