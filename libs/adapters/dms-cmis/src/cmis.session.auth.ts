// SPDX-License-Identifier: EUPL-1.2
import type { Clock } from '@amtsbote/canonical';
import { ClientCredentials, type HttpAnswer, HttpClient, type HttpRequest, type HttpSettings } from '@amtsbote/platform';

import type { CmisOptions } from './cmis.options.js';

/** How this side proves itself to the repository, and the connections it does so on. */
export class Session {
  /** For answers without content, and for documents. */
  private readonly quick: HttpClient;
  private readonly patient: HttpClient;
  private readonly tokens: ClientCredentials | undefined;

  constructor(
    private readonly auth: CmisOptions['auth'],
    origin: string,
    options: Pick<CmisOptions, 'timeouts' | 'limits' | 'ca'>,
    clock: Clock,
  ) {
    const { timeouts, limits, ca } = options;
    const tls = ca === undefined ? {} : { tls: { ca } };
    const settings: Omit<HttpSettings, 'timeoutMs'> = { baseUrl: origin, connectionsMax: limits.connectionsMax, ...tls };
    this.quick = new HttpClient({ ...settings, timeoutMs: timeouts.answerMs });
    this.patient = new HttpClient({ ...settings, timeoutMs: timeouts.uploadMs });
    this.tokens = auth.kind === 'oauth2' ? new ClientCredentials(auth, { timeoutMs: timeouts.answerMs, ...tls }, clock) : undefined;
  }

  /** Sends and reads the whole answer. `patient`: content is on the way. A stream can be sent only once, so requests are built when needed. */
  async send(build: () => HttpRequest | Promise<HttpRequest>, pace: 'quick' | 'patient', signal: AbortSignal): Promise<HttpAnswer> {
    const http = pace === 'quick' ? this.quick : this.patient;
    return this.authorised(async (authorization) => {
      const request = await build();
      return http.request({ ...request, headers: { ...request.headers, authorization }, signal });
    }, signal);
  }

  /** Sends and hands the answer's body over as a stream. */
  async stream(request: HttpRequest, signal: AbortSignal): Promise<Awaited<ReturnType<HttpClient['stream']>>> {
    return this.authorised(
      (authorization) => this.patient.stream({ ...request, headers: { ...request.headers, authorization }, signal }),
      signal,
    );
  }

  close(): void {
    this.quick.close();
    this.patient.close();
    this.tokens?.close();
  }

  /** With OAuth2, a 401 is answered by one fresh token: servers drop tokens early, and a refused request has done nothing. */
  private async authorised<Answer extends { readonly status: number }>(
    call: (authorization: string) => Promise<Answer>,
    signal: AbortSignal,
  ): Promise<Answer> {
    if (this.tokens === undefined) return call(fixedHeader(this.auth));
    const token = await this.tokens.token(signal);
    const first = await call(`Bearer ${token}`);
    if (first.status !== 401) return first;
    this.tokens.forget(token);
    return call(`Bearer ${await this.tokens.token(signal)}`);
  }
}

function fixedHeader(auth: CmisOptions['auth']): string {
  if (auth.kind === 'basic') return `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}`;
  return auth.kind === 'bearer' ? `Bearer ${auth.token}` : '';
}
