// SPDX-License-Identifier: EUPL-1.2
import { filedFor, filedUnder, type FilingReceipt, type FilingRequest } from '@amtsbote/adapter-kit';

/** The receipt of a filing that took place nowhere; equal for equal requests. */
export function receiptOf(request: FilingRequest, actKey: string): FilingReceipt {
  const application = filedFor(request);
  return {
    akte: { id: `failing-akte-${application.tenant}`, title: `Akte ${application.tenant}` },
    vorgang: { id: `failing-vorgang-${application.id}`, title: `Vorgang ${application.reference}` },
    documents: request.documents.map(({ key }) => ({ key, id: `failing-${filedUnder(request, actKey)}-${key}` })),
  };
}
