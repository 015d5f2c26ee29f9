// SPDX-License-Identifier: EUPL-1.2
import type { Clock } from '@amtsbote/canonical';

import { HttpClient, type HttpSettings } from './http-client.js';
import { retryAfterMs } from './retry-after.js';
import { unlessAborted } from './unless-aborted.js';

/** Who asks for tokens, and where. */
export interface ClientCredentialsSettings {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope?: string | undefined;
  /** Where the client's credentials go in the token request: in the Authorization header or in the form (RFC 6749, section 2.3.1). */
  readonly credentialsIn: 'header' | 'form';
}

/** A token endpoint that answered, and not with a token. Carries no text of the answer: it might quote the secret. */
export class TokenFailure extends Error {
  override readonly name = 'TokenFailure';
  constructor(
    readonly status: number,
    /** It asked to come back after this time. */
    readonly retryAfterMs?: number,
  ) {
    super(`the token endpoint answered with status ${status}`);
  }
  /** The client or its secret is not accepted; RFC 6749, section 5.2: `invalid_client` may come as 400 too. */
  get isRefusal(): boolean {
    return this.status === 400 || this.status === 401 || this.status === 403;
  }
}

/** A token is renewed this long before it expires, in milliseconds: it must not die on the way. */
const MARGIN_MS = 30_000;
/** Assumed life of a token whose answer does not say (`expires_in` is only recommended), in milliseconds. */
const LIFE_MS = 60_000;
const ANSWER_BYTES_MAX = 64 * 1024;

/** Bearer tokens by client credentials (RFC 6749, section 4.4): one for all calls, kept until shortly before it expires. */
export class ClientCredentials {
  private readonly http: HttpClient;
  private known: { readonly token: string; readonly until: number } | undefined;
  private asking: Promise<string> | undefined;

  constructor(
    private readonly settings: ClientCredentialsSettings,
    connection: Pick<HttpSettings, 'timeoutMs' | 'tls'>,
    private readonly clock: Clock,
  ) {
    const { tokenUrl, clientId, clientSecret, credentialsIn } = settings;
    this.http = new HttpClient({
      baseUrl: tokenUrl,
      answerBytesMax: ANSWER_BYTES_MAX,
      ...connection,
      // RFC 6749, section 2.3.1: both are form-encoded before they go into the header.
      ...(credentialsIn === 'header'
        ? { basic: { username: encodeURIComponent(clientId), password: encodeURIComponent(clientSecret) } }
        : {}),
    });
  }

  /**
   * The current token; calls that come at the same time share one request, whose time is limited by `timeoutMs` and not by one caller's signal.
   * @throws TokenFailure, HttpFailure, or the signal's reason.
   */
  async token(signal: AbortSignal): Promise<string> {
    signal.throwIfAborted();
    if (this.known !== undefined && this.clock.now().getTime() < this.known.until) return this.known.token;
    this.asking ??= this.ask().finally(() => {
      this.asking = undefined;
    });
    return unlessAborted(this.asking, signal);
  }

  /** The token was not accepted: the next call asks for another one. */
  forget(token: string): void {
    if (this.known?.token === token) this.known = undefined;
  }

  close(): void {
    this.http.close();
  }

  private async ask(): Promise<string> {
    const { tokenUrl, clientId, clientSecret, scope, credentialsIn } = this.settings;
    const form = new URLSearchParams({ grant_type: 'client_credentials' });
    if (scope !== undefined) form.set('scope', scope);
    if (credentialsIn === 'form') {
      form.set('client_id', clientId);
      form.set('client_secret', clientSecret);
    }
    const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
    const answer = await this.http.request({ method: 'POST', path: tokenUrl, headers, body: form.toString() });
    const now = this.clock.now();
    if (answer.status !== 200) throw new TokenFailure(answer.status, retryAfterMs(answer.headers['retry-after'], now));
    const { token, lifeMs } = tokenIn(answer.body) ?? {};
    // A success without a token is no refusal: a proxy's page, half a body.
    if (token === undefined) throw new TokenFailure(502);
    this.known = { token, until: now.getTime() + (lifeMs ?? LIFE_MS) - MARGIN_MS };
    return token;
  }
}

function tokenIn(body: Buffer): { token: string; lifeMs: number | undefined } | undefined {
  let read: unknown;
  try {
    read = JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
  if (typeof read !== 'object' || read === null || !('access_token' in read) || typeof read.access_token !== 'string') return undefined;
  const lifeS = 'expires_in' in read ? Number(read.expires_in) : Number.NaN;
  return read.access_token === '' ? undefined : { token: read.access_token, lifeMs: lifeS > 0 ? lifeS * 1_000 : undefined };
}
