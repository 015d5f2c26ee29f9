// SPDX-License-Identifier: EUPL-1.2
import type { Readable } from 'node:stream';

import type { Clock } from '@amtsbote/canonical';
import { ClientCredentials, type HttpAnswer, HttpClient, type HttpRequest, retryAfterMs } from '@amtsbote/platform';
import type { z } from 'zod';

import { ofConnection, ofStatus, unreadable } from './fit-connect.errors.js';
import type { SetIssuer, SetKeys } from './fit-connect.set.auth.js';
import { Destination, EventLog, Jwks, PublicJwk, Submission, SubmissionsForPickup } from './fit-connect.wire.js';

/** Where the delivery service is, and who asks. */
export interface FitConnectSettings {
  readonly baseUrl: string;
  readonly apiVersion: 'v1' | 'v2';
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope?: string | undefined;
  readonly userAgent: string;
  readonly ca?: string | undefined;
  readonly timeoutMs: number;
  readonly transferMs: number;
}

/** Largest answer that is read into memory, in bytes: data and metadata, encrypted. */
const ANSWER_BYTES_MAX = 64 * 1024 * 1024;
/** Events of one page, as many as there may be. */
const EVENTS_LIMIT = 500;
/** A case with more events is none that a citizen made. */
const EVENT_PAGES_MAX = 20;
/** How long the delivery service's keys are believed, and how long it is not asked again for one that is not there, in milliseconds. */
const KEYS_KNOWN_MS = 10 * 60_000;
const KEYS_ASKED_MS = 30_000;

/** Speaks FIT-Connect's Submission API as a subscriber. Every method throws DeliveryError unless it says otherwise. */
export class FitConnectClient implements SetKeys {
  private readonly http: HttpClient;
  /** For attachments, which may take longer. */
  private readonly transfers: HttpClient;
  private readonly tokens: ClientCredentials;
  private serviceKeys: { readonly keys: readonly PublicJwk[]; readonly at: number } | undefined;

  constructor(
    private readonly settings: FitConnectSettings,
    private readonly clock: Clock,
  ) {
    const { baseUrl, timeoutMs, transferMs, userAgent, ca, tokenUrl, clientId, clientSecret, scope } = settings;
    const tls = ca === undefined ? {} : { tls: { ca } };
    const common = { baseUrl, answerBytesMax: ANSWER_BYTES_MAX, headers: { 'user-agent': userAgent }, ...tls };
    this.http = new HttpClient({ ...common, timeoutMs });
    this.transfers = new HttpClient({ ...common, timeoutMs: transferMs });
    this.tokens = new ClientCredentials({ tokenUrl, clientId, clientSecret, scope, credentialsIn: 'form' }, { timeoutMs, ...tls }, clock);
  }

  /** One page of what can be fetched. */
  async waiting(destinationId: string, page: { offset: number; limit: number }, signal: AbortSignal): Promise<SubmissionsForPickup> {
    const query = new URLSearchParams({ destinationId, offset: String(page.offset), limit: String(page.limit) });
    return this.read(SubmissionsForPickup, 'the list of submissions', { path: this.path(`/submissions?${query.toString()}`), signal });
  }

  /** A submission; `undefined` when it is not there, or not waiting any more. */
  async submission(submissionId: string, signal: AbortSignal): Promise<Submission | undefined> {
    const answer = await this.ask({ method: 'GET', path: this.path(`/submissions/${submissionId}`), signal });
    if (answer.status === 404) return undefined;
    return parsed(Submission, 'the submission', this.successful(answer));
  }

  /** An encrypted attachment, still to be read; `undefined` when it is not there. */
  async attachment(submissionId: string, attachmentId: string, signal: AbortSignal): Promise<Readable | undefined> {
    const path = this.path(`/submissions/${submissionId}/attachments/${attachmentId}`);
    const { status, headers, stream } = await this.authorised(async (authorization) => {
      const answer = await this.transfers.stream({ method: 'GET', path, headers: { authorization, accept: 'application/jose' }, signal });
      // Only one that is taken may stay open.
      if (answer.status !== 200) answer.stream.destroy();
      return answer;
    }, signal);
    if (status === 200) return stream;
    if (status === 404) return undefined;
    throw ofStatus(status, retryAfterMs(headers['retry-after'] ?? headers['ratelimit-reset'], this.clock.now()));
  }

  /** All tokens of a case, the newest last; none when there is no such case any more. */
  async events(caseId: string, signal: AbortSignal): Promise<readonly string[]> {
    const tokens: string[] = [];
    for (let page = 0; page < EVENT_PAGES_MAX; page += 1) {
      const query = new URLSearchParams({ offset: String(tokens.length), limit: String(EVENTS_LIMIT) });
      const answer = await this.ask({ method: 'GET', path: this.path(`/cases/${caseId}/events?${query.toString()}`), signal });
      if (answer.status === 404) return tokens;
      const { eventLog, totalCount } = parsed(EventLog, 'the event log', this.successful(answer));
      tokens.push(...eventLog);
      if (eventLog.length === 0 || tokens.length >= (totalCount ?? 0)) return tokens;
    }
    throw unreadable('the event log does not end');
  }

