// SPDX-License-Identifier: EUPL-1.2
import { Readable } from 'node:stream';

import { type DeliverableDocument, type HeldDocument, openExactly } from '@amtsbote/adapter-kit';
import type { Clock, Randomness } from '@amtsbote/canonical';
import { type HttpAnswer, HttpClient, type HttpRequest, multipartBody, unlessAborted } from '@amtsbote/platform';
import type { z } from 'zod';

import { NscaleFailure, UnreadableAnswer } from './nscale.errors.js';
import type { NscaleOptions } from './nscale.options.js';
import {
  ContentAnswer,
  CreationAnswer,
  type DocumentCreation,
  ErrorAnswer,
  type FolderCreation,
  GraphqlErrors,
  LOGIN,
  LoginAnswer,
  LOGOUT,
  nqlByProperty,
  nqlWaiting,
  ObjectClassAnswer,
  paths,
  ResourceAnswer,
  SearchAnswer,
} from './nscale.wire.js';

/** A hit of a search. */
export interface Hit {
  readonly id: string;
  readonly title: string;
}

/** Some of the hits of a search, with what they lie in. */
export interface Waiting {
  readonly count: number;
  readonly hits: readonly (Hit & { readonly parentId: string })[];
}

const JSON_HEADERS = { accept: 'application/json', 'content-type': 'application/json' };

/**
 * Client of nscale's application layer. Logs in when it has to, renews an expired session once per call.
 * Every method throws HttpFailure (no answer), NscaleFailure (an answer that says no) or UnreadableAnswer.
 */
export class NscaleClient {
  private readonly quick: HttpClient;
  private readonly patient: HttpClient;
  private readonly authorization: string;
  private readonly closing = new AbortController();
  private session: Promise<string> | undefined;

  constructor(
    private readonly options: Pick<NscaleOptions, 'baseUrl' | 'username' | 'password' | 'documentArea' | 'timeouts' | 'limits'>,
    private readonly clock: Clock,
    private readonly randomness: Randomness,
  ) {
    const settings = { baseUrl: options.baseUrl, connectionsMax: options.limits.connectionsMax };
    this.quick = new HttpClient({ ...settings, timeoutMs: options.timeouts.answerMs });
    this.patient = new HttpClient({ ...settings, timeoutMs: options.timeouts.uploadMs });
    this.authorization = `Basic ${Buffer.from(`${options.username}:${options.password}`).toString('base64')}`;
  }

  /** Logs in unless a session is there already. */
  async login(signal: AbortSignal): Promise<void> {
    await unlessAborted(this.currentSession(), signal);
  }

  /** Objects whose property has this value, anywhere in the document area; at most two. */
  async search(property: string, value: string, signal: AbortSignal): Promise<Hit[]> {
    const body = JSON.stringify({ query: nqlByProperty(property, value) });
    const { resultTable } = await this.ask({ method: 'POST', path: paths.search(this.options.documentArea), body }, SearchAnswer, signal);
    const title = resultTable.propertyNames.indexOf('displayname');
    return resultTable.resourceKeys.map((id, row) => ({ id, title: resultTable.rows[row]?.[title] ?? '' }));
  }

  /** A page of documents whose property has this value, and how many there are in all. */
  async waiting(property: string, value: string, page: { number: number; size: number }, signal: AbortSignal): Promise<Waiting> {
    const body = JSON.stringify({ query: nqlWaiting(property, value, page.number, page.size) });
    const request = { method: 'POST', path: paths.search(this.options.documentArea), body } as const;
    const { resultCount, resultTable } = await this.ask(request, SearchAnswer, signal);
    const [title, parent] = ['displayname', 'parentresourceid'].map((name) => resultTable.propertyNames.indexOf(name));
    const hits = resultTable.resourceKeys.map((id, row) => {
      const cells = resultTable.rows[row] ?? [];
      return { id, title: cells[title ?? -1] ?? '', parentId: cells[parent ?? -1] ?? '' };
    });
    return { count: resultCount, hits };
  }

  /** Value of a property of a folder or document; throws when it is not there. */
  async property(key: string, name: string, signal: AbortSignal): Promise<string | undefined> {
    const { properties } = await this.ask({ method: 'GET', path: paths.resource(key) }, ResourceAnswer, signal);
    return properties.find((one) => one.name === name)?.value;
  }

