// SPDX-License-Identifier: EUPL-1.2
import { createHmac, type KeyObject, sign } from 'node:crypto';

import { ODD_FILE_NAMES, type OutgoingSubmission, SubmissionSender } from '@amtsbote/adapter-kit/testing';
import type { JsonValue } from '@amtsbote/canonical';

import type { JsonObject, WebhookSubmission } from './webhook.submissions.js';

/** Where and how the simulated sender sends. */
export interface WebhookSenderSettings {
  readonly url: string;
  /** `whsec_…`; several sign side by side, as while a secret is being replaced. */
  readonly secrets?: readonly string[];
  /** An ed25519 private key: adds a `v1a` signature. */
  readonly privateKey?: KeyObject;
  /** The sender's clock; default the machine's. */
  readonly now?: () => Date;
}

/**
 * How a request can be spoilt.
 * - `noSignature`, `wrongSignature`; `changedBody`: one byte changed after signing
 * - `staleTimestamp`, `futureTimestamp`: properly signed, six minutes off
 * - `brokenJson`, `notUtf8`, `duplicateMember`: properly signed, and not acceptable
 * - `brokenBase64`, `foreignLink`, `missingAttachment`: the first file cannot be taken
 * - `duplicateAttachment`: the first file twice
 * - `oddFileNames`: one more file for each name in `ODD_FILE_NAMES`
 */
export type WebhookMischief =
  | 'noSignature'
  | 'wrongSignature'
  | 'changedBody'
  | 'staleTimestamp'
  | 'futureTimestamp'
  | 'brokenJson'
  | 'notUtf8'
  | 'duplicateMember'
  | 'brokenBase64'
  | 'foreignLink'
  | 'missingAttachment'
  | 'duplicateAttachment'
  | 'oddFileNames';

const SIX_MINUTES_MS = 6 * 60 * 1_000;

/** A sender that signs as Standard Webhooks 1.0.0 says; the signing is written here independently of the adapter. */
export class WebhookSender extends SubmissionSender<WebhookSubmission, WebhookMischief> {
  constructor(private readonly settings: WebhookSenderSettings) {
    super(settings.url);
  }

  override build(submission: WebhookSubmission, mischief?: WebhookMischief): OutgoingSubmission {
    const signed = bytesOf(submission, mischief);
    const headers = this.signatureHeaders(submission.id, signed, mischief);
    const sent = mischief === 'changedBody' ? Buffer.from(signed.toString('latin1').replace(/"[^"]/, '"X'), 'latin1') : signed;
    return {
      headers: { 'content-type': 'application/json', accept: 'application/json', 'user-agent': 'amtsbote-landscape', ...headers },
      length: sent.length,
      bytes: async function* bytes() {
        yield sent;
      },
    };
  }

  /** The three headers for any bytes. */
  signatureHeaders(id: string, body: Buffer, mischief?: WebhookMischief): Record<string, string> {
    if (mischief === 'noSignature') return {};
    const offset = mischief === 'staleTimestamp' ? -SIX_MINUTES_MS : mischief === 'futureTimestamp' ? SIX_MINUTES_MS : 0;
    const now = this.settings.now?.() ?? new Date();
    const timestamp = String(Math.floor((now.getTime() + offset) / 1_000));
    const content = Buffer.concat([Buffer.from(`${id}.${timestamp}.${mischief === 'wrongSignature' ? 'x' : ''}`), body]);
    const { secrets = [], privateKey } = this.settings;
    const macs = secrets.map((secret) => {
      const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
      return `v1,${createHmac('sha256', key).update(content).digest('base64')}`;
    });
    const asymmetric = privateKey === undefined ? [] : [`v1a,${sign(null, content, privateKey).toString('base64')}`];
    return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': [...macs, ...asymmetric].join(' ') };
  }
}

/** A sender for one endpoint. */
export function webhookSender(settings: WebhookSenderSettings): WebhookSender {
  return new WebhookSender(settings);
}

function bytesOf({ body }: WebhookSubmission, mischief: WebhookMischief | undefined): Buffer {
  const text = JSON.stringify(mischief === undefined ? body : withSpoiltFiles(body, mischief));
  if (mischief === 'brokenJson') return Buffer.from(text.slice(0, text.length / 2));
  if (mischief === 'duplicateMember') return Buffer.from(text.replace('{', '{"type":"submission.created",'));
  if (mischief === 'notUtf8') return Buffer.from(text.replace(/[^\x20-\x7e]/g, '?').replace('?', '\u00fc'), 'latin1');
  return Buffer.from(text);
}

/** The files of the made-up submissions stand in `data.files`. */
function withSpoiltFiles(body: JsonObject, mischief: WebhookMischief): JsonObject {
  const data = body['data'] as JsonObject;
  const files = [...(data['files'] as JsonValue[])];
  const first = (files[0] ?? {}) as JsonObject;
  const withoutContent = Object.fromEntries(Object.entries(first).filter(([member]) => !['base64', 'url'].includes(member)));
  if (mischief === 'brokenBase64') files[0] = { ...withoutContent, base64: 'kein Base64!' };
  if (mischief === 'foreignLink') files[0] = { ...withoutContent, url: 'https://angreifer.example.org/datei.pdf' };
  if (mischief === 'missingAttachment') files[0] = withoutContent;
  if (mischief === 'duplicateAttachment') files.push(first);
  if (mischief === 'oddFileNames') files.push(...ODD_FILE_NAMES.map((name) => ({ name, base64: Buffer.from(name).toString('base64') })));
  return { ...body, data: { ...data, files } };
}
