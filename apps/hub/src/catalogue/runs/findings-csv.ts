// SPDX-License-Identifier: EUPL-1.2
import { Readable } from 'node:stream';

import type { FindingView } from '@amtsbote/ops-api';
import type { FastifyReply } from 'fastify';

const COLUMNS = ['severity', 'code', 'message', 'document', 'line', 'kind', 'agency', 'id'] as const;
const PAGE = 1_000;
/** What spreadsheet programs would take for a formula. */
const FORMULA = /^[=+\-@\t\r]/;

/** Sends all findings of a run as CSV (RFC 4180), some thousand at a time. */
export async function sendCsv(
  reply: FastifyReply,
  run: number,
  page: (after: number, limit: number) => Promise<readonly FindingView[]>,
): Promise<void> {
  void reply
    .header('content-type', 'text/csv; charset=utf-8; header=present')
    .header('content-disposition', `attachment; filename="findings-${run}.csv"`);
  await reply.send(Readable.from(lines(page), { objectMode: false }));
}

async function* lines(page: (after: number, limit: number) => Promise<readonly FindingView[]>): AsyncGenerator<string> {
  yield `${COLUMNS.join(',')}\r\n`;
  for (let after = 0; ;) {
    const findings = await page(after, PAGE);
    if (findings.length > 0) yield findings.map(csvLine).join('');
    const last = findings.at(-1);
    if (last === undefined || findings.length < PAGE) return;
    after = last.no;
  }
}

/** One finding as a line. Pure. */
export function csvLine(finding: FindingView): string {
  return `${COLUMNS.map((column) => cell(finding[column])).join(',')}\r\n`;
}

function cell(value: string | number | null): string {
  if (value === null) return '';
  const text = typeof value === 'string' && FORMULA.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
