// SPDX-License-Identifier: EUPL-1.2
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';

import { type HttpAnswer, HttpClient, HttpFailure } from '@amtsbote/platform';

import { CommandFailed, EXIT } from './exit-codes.js';

/** Bulk commands and probes take their time. */
const TIMEOUT_MS = 120_000;
/** A Land's catalogue over a slow line, as long as the hub waits for one. */
const UPLOAD_MS = 6 * 60 * 60_000;

/** The part of an RFC 9457 problem that a person needs. */
interface Problem {
  readonly title?: string;
  readonly detail?: string;
}

/** The hub's REST API, with errors as sentences. */
export class HubApi {
  private readonly http: HttpClient;

  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {
    this.http = this.client(TIMEOUT_MS);
  }

  /** @throws CommandFailed */
  async get<Answer>(path: string, query: Readonly<Record<string, string | undefined>> = {}): Promise<Answer> {
    const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const search = new URLSearchParams(given).toString();
    return this.call<Answer>('GET', search === '' ? path : `${path}?${search}`);
  }

  /** @throws CommandFailed */
  async post<Answer>(path: string, body: Readonly<Record<string, unknown>> = {}): Promise<Answer> {
    return this.call<Answer>('POST', path, JSON.stringify(body));
  }

  /** An answer that is no JSON, of any length. @throws CommandFailed */
  async text(path: string, mediaType: string): Promise<string> {
    try {
      const { status, stream } = await this.http.stream({ method: 'GET', path, headers: { accept: mediaType } });
      const body = await text(stream);
      if (status >= 200 && status < 300) return body;
      throw problem(status, readJson(body) as Problem | undefined, this.url);
    } catch (error) {
      throw this.unreachable(error);
    }
  }

  /** Streams bytes to the hub. @param total their number, where it is known. @throws CommandFailed */
  async upload<Answer>(path: string, query: Readonly<Record<string, string>>, body: Readable, total: number | undefined): Promise<Answer> {
    const http = this.client(UPLOAD_MS);
    const headers = { 'content-type': 'application/octet-stream', ...(total === undefined ? {} : { 'content-length': String(total) }) };
    try {
      const answer = await http.request({ method: 'POST', path: `${path}?${new URLSearchParams(query).toString()}`, headers, body });
      return this.read(answer) as Answer;
    } catch (error) {
      throw this.unreachable(error);
    } finally {
      http.close();
    }
  }

  close(): void {
    this.http.close();
  }

  private async call<Answer>(method: 'GET' | 'POST', path: string, body?: string): Promise<Answer> {
    const content = body === undefined ? {} : { body, headers: { 'content-type': 'application/json' } };
    const answer = await this.http.request({ method, path, ...content }).catch((error: unknown) => {
      throw this.unreachable(error);
    });
    return this.read(answer) as Answer;
  }

  private read({ status, body }: HttpAnswer): unknown {
    const answer = readJson(body.toString('utf8'));
    if (status >= 200 && status < 300 && answer !== undefined) return answer;
    throw problem(status, answer as Problem | undefined, this.url);
  }

  private client(timeoutMs: number): HttpClient {
    const headers = { authorization: `Bearer ${this.token}`, accept: 'application/json' };
    return new HttpClient({ baseUrl: this.url.replace(/\/+$/, ''), timeoutMs, headers });
  }

  private unreachable(error: unknown): unknown {
    if (!(error instanceof HttpFailure)) return error;
    return new CommandFailed(
      EXIT.unreachable,
      `The hub at ${this.url} does not answer (${error.code}). Give its address with --url or AMTSBOTE_URL.`,
    );
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** One sentence: what the hub says, and what to do where that is known. */
function problem(status: number, answer: Problem | undefined, url: string): CommandFailed {
  if (answer?.detail === undefined)
    return new CommandFailed(EXIT.unreachable, `What answers at ${url} (status ${status}) is not an Amtsbote hub.`);
  if (status === 401)
    return new CommandFailed(
      EXIT.unreachable,
      'The hub does not accept this token. Give one of ops.credentials with --token or AMTSBOTE_TOKEN.',
    );
  return new CommandFailed(status >= 500 ? EXIT.unreachable : EXIT.refused, `${answer.title ?? 'Refused'}: ${answer.detail}`);
}
