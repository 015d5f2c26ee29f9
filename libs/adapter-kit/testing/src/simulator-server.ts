// SPDX-License-Identifier: EUPL-1.2
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/**
 * How a simulated system can misbehave.
 * - `down`: the connection is refused or cut before anything is read
 * - `slow`: answers after `slowMs`
 * - `error500`, `throttled` (429 with Retry-After), `unauthorised` (401): says so, does nothing
 * - `garbage`: 200 with bytes that are not the protocol, does nothing
 * - `answerLost`: does it, then cuts the connection before the answer
 */
export type Fault = 'down' | 'slow' | 'error500' | 'throttled' | 'unauthorised' | 'garbage' | 'answerLost';

/** Which requests a fault strikes. */
export interface FaultRule {
  readonly fault: Fault;
  /** Strikes this many requests, then is used up; absent = until cleared. */
  readonly times?: number;
  /** Only requests whose method and path (`POST /a/b`) match. */
  readonly match?: RegExp;
  /** For `slow`, milliseconds. */
  readonly slowMs?: number;
  /** For `throttled`, seconds. */
  readonly retryAfterS?: number;
}

/** A request with its body read (bounded by the simulator's own limit) and the URL taken apart. */
export interface SimulatedRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** What a simulated system answers. */
export interface SimulatedAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** Bodies below this are read into memory; larger ones only by simulators that take the raw stream. */
const BODY_BYTES_MAX = 64 * 1024 * 1024;

/**
 * A simulated system on loopback with switchable faults. A simulator extends it by `handle`; tests, demo and landscape use the same class.
 * `requests` counts everything that arrived, so that tests can see what really went over the wire.
 */
export abstract class SimulatorServer {
  private server: Server | undefined;
  private readonly sockets = new Set<Socket>();
  private rules: { rule: FaultRule; left: number }[] = [];
  /** `METHOD /path` of every request that arrived, in order; the newest 10,000. */
  readonly requests: string[] = [];
  /** Most requests that were being answered at the same time. */
  atOnceMax = 0;
  private atOnce = 0;

  /** Answers one request; throws only when the simulator itself is wrong. */
  protected abstract handle(request: SimulatedRequest): Promise<SimulatedAnswer> | SimulatedAnswer;

  /** For simulators that must not hold a body in memory: answer here and return true. The request's stream is unread. */
  protected handleStream(_request: IncomingMessage, _response: ServerResponse): Promise<boolean> | boolean {
    return false;
  }

  /** Listens on 127.0.0.1; port 0 = a free one. */
  async start(port = 0): Promise<this> {
    const server = createServer((request, response) => void this.serve(request, response));
    server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
    });
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
    this.server = server;
    return this;
  }

  /** Base address, such as `http://127.0.0.1:40123`. */
  get url(): string {
    if (this.server === undefined) throw new Error('the simulator is not started');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Adds a fault; rules strike in the order in which they were added. */
  fail(rule: FaultRule | Fault): void {
    const complete: FaultRule = typeof rule === 'string' ? { fault: rule } : rule;
    this.rules.push({ rule: complete, left: complete.times ?? Number.POSITIVE_INFINITY });
  }
  /** Back to normal. */
  heal(): void {
    this.rules = [];
  }

  /** Stops listening and cuts what is open. */
  async stop(): Promise<void> {
    const server = this.server;
    if (server === undefined) return;
    this.server = undefined;
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.atOnce += 1;
    this.atOnceMax = Math.max(this.atOnceMax, this.atOnce);
    try {
      const line = `${request.method ?? 'GET'} ${request.url ?? '/'}`;
      this.requests.push(line);
      if (this.requests.length > 10_000) this.requests.shift();
      const rule = this.strike(line);
      if (rule?.fault === 'down') return void request.socket.destroy();
      // A pause must not keep a finished test run or demo alive.
      if (rule?.fault === 'slow') await new Promise((resolve) => setTimeout(resolve, rule.slowMs ?? 1_000).unref());
      // A client that hung up meanwhile is not served: acting on its request now would be another fault than slowness.
      if (request.socket.destroyed) return;
      if (rule === undefined || rule.fault === 'slow') {
        if (await this.handleStream(request, response)) return;
      }
      const body = await read(request);
      const faulty = rule === undefined ? undefined : faultyAnswer(rule);
      const answer =
        faulty ??
        (await this.handle({
          method: request.method ?? 'GET',
          url: new URL(request.url ?? '/', this.url),
          headers: request.headers,
          body,
        }));
      if (rule?.fault === 'answerLost') return void request.socket.destroy();
      response.writeHead(answer.status, answer.headers ?? {}).end(answer.body ?? '');
    } catch (error) {
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' });
      response.end(`simulator fault: ${error instanceof Error ? error.message : 'unknown'}`);
    } finally {
      this.atOnce -= 1;
    }
  }

  private strike(line: string): FaultRule | undefined {
    const hit = this.rules.find(({ rule, left }) => left > 0 && (rule.match?.test(line) ?? true));
    if (hit !== undefined) hit.left -= 1;
    return hit?.rule;
  }
}

function faultyAnswer(rule: FaultRule): SimulatedAnswer | undefined {
  switch (rule.fault) {
    case 'error500':
      return { status: 500, headers: { 'content-type': 'text/html' }, body: '<h1>Internal Server Error</h1>' };
    case 'throttled':
      return { status: 429, headers: { 'retry-after': String(rule.retryAfterS ?? 1) }, body: '' };
    case 'unauthorised':
      return { status: 401, body: '' };
    case 'garbage':
      return { status: 200, headers: { 'content-type': 'application/json' }, body: '\u0000<<not the protocol' };
    case 'down':
    case 'slow':
    case 'answerLost':
      return undefined;
  }
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_BYTES_MAX) throw new Error('body too large for this simulator');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
