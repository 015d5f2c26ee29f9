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

/** What the sender of a draft is told: a success, because nothing went wrong and nothing shall be sent again. */
export const PASSED_OVER = { status: 'PASSED_OVER', message: 'Kein Antrag: Entwürfe werden nicht übernommen.' } as const;

/** What is told who only says that something is waiting: it is asked for. */
export const SIGNALLED = { status: 'SIGNALLED', message: 'Hinweis angenommen: Die Einreichungen werden abgeholt.' } as const;

/** What a browser may do with the page: nothing but show it. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
};

/** The answer as a page for the citizen: the reference, and nothing that belongs to the house. Both texts are ours; there is nothing to be escaped. */
export function pageOf({ reference, message }: SubmissionAnswer): string {
  return `<!doctype html>
<html lang="de">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Eingang bestätigt: ${reference}</title>
<style>body{font:1.125rem/1.5 system-ui,sans-serif;max-width:40rem;margin:3rem auto;padding:0 1rem;color-scheme:light dark}</style></head>
<body><main><h1>Vielen Dank</h1><p>${message}</p><p>Bitte bewahren Sie die Vorgangsnummer auf.</p></main></body>
</html>
`;
}
