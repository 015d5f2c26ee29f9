// SPDX-License-Identifier: EUPL-1.2
import { createHmac } from 'node:crypto';

import { HttpClient, retryAfterMs } from '@amtsbote/platform';

import { ofConnection, ofStatus } from './webhook.errors.js';
import type { WebhookOptions } from './webhook.options.js';

/** One message, ready to be signed. */
export interface WebhookMessage {
  /** `webhook-id`: equal on every attempt. Without full stops, which separate the signed parts. */
  readonly id: string;
  /** Moment of this attempt. */
  readonly at: Date;
  /** The raw bytes; exactly these are signed and sent. */
  readonly body: Buffer;
}

/**
 * The three headers of Standard Webhooks 1.0.0. Every secret signs (`v1`, HMAC-SHA256 over `id.timestamp.body` with the decoded key), so
 * that a receiver may change over from the old to the new secret at any time.
 */
export function signatureHeaders({ id, at, body }: WebhookMessage, secrets: readonly string[]): Record<string, string> {
  const timestamp = String(Math.floor(at.getTime() / 1_000));
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64')}`;
  });
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}

/** Speaks Standard Webhooks with one portal. */
export class WebhookClient {
  private readonly http: HttpClient;

  constructor(private readonly options: WebhookOptions) {
    this.http = new HttpClient({ baseUrl: options.url, timeoutMs: options.timeoutMs });
  }

  /** Sends one message. @throws DeliveryError unless the portal answers with 2xx. */
  async send(message: WebhookMessage, signal: AbortSignal): Promise<void> {
    const headers = { 'content-type': 'application/json', ...signatureHeaders(message, this.options.secrets) };
    const answer = await this.statusOf({ method: 'POST', headers, body: message.body, signal });
    if (answer.status < 200 || answer.status >= 300) throw ofStatus(answer.status, retryAfterMs(answer.retryAfter, message.at));
  }

  /** Whether somebody answers there; HEAD changes nothing. @throws DeliveryError when nobody does. */
  async head(signal: AbortSignal): Promise<number> {
    return (await this.statusOf({ method: 'HEAD', headers: {}, signal })).status;
  }

  /** Ends kept connections. */
  close(): void {
    this.http.close();
  }

  /** Only the status counts: the body, which may be of any size or never end, is not read. */
  private async statusOf(request: {
    method: 'POST' | 'HEAD';
    headers: Record<string, string>;
    body?: Buffer;
    signal: AbortSignal;
  }): Promise<{ status: number; retryAfter: string | undefined }> {
    try {
      const { status, headers, stream } = await this.http.stream({ ...request, path: this.options.url });
      stream.destroy();
      return { status, retryAfter: headers['retry-after'] };
    } catch (error) {
      throw ofConnection(error);
    }
  }
}
