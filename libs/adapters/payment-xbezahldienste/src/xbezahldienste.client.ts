// SPDX-License-Identifier: EUPL-1.2
import { DeliveryError } from '@amtsbote/adapter-kit';
import type { Clock } from '@amtsbote/canonical';
import { type HttpAnswer, HttpClient, type HttpRequest, type HttpSettings, retryAfterMs } from '@amtsbote/platform';

import { ADAPTER_TYPE, type CallKind, ofConnection, ofFunctionalCode, ofStatus, unreadable } from './xbezahldienste.errors.js';
import type { XbezahldiensteOptions } from './xbezahldienste.options.js';
import { type PaymentRequest, PaymentTransaction, SystemResponse, TokenAnswer } from './xbezahldienste.wire.js';

/** Largest answer that is read, in bytes: a transaction with 99 items stays below 64 KiB. */
const ANSWER_BYTES_MAX = 1024 * 1024;
/** A token is renewed this long before it expires, in milliseconds: it must not die on the way. */
const TOKEN_MARGIN_MS = 30_000;
/** Assumed life of a token whose answer does not say (`expires_in` is only recommended), in milliseconds. */
const TOKEN_LIFE_MS = 60_000;

/** Answer to a create: the new transaction, or the word that one exists for this request, with its id when the provider names it. */
export type Created = { readonly transaction: PaymentTransaction } | { readonly exists: true; readonly transactionId?: string };

/** What the provider says of itself (operation `status`): HTTP status and, in the body, a functional code. */
export interface SystemStatus {
  readonly status: number;
  readonly functionalCode?: string;
}

/** Speaks XBezahldienste 1.0.0 with one provider for one originator and end point. */
export class XbezahldiensteClient {
  private readonly http: HttpClient;
  private readonly tokens: TokenSource | undefined;

  constructor(
    private readonly options: XbezahldiensteOptions,
    private readonly clock: Clock,
  ) {
    this.http = new HttpClient({
      baseUrl: options.baseUrl,
      timeoutMs: options.timeoutMs,
      answerBytesMax: ANSWER_BYTES_MAX,
      headers: { accept: 'application/json, application/problem+json' },
      ...credentialsOf(options),
    });
    this.tokens = options.auth.kind === 'oauth2' ? new TokenSource(options, options.auth, clock) : undefined;
  }

  /** Opens a payment. @throws DeliveryError */
  async create(request: PaymentRequest, signal: AbortSignal): Promise<Created> {
    const answer = await this.send('create', {
      method: 'POST',
      path: this.path('paymenttransaction'),
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify(request)),
      signal,
    });
    if (answer.status >= 200 && answer.status < 300) return { transaction: transactionOf(answer, 'create') };
    const problem = problemOf(answer);
    if (problem.functionalCode === 'PAYMENT_EXISTS') {
      const transactionId = problem.transactionId ?? problem.paymentInformation?.transactionId;
      return { exists: true, ...(transactionId === undefined ? {} : { transactionId }) };
    }
    throw this.failureOf(answer, problem, 'create');
  }

  /** Reads a transaction; `undefined` when the provider does not know the id. @throws DeliveryError */
  async read(transactionId: string, signal: AbortSignal): Promise<PaymentTransaction | undefined> {
    const answer = await this.send('read', {
      method: 'GET',
      path: `${this.path('paymenttransaction')}/${encodeURIComponent(transactionId)}`,
      signal,
    });
    if (answer.status >= 200 && answer.status < 300) return transactionOf(answer, 'read');
    const problem = problemOf(answer);
    const failure = ofFunctionalCode(problem.functionalCode);
    // A wrong base address also says 404, but then not in the standard's words for a wrong originator: see the probe.
    if (answer.status === 404 && failure === undefined) return undefined;
    throw failure ?? this.failureOf(answer, problem, 'read');
  }

  /** Asks the provider how it is, for exactly this originator and end point; changes nothing. @throws DeliveryError when there is no answer. */
  async systemStatus(signal: AbortSignal): Promise<SystemStatus> {
    const answer = await this.send('read', { method: 'GET', path: this.path('status'), signal });
    const { functionalCode } = problemOf(answer);
    return { status: answer.status, ...(functionalCode === undefined ? {} : { functionalCode }) };
  }

  /** Ends kept connections. */
  close(): void {
    this.http.close();
    this.tokens?.close();
  }

  private path(operation: 'paymenttransaction' | 'status'): string {
    return `/${operation}/${this.options.originatorId}/${this.options.endPointId}`;
  }

  /** With OAuth2, a 401 is answered by one fresh token: providers drop tokens early, and a refused request has done nothing. */
  private async send(call: CallKind, request: HttpRequest & { signal: AbortSignal }): Promise<HttpAnswer> {
    const first = await this.sendWith(await this.tokens?.token(request.signal), call, request);
    if (first.status !== 401 || this.tokens === undefined) return first;
    this.tokens.forget();
    return this.sendWith(await this.tokens.token(request.signal), call, request);
  }

  private async sendWith(token: string | undefined, call: CallKind, request: HttpRequest): Promise<HttpAnswer> {
    const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
    try {
      return await this.http.request({ ...request, headers: { ...request.headers, ...authorization } });
    } catch (error) {
      throw ofConnection(error, call);
    }
  }

  private failureOf(answer: HttpAnswer, problem: SystemResponse, call: CallKind): DeliveryError {
    return (
      ofFunctionalCode(problem.functionalCode) ??
      ofStatus(answer.status, call, retryAfterMs(answer.headers['retry-after'], this.clock.now()))
    );
  }
}

