// SPDX-License-Identifier: EUPL-1.2
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent, type AgentOptions } from 'node:https';
import { Readable } from 'node:stream';

import axios, { AxiosError, type AxiosInstance, type AxiosResponse } from 'axios';

import { HttpFailure, type HttpFailureCode } from './http-failure.js';

/** How a client talks to its one system. */
export interface HttpSettings {
  /** Base address; requests give a path below it, or an absolute URL of the same origin (hypermedia links). */
  readonly baseUrl: string;
  /** Longest wait for the complete answer, in milliseconds. */
  readonly timeoutMs: number;
  /** Largest answer that is read into memory, in bytes; default 10 MiB. */
  readonly answerBytesMax?: number;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly basic?: { readonly username: string; readonly password: string };
  /** Client certificate (mTLS) and own certificate authorities. Verification cannot be switched off. */
  readonly tls?: Pick<AgentOptions, 'pfx' | 'passphrase' | 'cert' | 'key' | 'ca'>;
  /** Connections kept open to the system at most; default 16. */
  readonly connectionsMax?: number;
}

/** One request. */
export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'MKCOL' | 'MOVE' | 'PROPFIND';
  /** Path below the base address (`/a/b?c=d`), or an absolute URL of the same origin. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes as they go over the wire, or a stream (give Content-Length in the headers when known). */
  readonly body?: Uint8Array | string | Readable;
  readonly signal?: AbortSignal;
}

/** A complete answer, whatever its status. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

/** An answer whose body is still to be read. The caller has to consume or destroy the stream. */
export interface HttpStreamAnswer extends Omit<HttpAnswer, 'body'> {
  readonly stream: Readable;
}

const ANSWER_BYTES_MAX = 10 * 1024 * 1024;
/** Codes of connections that never carried the request: the target cannot have acted. */
const NOT_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'ERR_INVALID_URL']);

/** Codes of TLS connections that were never made; other TLS errors may end one that has carried a request. */
const HANDSHAKE = /CERT|SELF_SIGNED|VERIFY|HANDSHAKE|UNKNOWN_CA|VERSION/;

/**
 * The one way out to other systems: limits time and size, follows no redirects, keeps connections, knows whether a failed request may have
 * been acted upon. Every status is an answer, not an error. It does not retry: that is the runner's job.
 */
export class HttpClient {
  private readonly axios: AxiosInstance;
  private readonly agents: readonly [HttpAgent, HttpsAgent];
  private readonly origin: string;

  constructor(private readonly settings: HttpSettings) {
    const agentOptions = { keepAlive: true, maxSockets: settings.connectionsMax ?? 16 };
    this.agents = [new HttpAgent(agentOptions), new HttpsAgent({ ...agentOptions, ...settings.tls })];
    this.origin = new URL(settings.baseUrl).origin;
    this.axios = axios.create({
      adapter: 'http',
      proxy: false,
      httpAgent: this.agents[0],
      httpsAgent: this.agents[1],
      maxRedirects: 0,
      decompress: true,
      validateStatus: () => true,
      maxBodyLength: Infinity,
      ...(settings.basic === undefined ? {} : { auth: settings.basic }),
    });
  }

  /**
   * Sends and reads the whole answer.
   * @throws HttpFailure when no complete answer came.
   */
  async request(request: HttpRequest): Promise<HttpAnswer> {
    const answer = await this.send<Buffer>(request, 'arraybuffer', this.settings.answerBytesMax ?? ANSWER_BYTES_MAX);
    return { status: answer.status, headers: plainHeaders(answer), body: Buffer.from(answer.data) };
  }

  /**
   * Sends and hands the answer's body over as a stream: for attachments, in constant memory.
   * @throws HttpFailure when no answer came; a stream cut later emits its own error.
   */
  async stream(request: HttpRequest): Promise<HttpStreamAnswer> {
    const answer = await this.send<Readable>(request, 'stream', Number.POSITIVE_INFINITY);
    return { status: answer.status, headers: plainHeaders(answer), stream: answer.data };
  }

  /** Ends kept connections. */
  close(): void {
    for (const agent of this.agents) agent.destroy();
  }

  private async send<Body>(
    request: HttpRequest,
    responseType: 'arraybuffer' | 'stream',
    answerBytesMax: number,
  ): Promise<AxiosResponse<Body>> {
    const timeout = AbortSignal.timeout(this.settings.timeoutMs);
    const signal = request.signal === undefined ? timeout : AbortSignal.any([timeout, request.signal]);
    try {
      return await this.axios.request<Body>({
        method: request.method,
        url: this.urlOf(request.path),
        headers: { ...this.settings.headers, ...request.headers },
        ...(request.body === undefined ? {} : { data: bodyOf(request.body) }),
        responseType,
        maxContentLength: Number.isFinite(answerBytesMax) ? answerBytesMax : -1,
        signal,
      });
    } catch (error) {
      throw this.failureOf(error, request, timeout.aborted);
    }
  }

  private urlOf(path: string): string {
    const url = path.startsWith('/') ? new URL(this.settings.baseUrl + path) : new URL(path);
    if (url.origin !== this.origin) {
      throw new HttpFailure('redirect-refused', 'notSent', `a link leaves ${this.origin}`, undefined);
    }
    return url.href;
  }

  private failureOf(error: unknown, request: HttpRequest, timedOut: boolean): unknown {
    if (!(error instanceof AxiosError)) return error;
    const code = codeOf(error, timedOut);
    const isHandshake = code === 'tls' && HANDSHAKE.test(error.code ?? '');
    const stage = isHandshake || code === 'unreachable' ? 'notSent' : 'sent';
    return new HttpFailure(code, stage, `${request.method} to ${this.origin}: ${code}`, error.code);
  }
}

function codeOf(error: AxiosError, timedOut: boolean): HttpFailureCode {
  const code = error.code ?? '';
  if (timedOut || code === 'ECONNABORTED' || code === 'ETIMEDOUT') return 'timeout';
  if (code === 'ERR_CANCELED') return 'aborted';
  if (code === 'ERR_BAD_RESPONSE' && error.message.includes('maxContentLength')) return 'answer-too-large';
  if (NOT_SENT.has(code) || errnoOf(error) === 'ECONNREFUSED') return 'unreachable';
  if (/CERT|TLS|SSL|SELF_SIGNED|VERIFY/.test(code)) return 'tls';
  return 'interrupted';
}

/**
 * Node reports a refused dual-stack connection as an AggregateError whose parts carry the code. Read by shape: errors of Node's own parts are
 * not always instances of this realm's Error.
 */
function errnoOf(error: AxiosError): string | undefined {
  const cause = error.cause as { code?: unknown; errors?: readonly { code?: unknown }[] } | undefined;
  const code = cause?.code ?? cause?.errors?.[0]?.code;
  return typeof code === 'string' ? code : undefined;
}

function bodyOf(body: Uint8Array | string | Readable): Buffer | string | Readable {
  return typeof body === 'string' || body instanceof Readable || Buffer.isBuffer(body) ? body : Buffer.from(body);
}

function plainHeaders(answer: AxiosResponse): Record<string, string | undefined> {
  const headers: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(answer.headers))
    headers[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : String(value);
  return headers;
}
