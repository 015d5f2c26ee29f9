// SPDX-License-Identifier: EUPL-1.2
import { aLargeFile } from '@amtsbote/adapter-kit/testing';
import { ozgCloudSender } from '@amtsbote/adapters/forms-ozg-cloud/simulator';
import { webhookSubmissions } from '@amtsbote/adapters/forms-webhook/simulator';

import { sampleSubmissions } from '../../launch/samples.js';
import type { LoadRequest } from '../load/load-job.js';
import type { BenchSecrets } from '../stage/bench-hub.js';

/** What is sent in a case, the same to everybody; only the path is the contender's own. */
export interface IntakeCase {
  readonly name: '3kB' | '50kB' | '1MB';
  /** Endpoint of the hub. */
  readonly endpoint: 'webhook' | 'forms';
  request(path: string, secrets: BenchSecrets): Promise<LoadRequest>;
}

const FIELD_CHARACTERS = 100;

/** JSON of two sizes, signed; and a form with attachments. */
export const INTAKE_CASES: readonly IntakeCase[] = [
  { name: '3kB', endpoint: 'webhook', request: async (path, secrets) => webhook(path, secrets, 3_000) },
  { name: '50kB', endpoint: 'webhook', request: async (path, secrets) => webhook(path, secrets, 50_000) },
  { name: '1MB', endpoint: 'forms', request: (path, secrets) => form(path, secrets, 1_000_000) },
];

/** An application with so many answered questions that its JSON has about this many bytes. */
export function webhook(path: string, { webhook: secret }: Pick<BenchSecrets, 'webhook'>, bytes: number): LoadRequest {
  const [submission] = webhookSubmissions({ count: 1, uploads: 0 });
  if (submission === undefined) throw new Error('no submission');
  const data = submission.body['data'] as { submission: { id: string }; answers: Record<string, unknown> };
  const text = 'Angaben zur Sache, wie man sie in ein Formular schreibt. '.repeat(2).slice(0, FIELD_CHARACTERS);
  for (let number = 1; Buffer.byteLength(JSON.stringify(submission.body)) < bytes; number += 1) data.answers[`frage_${number}`] = text;
  return {
    path,
    headers: { 'Content-Type': 'application/json' },
    pieces: cutAt(Buffer.from(JSON.stringify(submission.body)), data.submission.id),
    secret,
  };
}

async function form(path: string, { forms: token }: BenchSecrets, bytes: number): Promise<LoadRequest> {
  const [submission] = sampleSubmissions(1);
  if (submission === undefined) throw new Error('no submission');
  const attachments = [...submission.attachments, aLargeFile('Bauplan.bin', bytes)];
  const built = ozgCloudSender({ url: 'http://127.0.0.1', auth: { kind: 'bearer', token } }).build({ ...submission, attachments });
  const chunks: Uint8Array[] = [];
  for await (const chunk of built.bytes()) chunks.push(chunk);
  return { path, headers: built.headers, pieces: cutAt(Buffer.concat(chunks), submission.formData.control.transactionId) };
}

/** The bytes between the places where the id stands. */
function cutAt(bytes: Buffer, id: string): string[] {
  const pieces: string[] = [];
  let from = 0;
  for (let found = bytes.indexOf(id); found >= 0; found = bytes.indexOf(id, from)) {
    pieces.push(bytes.subarray(from, found).toString('base64'));
    from = found + id.length;
  }
  if (pieces.length === 0) throw new Error('the submission does not name itself');
  return [...pieces, bytes.subarray(from).toString('base64')];
}
