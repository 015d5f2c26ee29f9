// SPDX-License-Identifier: EUPL-1.2
import type { EndpointConfig } from '../config/endpoint-config.js';
import type { AcceptedRow } from './accept.js';

/** What the sender is told. Never empty: some form servers take an empty body for a failure and send again. */
export interface SubmissionAnswer extends Readonly<Record<string, string>> {
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

/** An answer as it goes over the wire. */
export interface WrittenAnswer {
  readonly headers: Readonly<Record<string, string>>;
  /** Text, or an object that becomes JSON. Never empty. */
  readonly body: string | Readonly<Record<string, string>>;
}
type AnswerShape = Pick<EndpointConfig, 'answerAs' | 'answerMembers'>;

/** An answer in the shape the endpoint's sender understands. Pure. */
export function written(answer: Readonly<Record<string, string>> & { readonly message: string }, shape: AnswerShape): WrittenAnswer {
  const { answerAs, answerMembers } = shape;
  const named = answerMembers === undefined ? answer : chosen(answer, answerMembers);
  switch (answerAs) {
    case 'json':
      return { headers: {}, body: named };
    case 'xml':
      return { headers: { ...PLAIN_HEADERS, 'content-type': 'application/xml; charset=utf-8' }, body: xmlOf(named) };
    case 'text':
      return { headers: { ...PLAIN_HEADERS, 'content-type': 'text/plain; charset=utf-8' }, body: answer['reference'] ?? answer.message };
    case 'page':
      return { headers: PAGE_HEADERS, body: pageOf(answer) };
  }
}

/** A draft has no reference: what it lacks is left out, and the message is always there, because an empty answer is a failure to some. */
function chosen(answer: Readonly<Record<string, string>>, members: NonNullable<AnswerShape['answerMembers']>): Record<string, string> {
  const found = Object.entries(members).flatMap(([name, source]): [string, string][] => {
    const value = answer[source];
    return value === undefined ? [] : [[name, value]];
  });
  return found.length === 0 ? { message: answer['message'] ?? '' } : Object.fromEntries(found);
}

/** Names are the operator's and checked; values are ours. */
function xmlOf(members: Readonly<Record<string, string>>): string {
  const escaped = (text: string): string => text.replace(/[<>&]/g, (character) => `&#${character.charCodeAt(0)};`);
  const elements = Object.entries(members).map(([name, value]) => `  <${name}>${escaped(value)}</${name}>\n`);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<answer>\n${elements.join('')}</answer>\n`;
}

const PLAIN_HEADERS: Readonly<Record<string, string>> = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

/** What the sender of a draft is told: a success, because nothing went wrong and nothing shall be sent again. */
export const PASSED_OVER = { status: 'PASSED_OVER', message: 'Kein Antrag: Entwürfe werden nicht übernommen.' } as const;

/** What is told who only says that something is waiting: it is asked for. */
export const SIGNALLED = { status: 'SIGNALLED', message: 'Hinweis angenommen: Die Einreichungen werden abgeholt.' } as const;

/** What a browser may do with the page: nothing but show it. */
const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
};

/** The answer as a page for the citizen: the reference, and nothing that belongs to the house. All texts are ours; there is nothing to be escaped. */
function pageOf({ reference, message }: Readonly<Record<string, string>>): string {
  const [title, thanks, keep] =
    reference === undefined
      ? ['Nicht übernommen', '', '']
      : [`Eingang bestätigt: ${reference}`, '<h1>Vielen Dank</h1>', '<p>Bitte bewahren Sie die Vorgangsnummer auf.</p>'];
  return `<!doctype html>
<html lang="de">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title>
<style>body{font:1.125rem/1.5 system-ui,sans-serif;max-width:40rem;margin:3rem auto;padding:0 1rem;color-scheme:light dark}</style></head>
<body><main>${thanks}<p>${message ?? ''}</p>${keep}</main></body>
</html>
`;
}
