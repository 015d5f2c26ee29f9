// SPDX-License-Identifier: EUPL-1.2
import { filedUnder, type FilingReceipt, type FilingRequest } from '@amtsbote/adapter-kit';

/** The receipt of a filing that took place nowhere; equal for equal requests. */
export function receiptOf({ application, documents, ...request }: FilingRequest, actKey: string): FilingReceipt {
  return {
    akte: { id: `failing-akte-${application.tenant}`, title: `Akte ${application.tenant}` },
    vorgang: { id: `failing-vorgang-${application.id}`, title: `Vorgang ${application.reference}` },
    documents: documents.map(({ key }) => ({ key, id: `failing-${filedUnder(request, actKey)}-${key}` })),
  };
}