  async setProperty(key: string, name: string, value: string, signal: AbortSignal): Promise<void> {
    const build = (): HttpRequest => {
      const body = JSON.stringify({ properties: [{ name, value }] });
      return { method: 'PUT', path: paths.resource(key), headers: JSON_HEADERS, body };
    };
    await this.call(this.quick, build, signal);
  }

  /** Bytes of a content item as they come. */
  async itemBytes(key: string, position: number, signal: AbortSignal): Promise<Readable> {
    const request = { method: 'GET', path: paths.contentItem(key, position) } as const;
    for (let isRenewed = false; ; isRenewed = true) {
      const session = this.currentSession();
      const headers = { cookie: await unlessAborted(session, signal) };
      const { status, stream } = await this.patient.stream({ ...request, headers, signal });
      if (status === 200) return stream;
      stream.destroy();
      if (status !== 401 || isRenewed) throw new NscaleFailure(status, 'none');
      if (this.session === session) this.session = undefined;
    }
  }

  /** Resource key of the folder at a path of display names. */
  async keyOfPath(path: string, signal: AbortSignal): Promise<string> {
    const request = { method: 'GET', path: paths.resourceByPath(this.options.documentArea, path) } as const;
    return (await this.ask(request, ResourceAnswer, signal)).resourceKey;
  }

  /** Reads a folder or document; throws when it is not there. */
  async resource(key: string, signal: AbortSignal): Promise<void> {
    await this.ask({ method: 'GET', path: paths.resource(key) }, ResourceAnswer, signal);
  }

  /** Definition of an object class. */
  async objectClass(name: string, signal: AbortSignal): Promise<ObjectClassAnswer> {
    return this.ask({ method: 'GET', path: paths.objectClass(this.options.documentArea, name) }, ObjectClassAnswer, signal);
  }

  /** Creates a folder; returns its resource key. */
  async createFolder(folder: FolderCreation, signal: AbortSignal): Promise<string> {
    const request = { method: 'POST', path: paths.folders(this.options.documentArea), body: JSON.stringify(folder) } as const;
    return keyIn(await this.ask(request, CreationAnswer, signal));
  }

  /** Creates a document with its content, streamed; returns its resource key. */
  async createDocument(creation: DocumentCreation, document: DeliverableDocument, signal: AbortSignal): Promise<string> {
    const boundary = `amtsbote-${Buffer.from(this.randomness.bytes(18)).toString('hex')}`;
    const path = paths.documents(this.options.documentArea);
    const build = (): HttpRequest => {
      const { fileName, mediaType, size } = document;
      const { headers, body } = multipartBody(boundary, [
        { name: 'document', mediaType: 'application/json', value: JSON.stringify(creation) },
        { name: 'item0', fileName, mediaType, size, open: () => openExactly(document) },
      ]);
      return { method: 'POST', path, headers: { accept: 'application/json', ...headers }, body };
    };
    return keyIn(parsed(await this.call(this.patient, build, signal), CreationAnswer));
  }

  /** What is stored as the newest version of a document's content. */
  async content(key: string, signal: AbortSignal): Promise<ContentAnswer> {
    return this.ask({ method: 'GET', path: paths.content(key) }, ContentAnswer, signal);
  }

  /** What nscale says it holds of a document; null = it is not there. */
  async held(key: string, signal: AbortSignal): Promise<HeldDocument['content']> {
    try {
      const { version, items } = await this.content(key, signal);
      const [item] = items;
      if (item === undefined) return { size: 0, version: String(version) };
      const sha512 = item.hash?.algorithm === 'SHA-512' ? { sha512: item.hash.value.toLowerCase() } : {};
      return { size: item.length, version: String(version), ...sha512 };
    } catch (error) {
      if (error instanceof NscaleFailure && error.status === 404) return null;
      throw error;
    }
  }

  /** Replaces the first content item by a new version, streamed. */
  async putContent(key: string, document: DeliverableDocument, signal: AbortSignal): Promise<void> {
    const headers = { accept: 'application/json', 'content-type': document.mediaType, 'content-length': String(document.size) };
    const build = async (): Promise<HttpRequest> => {
      const body = await openExactly(document);
      return { method: 'PUT', path: paths.contentItem(key, 0), headers, body };
    };
    await this.call(this.patient, build, signal);
  }

