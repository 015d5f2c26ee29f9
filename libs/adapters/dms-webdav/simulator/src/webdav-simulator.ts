// SPDX-License-Identifier: EUPL-1.2
import type { IncomingMessage, ServerResponse } from 'node:http';

import {
  type AnswerBooks,
  contentsOf,
  type DmsContents,
  type PlacedAnswer,
  type SimulatedAnswer,
  type SimulatedRequest,
  SimulatorServer,
} from '@amtsbote/adapter-kit/testing';

import { type Entry, type PlacedFile, stored, Tree } from './tree.js';

/** Where the folder for Akten is on the simulated server. */
export const BASE = '/dav/Gewerbeamt';
const WRITES = new Set(['MKCOL', 'PUT', 'MOVE', 'DELETE', 'PROPPATCH']);

/**
 * A WebDAV server as Apache's mod_dav answers (statuses tried with 2.4): MKCOL on something 405, without a parent 409, PUT new 201 and again
 * 204, MOVE on something with `Overwrite: F` 412. Content is hashed, not kept.
 */
export class WebdavSimulator extends SimulatorServer {
  readonly tree = new Tree();
  /** Says no to every write: a policy of the server (422). */
  refuses = false;
  /** Loses the last byte of every file and says nothing. */
  storesShort = false;
  /** Answers every write with this status and does nothing. */
  failsWritesWith: number | undefined;
  /** Somebody else makes each folder and removes each file just before: mod_dav, which had looked, answers 403. */
  isBeaten = false;
  /** What Nextcloud tells in oc:permissions; other servers tell nothing. */
  permissions: string | undefined;
  /** Bytes of files that have arrived. */
  bytesArrived = 0;

  constructor(
    readonly username: string,
    readonly password: string,
    /** Path of the folder for Akten. */
    protected readonly base = BASE,
  ) {
    super();
  }

  /** Address for the adapter's options. */
  get baseUrl(): string {
    return this.url + this.base;
  }

  /** What lies below the folder for Akten. */
  contents(): DmsContents {
    const entries = [...this.tree.entries]
      .filter(([path]) => path !== '')
      .map(([path, entry]) => ({ segments: path.slice(1).split('/'), entry }));
    return contentsOf(entries, this.base, this.tree.changes);
  }

  /** A clerk saves a document into the outbox of a Vorgang. */
  async placeAnswer(vorgangId: string, { fileName, mediaType, bytes, mark }: PlacedAnswer, folder = 'Ausgang'): Promise<void> {
    const outbox = `${vorgangId.slice(this.base.length)}/${folder}`;
    const place = mark === undefined ? outbox : `${outbox}/${mark}`;
    for (const path of [outbox, place]) if (this.tree.get(path) === undefined) this.tree.put(path, 'folder');
    this.tree.write(`${place}/${fileName}`, await stored(piecesOf(bytes), mediaType));
  }

  /** A clerk takes a document out of the outbox again. */
  withdrawAnswer(vorgangId: string, fileName: string, folder = 'Ausgang'): void {
    this.tree.remove(`${vorgangId.slice(this.base.length)}/${folder}/${fileName}`);
  }

  /** What lies in the outbox of a Vorgang, and what was moved aside there. */
  answerBooks(vorgangId: string, folder = 'Ausgang', takenTo = 'Erledigt'): AnswerBooks {
    const outbox = `${vorgangId.slice(this.base.length)}/${folder}`;
    const filesIn = (path: string): string[] =>
      this.tree
        .childrenOf(path)
        .filter((one) => this.tree.get(one) !== 'folder')
        .map((one) => one.slice(one.lastIndexOf('/') + 1));
    return { waiting: filesIn(outbox), taken: filesIn(`${outbox}/${takenTo}`) };
  }

  /** As counts; `duplicates` are documents stored twice in one Vorgang under two names. */
  books(): { akten: number; vorgaenge: number; documents: number; duplicates: string[] } {
    const vorgaenge = this.contents().akten.flatMap((akte) => akte.vorgaenge);
    const documents = vorgaenge.flatMap((vorgang) =>
      vorgang.documents.map(({ originalName, sha512 }) => `${vorgang.id} ${originalName} ${sha512}`),
    );
    const duplicates = documents.filter((one, index) => documents.indexOf(one) !== index);
    return { akten: this.contents().akten.length, vorgaenge: vorgaenge.length, documents: documents.length, duplicates };
  }

  protected override async handleStream(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    if (request.method !== 'PUT') return false;
    const url = new URL(request.url ?? '/', this.url);
    const answer = await this.put(url, request.headers, request as AsyncIterable<Buffer>);
    response.writeHead(answer.status, answer.headers ?? {}).end(answer.body ?? '');
    return true;
  }

  protected override async handle({ method, url, headers, body }: SimulatedRequest): Promise<SimulatedAnswer> {
    if (method === 'PUT') return this.put(url, headers, piecesOf(body));
    const denied = this.denied(method, url, headers);
    if (denied !== undefined) return denied;
    const path = this.pathOf(url);
    switch (method) {
      case 'PROPFIND':
        return this.propfind(path, headers['depth'] === '1');
      case 'MKCOL':
        return this.makeFolder(path);
      case 'MOVE':
        return this.move(path, headers);
      case 'DELETE':
        return this.delete(path);
      case 'GET':
        return this.read(path, headers);
      default:
        return { status: 405 };
    }
  }

  /** Path below the folder for Akten, decoded, without a slash at its end. */
  protected pathOf(url: URL): string {
    return decodeURIComponent(url.pathname).slice(decodeURIComponent(this.base).length).replace(/\/+$/, '');
  }

