// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';

import { type OutgoingSubmission, type SendingOutcome, sendTo } from '@amtsbote/adapter-kit/testing';
import { type OzgCloudSubmission, ozgCloudSubmissions } from '@amtsbote/adapters/forms-ozg-cloud/simulator';
import { type JsonObject, type WebhookSubmission, webhookSubmissions } from '@amtsbote/adapters/forms-webhook/simulator';
import { expect } from '@jest/globals';

import type { TestHub } from './test-hub.js';

let made = 0;

/** A trade registration nobody sent before. */
export function aRegistration(uploads = 1): OzgCloudSubmission {
  made += 1;
  const [submission] = ozgCloudSubmissions({ count: 1, seed: made, uploads });
  if (submission === undefined) throw new Error('no submission');
  return submission;
}

/** A signed application nobody sent before; `data` is laid over what the sample says. */
export function anEvent(data: JsonObject = {}): WebhookSubmission {
  made += 1;
  const [event] = webhookSubmissions({ count: 1, seed: made });
  if (event === undefined) throw new Error('no event');
  return { ...event, body: { ...event.body, data: { ...(event.body['data'] as JsonObject), ...data } } };
}

/** Sends any bytes to the portal's endpoint, properly signed. */
export async function sendSigned(
  hub: TestHub,
  body: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
): Promise<SendingOutcome> {
  const bytes = Buffer.from(body as string);
  const id = `msg_${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}`;
  const portal = hub.portal();
  const all = { 'content-type': 'application/json', ...portal.signatureHeaders(id, bytes), ...headers };
  return sendTo(portal.url, { headers: all, length: bytes.length, bytes: async function* () { yield bytes; } }); // prettier-ignore
}

/** One part exactly as it goes over the wire. */
export interface LiteralPart {
  /** Header lines without their line ends; UTF-8 unless bytes. */
  readonly head: readonly (string | Buffer)[];
  readonly body: string | Buffer;
}

const BOUNDARY = 'grenze-zwischen-teilen';
const LINE_END = '\r\n';

/** The bytes of a multipart body, well-formed or not. */
export function multipartBytes(parts: readonly LiteralPart[], ending = `--${BOUNDARY}--${LINE_END}`): Buffer {
  const pieces = parts.flatMap(({ head, body }) => [
    `--${BOUNDARY}${LINE_END}`,
    ...head.flatMap((line) => [line, LINE_END]),
    LINE_END,
    body,
    LINE_END,
  ]);
  return Buffer.concat([...pieces, ending].map((piece) => Buffer.from(piece as string)));
}

/** A field of the form as most senders write it. */
export const field = (name: string, body: string | Buffer): LiteralPart => ({
  head: [`Content-Disposition: form-data; name="${name}"`],
  body,
});

/** A file as most senders write it. */
export const file = (name: string, fileName: string, body: string | Buffer): LiteralPart => ({
  head: [`Content-Disposition: form-data; name="${name}"; filename="${fileName}"`, 'Content-Type: application/pdf'],
  body,
});

/** The data part of a registration. */
export const dataOf = (submission: OzgCloudSubmission): LiteralPart => field('formData', JSON.stringify(submission.formData));

/** Sends a multipart body byte for byte, with the credential of the form server. */
export async function sendParts(
  hub: TestHub,
  body: Buffer,
  { endpoint = 'formulare', headers = {} }: { endpoint?: string; headers?: Readonly<Record<string, string>> } = {},
): Promise<SendingOutcome> {
  return sendTo(`${hub.url}/intake/${endpoint}`, outgoing(hub, body, headers));
}

function outgoing(hub: TestHub, body: Buffer, headers: Readonly<Record<string, string>>): OutgoingSubmission {
  return {
    headers: {
      'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
      authorization: `Bearer ${hub.formsCredential().token}`,
      ...headers,
    },
    length: body.length,
    bytes: async function* bytes() {
      yield body;
    },
  };
}

/** The head of a raw request to an endpoint of multipart bodies. */
export function rawHead(
  hub: TestHub,
  headers: readonly string[],
  { endpoint = 'formulare', token = hub.formsCredential().token } = {},
): string {
  const lines = [
    `POST /intake/${endpoint} HTTP/1.1`,
    'Host: 127.0.0.1',
    `Authorization: Bearer ${token}`,
    `Content-Type: multipart/form-data; boundary=${BOUNDARY}`,
    ...headers,
  ];
  return lines.join(LINE_END) + LINE_END + LINE_END;
}

/** What a refused sender should have been told. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly place?: string;
}

/** An answer, however it was received. */
type Answer = { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string };

/** Expects a complete RFC 9457 problem that says what and where. @returns its body, for further looks. */
export function expectRefusal(outcome: SendingOutcome | Answer, refusal: Refusal): Record<string, unknown> {
  if ('kind' in outcome && outcome.kind === 'cut') throw new Error(`the sender got no answer: ${outcome.reason}`);
  expect({ status: outcome.status, contentType: outcome.headers['content-type'] }).toEqual({
    status: refusal.status,
    contentType: 'application/problem+json; charset=utf-8',
  });
  const problem = JSON.parse(outcome.body) as Record<string, unknown>;
  expect(problem).toMatchObject({
    type: `urn:amtsbote:problem:${refusal.code}`,
    status: refusal.status,
    ...(refusal.place === undefined ? {} : { place: refusal.place }),
  });
  expect(String(problem['title'])).not.toBe('');
  expect(String(problem['detail'])).not.toBe('');
  return problem;
}

/** Expects that a submission was accepted. @returns the answer. */
export function expectAccepted(outcome: SendingOutcome): { applicationId: string; reference: string } {
  expect(outcome).toMatchObject({ kind: 'answered', status: 202 });
  return JSON.parse('body' in outcome ? outcome.body : '') as { applicationId: string; reference: string };
}
