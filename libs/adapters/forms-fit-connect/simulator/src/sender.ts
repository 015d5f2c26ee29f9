// SPDX-License-Identifier: EUPL-1.2
import { createHash, randomUUID } from 'node:crypto';

import { HttpClient } from '@amtsbote/platform';
import { CompactEncrypt, importJWK, type JWK } from 'jose';

import type { HeldSubmission } from './books.js';
import type { FitConnectSimulator } from './delivery-service.js';
import { madeUpPlaintext, StreamedJwe } from './streamed-jwe.js';
import type { FitConnectSubmission, LargeAttachment, SampleAttachment } from './submissions.js';

/** What a sender may do otherwise than it should. */
export interface SenderMischief {
  /** Members of the JWE headers. */
  readonly header?: Readonly<Record<string, unknown>>;
  /** Changes the metadata before they are encrypted: the text that is sent. */
  readonly metadata?: (metadata: SentMetadata) => unknown;
  /** Text of the data that is sent instead of the one that was hashed. */
  readonly data?: string;
  /** Bytes that are sent instead of those that were hashed. */
  readonly attachment?: Buffer;
}

/** Metadata as they are made here. */
export interface SentMetadata extends Record<string, unknown> {
  contentStructure: { data: Record<string, unknown>; attachments: Record<string, unknown>[] };
}

interface Prepared {
  readonly description: Record<string, unknown>;
  /** Uploaded under these ids. */
  readonly uploads: readonly { readonly id: string; readonly plaintext: Buffer }[];
  readonly streamed: readonly StreamedJwe[];
}

/** An online service that sends through a delivery service, end to end encrypted with `jose`. */
export class FitConnectSender {
  private http: HttpClient | undefined;
  private token: string | undefined;

  constructor(private readonly service: FitConnectSimulator) {}

  close(): void {
    this.http?.close();
  }

  /** Sends one submission, and returns it as the delivery service holds it. */
  async send(destinationId: string, submission: FitConnectSubmission, mischief: SenderMischief = {}): Promise<HeldSubmission> {
    const key = await this.keyOf(destinationId);
    const prepared = [
      ...submission.attachments.map(preparedOf),
      ...(await Promise.all((submission.large ?? []).map((large) => this.largeOf(large, key)))),
    ];
    const { submissionId } = (await this.call('POST', '/v1/submissions', {
      destinationId,
      serviceType: submission.serviceType,
      announcedAttachments: prepared.flatMap(({ uploads, streamed }) => [...uploads, ...streamed].map(({ id }) => id)),
      ...(submission.caseId === undefined ? {} : { caseId: submission.caseId }),
    })) as { submissionId: string };
    const held = this.service.books.get(submissionId);
    if (held === undefined) throw new Error('the delivery service does not hold what was created');
    for (const { uploads, streamed } of prepared) {
      for (const { id, plaintext } of uploads) {
        const jwe = await this.encrypted(mischief.attachment ?? plaintext, 'application/octet-stream', key, mischief);
        await this.call('PUT', `/v1/submissions/${submissionId}/attachments/${id}`, jwe);
      }
      for (const jwe of streamed) held.attachments.set(jwe.id, () => jwe.bytes());
    }
    await this.submit(held, submission, prepared, { key, mischief });
    return held;
  }

  /** What a subscriber said of it, by the event log. */
  problemsOf({ problems }: HeldSubmission): string[] {
    return problems.map(({ type, instance }) => `${type.split('/').at(-1) ?? ''} ${instance}`);
  }

  private async submit(
    held: HeldSubmission,
    submission: FitConnectSubmission,
    prepared: readonly Prepared[],
    { key, mischief }: { key: JWK; mischief: SenderMischief },
  ): Promise<void> {
    const text = submission.data.text;
    const metadata = metadataOf(submission, prepared);
    const sent = JSON.stringify(mischief.metadata?.(metadata) ?? metadata);
    const encryptedMetadata = await this.encrypted(Buffer.from(sent), 'application/json', key, mischief);
    const encryptedData = await this.encrypted(Buffer.from(mischief.data ?? text), submission.data.mimeType, key, mischief);
    const streamed = prepared.flatMap((one) => one.streamed);
    if (streamed.length > 0) {
      const tag = (jwe: string): string => jwe.split('.')[4] ?? '';
      const attachments = Object.fromEntries(streamed.map(({ id, tag: own }) => [id, own]));
      const small = [...held.attachments].flatMap(([id, content]) =>
        Buffer.isBuffer(content) ? [[id, tag(content.toString('latin1'))]] : [],
      );
      held.tags = {
        metadata: tag(encryptedMetadata),
        data: tag(encryptedData),
        attachments: { ...attachments, ...(Object.fromEntries(small) as object) },
      };
    }
    await this.call('PUT', `/v1/submissions/${held.submissionId}`, { encryptedMetadata, encryptedData });
  }

