// SPDX-License-Identifier: EUPL-1.2
import type { AcceptedRow } from './accept.js';

/** What the sender is told. Never empty: some form servers take an empty body for a failure and send again. */
export interface SubmissionAnswer {
  readonly applicationId: string;
  readonly reference: string;
  readonly statusUrl: string;
  readonly receivedAt: string;
  readonly status: 'SUBMITTED';
  /** The names under which form servers look for the reference and a text that may be shown to a citizen. */
  readonly fileNumber: string;
  readonly message: string;
}

/** The answer to a submission; equal for the same submission sent again. */
export function answerOf(row: AcceptedRow, publicUrl: string): SubmissionAnswer {
  return {
    applicationId: row.id,
    reference: row.reference,
    statusUrl: `${publicUrl.replace(/\/$/, '')}/applications/${row.id}/status`,
    receivedAt: row.receivedAt.toISOString(),
    status: 'SUBMITTED',
    fileNumber: row.reference,
    message: `Ihr Antrag ist eingegangen. Vorgangsnummer: ${row.reference}`,
  };
}