  protected denied(method: string, url: URL, headers: IncomingMessage['headers']): SimulatedAnswer | undefined {
    const expected = `Basic ${Buffer.from(`${this.username}:${this.password}`).toString('base64')}`;
    if (headers.authorization !== expected) return { status: 401, headers: { 'www-authenticate': 'Basic realm="files"' } };
    if (!url.pathname.startsWith(this.base)) return { status: 404 };
    if (!WRITES.has(method)) return undefined;
    if (this.refuses) return { status: 422 };
    return this.failsWritesWith === undefined ? undefined : { status: this.failsWritesWith };
  }

  private async put(url: URL, headers: IncomingMessage['headers'], body: AsyncIterable<Buffer>): Promise<SimulatedAnswer> {
    const path = this.pathOf(url);
    const denied = this.denied('PUT', url, headers);
    const file = await stored(this.counted(body), headers['content-type'] ?? '', this.storesShort ? 1 : 0);
    if (denied !== undefined) return denied;
    const present = this.tree.get(path);
    if (present === 'folder') return { status: 405 };
    if (present !== undefined && headers['if-none-match'] === '*') return { status: 412 };
    if (!this.tree.hasParentOf(path)) return { status: 409 };
    this.tree.write(path, file);
    return { status: present === undefined ? 201 : 204 };
  }

  protected async *counted(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of body) {
      this.bytesArrived += chunk.length;
      yield chunk;
    }
  }

  private propfind(path: string, withChildren: boolean): SimulatedAnswer {
    const entry = this.tree.get(path);
    if (entry === undefined) return { status: 404 };
    const paths = withChildren && entry === 'folder' ? [path, ...this.tree.childrenOf(path)] : [path];
    const responses = paths.map((one) => this.response(one, this.tree.get(one) ?? 'folder')).join('');
    const body = `<?xml version="1.0" encoding="utf-8"?>\n<D:multistatus xmlns:D="DAV:" xmlns:ns0="DAV:">\n${responses}</D:multistatus>`;
    return { status: 207, headers: { 'content-type': 'text/xml; charset="utf-8"' }, body };
  }

  private response(path: string, entry: Entry): string {
    const href = this.base + path.split('/').map(encodeURIComponent).join('/') + (entry === 'folder' ? '/' : '');
    const type = entry === 'folder' ? '<lp1:resourcetype><D:collection/></lp1:resourcetype>' : '<lp1:resourcetype/>';
    const length = entry === 'folder' ? '' : propertiesOf(entry);
    const rights =
      this.permissions === undefined ? '' : `<oc:permissions xmlns:oc="http://owncloud.org/ns">${this.permissions}</oc:permissions>`;
    return (
      `<D:response xmlns:lp1="DAV:"><D:href>${href}</D:href>` +
      `<D:propstat><D:prop>${type}${length}${rights}</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat>` +
      '<D:propstat><D:prop><g0:permissions xmlns:g0="http://example.org/unknown"/></D:prop><D:status>HTTP/1.1 404 Not Found</D:status></D:propstat>' +
      '</D:response>\n'
    );
  }

  private makeFolder(path: string): SimulatedAnswer {
    if (this.tree.get(path) !== undefined) return { status: 405 };
    if (!this.tree.hasParentOf(path)) return { status: 409 };
    this.tree.put(path, 'folder');
    return { status: this.isBeaten ? 403 : 201 };
  }

  private move(path: string, headers: IncomingMessage['headers']): SimulatedAnswer {
    const entry = this.tree.get(path);
    if (entry === undefined) return { status: 404 };
    const condition = /^\(\[(.+)\]\)$/.exec(String(headers['if'] ?? ''))?.[1];
    if (condition !== undefined && (entry === 'folder' || etagOf(entry) !== condition)) return { status: 412 };
    const to = this.pathOf(new URL(String(headers['destination'])));
    const present = this.tree.get(to);
    if (present !== undefined && headers['overwrite'] === 'F') return { status: 412 };
    if (!this.tree.hasParentOf(to)) return { status: 409 };
    this.tree.remove(path);
    this.tree.put(to, entry);
    return { status: present === undefined ? 201 : 204 };
  }

  private delete(path: string): SimulatedAnswer {
    if (this.tree.get(path) === undefined) return { status: 404 };
    this.tree.remove(path);
    return { status: this.isBeaten ? 403 : 204 };
  }

  private read(path: string, headers: IncomingMessage['headers']): SimulatedAnswer {
    const entry = this.tree.get(path);
    if (entry === undefined || entry === 'folder') return { status: 404 };
    if (headers['if-match'] !== undefined && headers['if-match'] !== etagOf(entry)) return { status: 412 };
    return entry.bytes === null ? { status: 500, body: 'the simulator keeps no large files' } : { status: 200, body: entry.bytes };
  }
}

async function* piecesOf(body: Buffer): AsyncGenerator<Buffer> {
  if (body.length > 0) yield body;
}

function etagOf({ size, version }: PlacedFile): string {
  return `"${size.toString(16)}-${version.toString(16)}"`;
}

/** Apache calls the ETag weak while the file could still change within the same second. */
function propertiesOf(file: PlacedFile): string {
  const weak = Date.now() - file.modified.getTime() < 1_000 ? 'W/' : '';
  return (
    `<lp1:getcontentlength>${file.size}</lp1:getcontentlength><lp1:getetag>${weak}${etagOf(file)}</lp1:getetag>` +
    `<lp1:getlastmodified>${file.modified.toUTCString()}</lp1:getlastmodified><D:getcontenttype>${file.mediaType}</D:getcontenttype>`
  );
}