  /** Ends the session and the connections; calls under way have to be over. */
  async close(): Promise<void> {
    this.closing.abort(new Error('closed'));
    const session = this.session;
    this.session = undefined;
    try {
      if (session !== undefined) await this.graphql(LOGOUT, { cookie: await session });
    } catch {
      // A session that cannot be ended expires by itself.
    }
    this.quick.close();
    this.patient.close();
  }

  private async ask<Schema extends z.ZodType>(request: HttpRequest, schema: Schema, signal: AbortSignal): Promise<z.infer<Schema>> {
    return parsed(await this.call(this.quick, () => ({ ...request, headers: JSON_HEADERS }), signal), schema);
  }

  /** Sends with the session's cookie; builds the request again when the session has to be renewed, because a stream can be sent only once. */
  private async call(http: HttpClient, build: () => HttpRequest | Promise<HttpRequest>, signal: AbortSignal): Promise<HttpAnswer> {
    const session = this.currentSession();
    const cookie = await unlessAborted(session, signal);
    const answer = await this.send(http, await build(), cookie, signal);
    if (answer.status !== 401) return this.successful(answer);
    // Expired: renewed once, by the first of the calls that notice. A second refusal is an answer like any other.
    if (this.session === session) this.session = undefined;
    const renewed = await unlessAborted(this.currentSession(), signal);
    return this.successful(await this.send(http, await build(), renewed, signal));
  }

  private async send(http: HttpClient, request: HttpRequest, cookie: string, signal: AbortSignal): Promise<HttpAnswer> {
    // After an early answer or an abort nobody reads on: let go of the file behind the stream, and do not die of its late error.
    const body = request.body instanceof Readable ? request.body.on('error', () => undefined) : undefined;
    try {
      return await http.request({ ...request, headers: { ...request.headers, cookie }, signal });
    } finally {
      body?.destroy();
    }
  }

  private currentSession(): Promise<string> {
    if (this.session !== undefined) return this.session;
    const session = this.newSession();
    session.catch(() => {
      if (this.session === session) this.session = undefined;
    });
    return (this.session = session);
  }

  /** Not ended by one caller's signal: other callers may wait for the same login. Its time is limited by `timeouts.answerMs`. */
  private async newSession(): Promise<string> {
    const answer = await this.graphql(LOGIN, { authorization: this.authorization }, this.closing.signal);
    if (answer.status === 401 || GraphqlErrors.safeParse(json(answer)).success) throw new NscaleFailure(answer.status, 'LoginRefused');
    parsed(this.successful(answer), LoginAnswer);
    // [P] the session cookie is in the first Set-Cookie header.
    const cookie = answer.headers['set-cookie']?.split(';', 1)[0];
    if (cookie === undefined || !cookie.includes('=')) throw new UnreadableAnswer('a login without a session cookie');
    return cookie;
  }

  private graphql(query: string, more: Record<string, string>, signal?: AbortSignal): Promise<HttpAnswer> {
    const headers = { ...JSON_HEADERS, ...more };
    const request = { method: 'POST', path: paths.graphql, headers, body: JSON.stringify({ query }) } as const;
    return this.quick.request({ ...request, ...(signal === undefined ? {} : { signal }) });
  }

  private successful(answer: HttpAnswer): HttpAnswer {
    if (answer.status >= 200 && answer.status < 300) return answer;
    const body = ErrorAnswer.safeParse(json(answer));
    throw new NscaleFailure(answer.status, body.success ? body.data.error.code : 'none', this.retryAfterMs(answer));
  }

  private retryAfterMs(answer: HttpAnswer): number | undefined {
    const value = answer.headers['retry-after'];
    if (value === undefined) return undefined;
    const ms = /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - this.clock.now().getTime();
    return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
  }
}

function json(answer: HttpAnswer): unknown {
  try {
    return JSON.parse(answer.body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function parsed<Schema extends z.ZodType>(answer: HttpAnswer, schema: Schema): z.infer<Schema> {
  const result = schema.safeParse(json(answer));
  // The issues of the schema may quote the answer, and that may hold index data: only the fact is told.
  if (!result.success) throw new UnreadableAnswer('an answer in another form than expected');
  return result.data;
}

/** Last segment of the created resource's URI. */
function keyIn({ uri }: z.infer<typeof CreationAnswer>): string {
  const key = uri.split(/[?#]/, 1)[0]?.replace(/\/+$/, '').split('/').pop() ?? '';
  if (key === '') throw new UnreadableAnswer('a creation without a resource key');
  return decodeURIComponent(key);
}
