// SPDX-License-Identifier: EUPL-1.2
import type { ExportReceipt, ExportRequest } from '@amtsbote/adapter-kit';

import type { BoxRecord } from './memory.wire.js';

/** The application as it lies in the box: reference and, per document, what was measured. */
export function toRecord(
  { application, documents }: ExportRequest,
  measured: readonly { size: number; sha512: string }[],
): Omit<BoxRecord, 'id'> {
  return {
    reference: application.reference,
    documents: documents.flatMap(({ fileName }, index) => (measured[index] === undefined ? [] : [{ fileName, ...measured[index] }])),
  };
}

/** The receipt of a record. */
export function receiptOf({ id }: BoxRecord): ExportReceipt {
  return { id };
}