  /** The destination's current key, without what `jose` would refuse: `wrapKey` is not `encrypt` for it. */
  private async keyOf(destinationId: string): Promise<JWK> {
    const { encryptionKid } = (await this.call('GET', `/v1/destinations/${destinationId}`)) as { encryptionKid: string };
    const {
      kty = '',
      n = '',
      e = '',
      kid = '',
    } = (await this.call('GET', `/v1/destinations/${destinationId}/keys/${encryptionKid}`)) as JWK;
    return { kty, n, e, kid };
  }

  private async encrypted(plaintext: Buffer, cty: string, key: JWK, { header = {} }: SenderMischief): Promise<string> {
    const complete = { alg: 'RSA-OAEP-256', enc: 'A256GCM', kid: key.kid ?? '', cty, ...header };
    return new CompactEncrypt(plaintext).setProtectedHeader(complete).encrypt(await importJWK(key, complete.alg));
  }

  private async largeOf({ name, mediaType, purpose, bytes, pieces = 1 }: LargeAttachment, key: JWK): Promise<Prepared> {
    const lengths = Array.from({ length: pieces }, (_, index) => Math.floor(bytes / pieces) + (index < bytes % pieces ? 1 : 0));
    const hash = createHash('sha512');
    const streamed: StreamedJwe[] = [];
    for (const length of lengths) {
      for (const chunk of madeUpPlaintext(length)) hash.update(chunk);
      streamed.push(await StreamedJwe.prepare(randomUUID(), length, key));
    }
    const ids = streamed.map(({ id }) => id);
    return { description: describe({ name, mediaType, purpose }, hash.digest('hex'), ids), uploads: [], streamed };
  }

  private async call(method: 'GET' | 'POST' | 'PUT', path: string, body?: object | string): Promise<unknown> {
    const type = { 'content-type': typeof body === 'string' ? 'application/jose' : 'application/json' };
    const request = {
      method,
      path: `/submission-api${path}`,
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    };
    for (;;) {
      const known = this.token;
      const headers = { authorization: `Bearer ${await this.accessToken()}`, ...(body === undefined ? {} : type) };
      const answer = await this.connection.request({ ...request, headers });
      if (answer.status === 401 && known !== undefined) {
        this.token = undefined;
        continue;
      }
      if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.body.toString('utf8').slice(0, 200)}`);
      return answer.body.length === 0 ? undefined : (JSON.parse(answer.body.toString('utf8')) as unknown);
    }
  }

  private get connection(): HttpClient {
    const settings = { baseUrl: this.service.url, timeoutMs: 30_000, headers: { 'user-agent': 'Beispiel-Onlinedienst' } };
    return (this.http ??= new HttpClient(settings));
  }

  private async accessToken(): Promise<string> {
    if (this.token !== undefined) return this.token;
    const { id, secret } = this.service.settings.client;
    const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: id, client_secret: secret }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await this.connection.request({ method: 'POST', path: '/token', headers, body });
    this.token = (JSON.parse(answer.body.toString('utf8')) as { access_token: string }).access_token;
    return this.token;
  }
}

function preparedOf(attachment: SampleAttachment): Prepared {
  const { content, fragmentBytes = Math.max(1, content.length) } = attachment;
  const pieces = Array.from({ length: Math.max(1, Math.ceil(content.length / fragmentBytes)) }, (_, index) => ({
    id: randomUUID(),
    plaintext: content.subarray(index * fragmentBytes, (index + 1) * fragmentBytes),
  }));
  const hash = createHash('sha512').update(content).digest('hex');
  return {
    description: describe(
      attachment,
      hash,
      pieces.map(({ id }) => id),
    ),
    uploads: pieces,
    streamed: [],
  };
}

function describe(
  { name, mediaType, purpose }: Pick<SampleAttachment, 'name' | 'mediaType' | 'purpose'>,
  hash: string,
  ids: readonly string[],
): Record<string, unknown> {
  const [first = ''] = ids;
  return {
    attachmentId: ids.length === 1 ? first : randomUUID(),
    purpose,
    mimeType: mediaType,
    filename: name,
    hash: { type: 'sha512', content: hash },
    ...(ids.length === 1 ? {} : { fragments: ids }),
  };
}

function metadataOf({ metadataVersion, schemaUri, data, more }: FitConnectSubmission, prepared: readonly Prepared[]): SentMetadata {
  return {
    $schema: `https://schema.fitko.de/fit-connect/metadata/${metadataVersion}/metadata.schema.json`,
    contentStructure: {
      data: {
        hash: { type: 'sha512', content: createHash('sha512').update(data.text).digest('hex') },
        submissionSchema: { schemaUri, mimeType: data.mimeType },
      },
      attachments: prepared.map(({ description }) => description),
    },
    ...more,
  };
}
