// SPDX-License-Identifier: EUPL-1.2
import { type IncomingMessage, request as forward, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';

import { type SimulatedAnswer, type SimulatedRequest, SimulatorServer } from '@amtsbote/adapter-kit/testing';

const WRITES = new Set(['MKCOL', 'PUT', 'MOVE', 'POST', 'DELETE']);

/** Stands between an adapter and a real server and misbehaves as told, so that the contract's faults meet the real thing. */
export class FaultProxy extends SimulatorServer {
  /** Says no to every write (422) and passes nothing on. */
  refuses = false;
  /** Loses the last byte of every file on its way. */
  storesShort = false;

  /** @param target address of the real server, `http://127.0.0.1:40123`. */
  constructor(private readonly target: string) {
    super();
  }

  /** The usual way: streamed, unchanged. */
  protected override async handleStream(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    if (this.isRefused(request.method) || (this.storesShort && request.method === 'PUT')) return false;
    const answer = await this.passOn(request.method ?? 'GET', request.url ?? '/', request.headers, (target) => pipeline(request, target));
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    await pipeline(answer, response);
    return true;
  }

  protected override async handle({ method, url, headers, body }: SimulatedRequest): Promise<SimulatedAnswer> {
    if (this.isRefused(method)) return { status: 422 };
    const sent = this.storesShort && method === 'PUT' ? body.subarray(0, -1) : body;
    const length = sent.length > 0 || method === 'PUT' ? { 'content-length': String(sent.length) } : {};
    const answer = await this.passOn(method, url.pathname + url.search, { ...headers, ...length }, async (target) => void target.end(sent));
    const chunks: Buffer[] = [];
    for await (const chunk of answer as AsyncIterable<Buffer>) chunks.push(chunk);
    return {
      status: answer.statusCode ?? 502,
      headers: { 'content-type': answer.headers['content-type'] ?? '' },
      body: Buffer.concat(chunks),
    };
  }

  private isRefused(method: string | undefined): boolean {
    return this.refuses && WRITES.has(method ?? '');
  }

  private passOn(
    method: string,
    path: string,
    headers: IncomingMessage['headers'],
    send: (target: NodeJS.WritableStream) => Promise<void>,
  ): Promise<IncomingMessage> {
    const target = new URL(this.target);
    // Where a file is moved to is said with the address the adapter knows: this proxy's.
    const destination = headers['destination'];
    const moved = typeof destination === 'string' ? { destination: destination.replace(this.url, this.target) } : {};
    return new Promise((resolve, reject) => {
      const outgoing = forward({
        host: target.hostname,
        port: target.port,
        method,
        path,
        headers: { ...headers, ...moved, host: target.host },
      });
      outgoing.once('response', resolve).once('error', reject);
      send(outgoing).catch(reject);
    });
  }
}
