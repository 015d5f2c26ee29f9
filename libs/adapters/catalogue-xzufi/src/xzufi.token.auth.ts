// SPDX-License-Identifier: EUPL-1.2
import { OneAtATime } from '@amtsbote/adapter-kit';
import type { Clock } from '@amtsbote/canonical';
import { HttpClient, retryAfterMs } from '@amtsbote/platform';

import { refused, SourceFailure } from './xzufi.errors.js';
import { Token } from './xzufi.pvog.wire.js';

/** A token is replaced so long before it ends: a request under way has to arrive with it. */
const EARLY_MS = 5_000;
/** Self-contained tokens live five minutes at most (TR-03172-1, A3.5.08); taken for one that says nothing. */
const LIFE_S = 300;

/** Gets tokens with client credentials (RFC 6749, section 4.4) and keeps each for as long as it lives. */
export class TokenKeeper {
  private readonly client: HttpClient;
  private kept: { readonly token: string; readonly until: number } | undefined;
  private readonly settings: { readonly tokenUrl: string; readonly clientId: string; readonly clientSecret: string };
  private readonly clock: Clock;
  private readonly oneAtATime = new OneAtATime();

  constructor(
    settings: { readonly tokenUrl: string; readonly clientId: string; readonly clientSecret: string },
    timeoutMs: number,
    clock: Clock,
  ) {
    this.settings = settings;
    this.clock = clock;
    this.client = new HttpClient({ baseUrl: settings.tokenUrl, timeoutMs, answerBytesMax: 65_536 });
  }

  /** A token that still lives. @throws SourceFailure, or a transport failure. */
  async token(signal: AbortSignal): Promise<string> {
    return this.living() ?? this.otherThan(this.kept?.token, signal);
  }

  /** Another token than this one, which was not accepted. Several readers that need one at the same time get the same. */
  otherThan(refused: string | undefined, signal: AbortSignal): Promise<string> {
    return this.oneAtATime.run('token', signal, async () => {
      const living = this.living();
      if (living !== undefined && living !== refused) return living;
      this.kept = await this.requested(signal);
      return this.kept.token;
    });
  }

  private living(): string | undefined {
    return this.kept !== undefined && this.kept.until > this.clock.now().getTime() ? this.kept.token : undefined;
  }

  private async requested(signal: AbortSignal): Promise<{ token: string; until: number }> {
    const { tokenUrl, clientId, clientSecret } = this.settings;
    const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
    const answer = await this.client.request({ method: 'POST', path: tokenUrl, headers, body, signal });
    // 400 is how a token endpoint says "invalid_client" too.
    if (answer.status === 400) throw new SourceFailure(401);
    if (answer.status !== 200) throw new SourceFailure(answer.status, retryAfterMs(answer.headers['retry-after'], this.clock.now()));
    const { token, lifeS } = tokenOf(answer.body);
    return { token, until: this.clock.now().getTime() + lifeS * 1_000 - EARLY_MS };
  }

  close(): void {
    this.client.close();
  }
}

function tokenOf(body: Buffer): { token: string; lifeS: number } {
  try {
    const { access_token: token, expires_in: lifeS } = Token.parse(JSON.parse(body.toString('utf8')));
    return { token, lifeS: lifeS ?? LIFE_S };
  } catch {
    // Without its cause: that might quote the token.
    throw refused('answer-unreadable');
  }
}