/** Client credentials (RFC 6749, section 4.4). One token for all calls, kept until shortly before it expires. */
class TokenSource {
  private readonly http: HttpClient;
  private known: { readonly token: string; readonly until: number } | undefined;
  private asking: Promise<string> | undefined;

  constructor(
    options: XbezahldiensteOptions,
    private readonly auth: Extract<XbezahldiensteOptions['auth'], { kind: 'oauth2' }>,
    private readonly clock: Clock,
  ) {
    this.http = new HttpClient({
      baseUrl: auth.tokenUrl,
      timeoutMs: options.timeoutMs,
      answerBytesMax: ANSWER_BYTES_MAX,
      ...(options.ca === undefined ? {} : { tls: { ca: options.ca } }),
      ...(auth.credentialsIn === 'header'
        ? // RFC 6749, section 2.3.1: both are form-encoded before they go into the header.
          { basic: { username: encodeURIComponent(auth.clientId), password: encodeURIComponent(auth.clientSecret) } }
        : {}),
    });
  }

  /** The current token; calls that come at the same time share one request. @throws DeliveryError */
  async token(signal: AbortSignal): Promise<string> {
    if (this.known !== undefined && this.clock.now().getTime() < this.known.until) return this.known.token;
    if (signal.aborted) throw endedEarly();
    this.asking ??= this.ask().finally(() => {
      this.asking = undefined;
    });
    return unlessAborted(this.asking, signal);
  }

  forget(): void {
    this.known = undefined;
  }

  close(): void {
    this.http.close();
  }

  /** Carries no signal of a single call, because others may wait for the same answer; the time limit of the client ends it. */
  private async ask(): Promise<string> {
    const form = new URLSearchParams({ grant_type: 'client_credentials' });
    if (this.auth.scope !== undefined) form.set('scope', this.auth.scope);
    if (this.auth.credentialsIn === 'form') {
      form.set('client_id', this.auth.clientId);
      form.set('client_secret', this.auth.clientSecret);
    }
    const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
    const answer = await this.http
      .request({ method: 'POST', path: this.auth.tokenUrl, headers, body: Buffer.from(form.toString()) })
      .catch((error: unknown) => {
        throw ofConnection(error, 'read');
      });
    if (answer.status === 400 || answer.status === 401 || answer.status === 403)
      throw DeliveryError.misconfigured(
        `${ADAPTER_TYPE}/token-refused`,
        `The token endpoint does not accept the client credentials (HTTP ${answer.status}).`,
      );
    if (answer.status < 200 || answer.status >= 300)
      throw ofStatus(answer.status, 'read', retryAfterMs(answer.headers['retry-after'], this.clock.now()));
    const parsed = TokenAnswer.safeParse(jsonOf(answer));
    if (!parsed.success)
      throw DeliveryError.unavailable(`${ADAPTER_TYPE}/unreadable-token`, 'The token endpoint did not answer with a token.');
    const lifeMs = parsed.data.expires_in == null ? TOKEN_LIFE_MS : parsed.data.expires_in * 1_000;
    this.known = { token: parsed.data.access_token, until: this.clock.now().getTime() + lifeMs - TOKEN_MARGIN_MS };
    return parsed.data.access_token;
  }
}

/** Waits for a shared answer, but no longer than this call may; nothing of this call was sent yet. */
async function unlessAborted<Result>(shared: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise<Result>((resolve, reject) => {
    const onAbort = (): void => reject(endedEarly());
    signal.addEventListener('abort', onAbort, { once: true });
    void shared.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

function endedEarly(): DeliveryError {
  return DeliveryError.unavailable(`${ADAPTER_TYPE}/unreachable`, 'The attempt ended before the token endpoint answered.');
}

function credentialsOf({ auth, ca }: XbezahldiensteOptions): Pick<HttpSettings, 'basic' | 'tls'> {
  const authority = ca === undefined ? {} : { ca };
  switch (auth.kind) {
    case 'basic':
      return { basic: { username: auth.username, password: auth.password }, tls: authority };
    case 'oauth2':
      return { tls: authority };
    case 'mtls':
      return {
        tls: {
          ...authority,
          ...(auth.pfx === undefined ? {} : { pfx: Buffer.from(auth.pfx, 'base64') }),
          ...(auth.passphrase === undefined ? {} : { passphrase: auth.passphrase }),
          ...(auth.cert === undefined ? {} : { cert: auth.cert }),
          ...(auth.key === undefined ? {} : { key: auth.key }),
        },
      };
  }
}

function transactionOf(answer: HttpAnswer, call: CallKind): PaymentTransaction {
  const parsed = PaymentTransaction.safeParse(jsonOf(answer));
  if (!parsed.success) throw unreadable(call);
  return parsed.data;
}

function problemOf(answer: HttpAnswer): SystemResponse {
  const parsed = SystemResponse.safeParse(jsonOf(answer));
  return parsed.success ? parsed.data : {};
}

function jsonOf(answer: HttpAnswer): unknown {
  try {
    return JSON.parse(answer.body.toString('utf8'));
  } catch {
    return undefined;
  }
}