  /** Sends a signed token. `conflict`: the state of the submission does not allow it, or the case is not there any more. */
  async sendEvent(caseId: string, token: string, signal: AbortSignal): Promise<'sent' | 'conflict'> {
    const headers = { 'content-type': 'application/jose' };
    const answer = await this.ask({ method: 'POST', path: this.path(`/cases/${caseId}/events`), headers, body: token, signal });
    if (answer.status === 409 || answer.status === 404) return 'conflict';
    this.successful(answer);
    return 'sent';
  }

  /** What the destination says of itself; `undefined` when there is none of this id. */
  async destination(destinationId: string, signal: AbortSignal): Promise<Destination | undefined> {
    const answer = await this.ask({ method: 'GET', path: this.path(`/destinations/${destinationId}`), signal });
    return answer.status === 404 ? undefined : parsed(Destination, 'the destination', this.successful(answer));
  }

  /** A public key of a destination, never remembered: the specification forbids it. */
  async destinationKey(destinationId: string, kid: string, signal: AbortSignal): Promise<PublicJwk | undefined> {
    const path = this.path(`/destinations/${destinationId}/keys/${encodeURIComponent(kid)}`);
    const answer = await this.ask({ method: 'GET', path, signal });
    return answer.status === 404 ? undefined : parsed(PublicJwk, 'the key', this.successful(answer));
  }

  async keyOf(issuer: SetIssuer, kid: string, signal: AbortSignal): Promise<PublicJwk | undefined> {
    return issuer.kind === 'destination' ? this.destinationKey(issuer.id, kid, signal) : this.serviceKey(kid, signal);
  }

  /** Ends kept connections. */
  close(): void {
    this.http.close();
    this.transfers.close();
    this.tokens.close();
  }

  /** A key of the delivery service; an unknown one is looked for anew, because it may have been replaced. */
  private async serviceKey(kid: string, signal: AbortSignal): Promise<PublicJwk | undefined> {
    const age = this.clock.now().getTime() - (this.serviceKeys?.at ?? Number.NEGATIVE_INFINITY);
    const known = age < KEYS_KNOWN_MS ? this.serviceKeys?.keys.find((key) => key.kid === kid) : undefined;
    if (known !== undefined || age < KEYS_ASKED_MS) return known;
    const { keys } = await this.read(Jwks, 'the list of keys', { path: '/.well-known/jwks.json', signal });
    const readable = keys.flatMap((key) => {
      const read = PublicJwk.safeParse(key);
      return read.success ? [read.data] : [];
    });
    this.serviceKeys = { keys: readable, at: this.clock.now().getTime() };
    return readable.find((key) => key.kid === kid);
  }

  private path(path: string): string {
    return `/${this.settings.apiVersion}${path}`;
  }

  private async read<Type>(
    schema: z.ZodType<Type>,
    what: string,
    request: Pick<HttpRequest, 'path'> & { signal: AbortSignal },
  ): Promise<Type> {
    return parsed(schema, what, this.successful(await this.ask({ method: 'GET', ...request })));
  }

  private successful(answer: HttpAnswer): HttpAnswer {
    if (answer.status >= 200 && answer.status < 300) return answer;
    throw ofStatus(answer.status, retryAfterMs(answer.headers['retry-after'] ?? answer.headers['ratelimit-reset'], this.clock.now()));
  }

  private ask(request: HttpRequest & { signal: AbortSignal }): Promise<HttpAnswer> {
    return this.authorised(
      (authorization) =>
        this.http.request({
          ...request,
          headers: { accept: 'application/json, application/problem+json', ...request.headers, authorization },
        }),
      request.signal,
    );
  }

  /** A 401 is answered by one fresh token: a token may end early, and a refused request has done nothing. */
  private async authorised<Answer extends { readonly status: number }>(
    send: (authorization: string) => Promise<Answer>,
    signal: AbortSignal,
  ): Promise<Answer> {
    try {
      const token = await this.tokens.token(signal);
      const first = await send(`Bearer ${token}`);
      if (first.status !== 401) return first;
      this.tokens.forget(token);
      return await send(`Bearer ${await this.tokens.token(signal)}`);
    } catch (error) {
      throw ofConnection(error);
    }
  }
}

/** @throws DeliveryError */
function parsed<Type>(schema: z.ZodType<Type>, what: string, { body }: HttpAnswer): Type {
  const read = schema.safeParse(jsonIn(body));
  if (!read.success) throw unreadable(what);
  return read.data;
}

function jsonIn(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
