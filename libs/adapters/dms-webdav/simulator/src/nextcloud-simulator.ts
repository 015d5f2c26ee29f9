// SPDX-License-Identifier: EUPL-1.2
import type { IncomingMessage, ServerResponse } from 'node:http';

import type { SimulatedAnswer, SimulatedRequest } from '@amtsbote/adapter-kit/testing';

import { stored } from './tree.js';
import { WebdavSimulator } from './webdav-simulator.js';

/** A file that is sent in chunks. */
interface Upload {
  readonly destination: string;
  readonly chunks: Map<number, Buffer>;
}

/** Smallest chunk that is not the last, in bytes (Nextcloud's developer manual, chunked upload version 2). */
const CHUNK_BYTES_MIN = 5 * 1024 * 1024;

/**
 * A Nextcloud as its developer manual describes it: the files of a user, and chunked upload version 2. Every request of an upload has to name its
 * destination; chunks are called 1 to 10000 and are put together in that order.
 */
export class NextcloudSimulator extends WebdavSimulator {
  /** Uploads that were begun and not ended, by id. */
  readonly uploads = new Map<string, Upload>();
  /** Bytes of every chunk that came, in order. */
  readonly chunks: number[] = [];
  private readonly root: string;

  constructor(username: string, password: string) {
    super(username, password, `/remote.php/dav/files/${username}/Gewerbeamt`);
    this.root = `/remote.php/dav/uploads/${username}/`;
  }

  protected override async handleStream(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const url = new URL(request.url ?? '/', this.url);
    if (!url.pathname.startsWith(this.root)) return super.handleStream(request, response);
    if (request.method !== 'PUT') return false;
    const pieces: Buffer[] = [];
    for await (const piece of this.counted(request as AsyncIterable<Buffer>)) pieces.push(piece);
    const { status } = this.chunk(url, request.headers, Buffer.concat(pieces));
    response.writeHead(status).end();
    return true;
  }

  protected override async handle(request: SimulatedRequest): Promise<SimulatedAnswer> {
    const { method, url, headers, body } = request;
    if (!url.pathname.startsWith(this.root)) return super.handle(request);
    if (method === 'PUT') return this.chunk(url, headers, body);
    const wrong = this.wrongIn(method, headers);
    if (wrong !== undefined) return wrong;
    const [id = '', name] = url.pathname.slice(this.root.length).split('/');
    switch (method) {
      case 'MKCOL':
        return this.begin(id, String(headers['destination']));
      case 'MOVE':
        return name === '.file' ? this.assemble(id, headers) : { status: 404 };
      case 'DELETE':
        return { status: this.uploads.delete(id) ? 204 : 404 };
      default:
        return { status: 405 };
    }
  }

  private wrongIn(method: string, headers: IncomingMessage['headers']): SimulatedAnswer | undefined {
    const denied = this.denied(method, new URL(this.baseUrl), headers);
    if (denied !== undefined) return denied;
    return method === 'DELETE' || String(headers['destination']).startsWith(this.baseUrl) ? undefined : { status: 400 };
  }

  private begin(id: string, destination: string): SimulatedAnswer {
    if (this.uploads.has(id)) return { status: 405 };
    this.uploads.set(id, { destination, chunks: new Map() });
    return { status: 201 };
  }

  private chunk(url: URL, headers: IncomingMessage['headers'], bytes: Buffer): SimulatedAnswer {
    const wrong = this.wrongIn('PUT', headers);
    if (wrong !== undefined) return wrong;
    const [id = '', name = ''] = url.pathname.slice(this.root.length).split('/');
    const upload = this.uploads.get(id);
    if (upload === undefined) return { status: 404 };
    const number = Number(name);
    if (!/^\d{1,5}$/.test(name) || number < 1 || number > 10_000 || upload.destination !== headers['destination']) return { status: 400 };
    upload.chunks.set(number, bytes);
    this.chunks.push(bytes.length);
    return { status: 201 };
  }

  private async assemble(id: string, headers: IncomingMessage['headers']): Promise<SimulatedAnswer> {
    const upload = this.uploads.get(id);
    if (upload === undefined) return { status: 404 };
    const chunks = [...upload.chunks].toSorted(([a], [b]) => a - b).map(([, bytes]) => bytes);
    const total = chunks.reduce((sum, { length }) => sum + length, 0);
    const isSmall = chunks.slice(0, -1).some(({ length }) => length < CHUNK_BYTES_MIN);
    if (isSmall || total !== Number(headers['oc-total-length'])) return { status: 400 };
    const path = this.pathOf(new URL(upload.destination));
    if (!this.tree.hasParentOf(path)) return { status: 409 };
    this.tree.write(path, await stored(piecesOf(chunks), 'application/octet-stream', this.storesShort ? 1 : 0));
    this.uploads.delete(id);
    return { status: 201 };
  }
}

async function* piecesOf(chunks: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* chunks;
}
