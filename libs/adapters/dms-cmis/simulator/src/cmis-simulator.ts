// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

import {
  type AnswerBooks,
  type DmsContents,
  type PlacedAnswer,
  type SimulatedAnswer,
  type SimulatedRequest,
  SimulatorServer,
} from '@amtsbote/adapter-kit/testing';

import { act, type ActionContext } from './actions.js';
import { json, refused, repositoryInfo } from './answers.js';
import { type SimulatedArchive, TRADE_ARCHIVE } from './archive.js';
import { booksOf, type CmisBooks, contentsOf } from './books.js';
import { readForm, type ReceivedForm } from './form.js';
import { Repository, type StoredObject } from './repository.js';
import { select, selectOfRepository } from './selectors.js';
import { Refusal } from './types.js';

/** Path of the browser binding, as in the CMIS connector of nscale. */
const SERVICE = '/cmis/browser';

/** A request whose body is read as it comes. */
interface Incoming {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: AsyncIterable<Buffer>;
}

/**
 * A repository that speaks the browser binding of CMIS 1.1 as OpenCMIS' in-memory server does, with its traps: charset, names, lost content,
 * error bodies, escaped slashes, empty pages. Content is counted and hashed; only small content is kept for reading back.
 */
export class CmisSimulator extends SimulatorServer {
  readonly repository: Repository;
  /** While true, every content loses its last byte and is reported as stored. */
  storesShort = false;
  /** While true, content is lost altogether: 201 for a document without any. */
  dropsContent = false;
  /** Content above this does not fit in, in bytes. */
  quotaBytes = Number.POSITIVE_INFINITY;
  /** Largest page that is given, whatever is asked for. */
  pageMax = 1_000;
  /** While true, what is created is not found by queries: search engines lag behind. */
  isIndexLagging = false;
  /** Everything is answered with a redirect to this address. */
  redirectTo: string | undefined;
  /** The service document's addresses begin with this instead of the own origin. */
  linkOrigin: string | undefined;
  /** Bytes of content that have arrived so far, also of uploads that are under way or were refused. */
  contentBytesArrived = 0;
  /** Ids of objects that queries do not know yet. */
  readonly unindexed = new Set<string>();

  constructor(
    private readonly archive: SimulatedArchive = TRADE_ARCHIVE,
    nowMs: () => number = Date.now,
  ) {
    super();
    this.repository = new Repository(archive, nowMs);
  }

  /** What belongs into the adapter's option `baseUrl`. */
  get baseUrl(): string {
    return this.url + SERVICE;
  }
  books(): CmisBooks {
    return booksOf(this.repository);
  }
  contents(): DmsContents {
    return contentsOf(this.repository);
  }

  /** A clerk puts a document into the outbox folder of a Vorgang. */
  placeAnswer(vorgangId: string, answer: PlacedAnswer, typeId = 'cmis:document'): void {
    const outbox = this.folderIn(vorgangId, 'Ausgang');
    const place = answer.mark === undefined ? outbox : this.folderIn(outbox.id, answer.mark);
    this.placeDocument(place.id, answer, typeId);
  }

  /** A clerk puts a document somewhere, with index data. */
  placeDocument(
    folderId: string,
    { fileName, mediaType, bytes }: PlacedAnswer,
    typeId: string,
    properties: Readonly<Record<string, string>> = {},
  ): void {
    const sha512 = createHash('sha512').update(bytes).digest('hex');
    const content = { fileName, mediaType, length: bytes.length, sha512, bytes };
    this.repository.place(typeId, folderId, new Map([['cmis:name', fileName], ...Object.entries(properties)]), content);
  }

  /** A clerk takes a document away. */
  withdrawAnswer(folderId: string, fileName: string): void {
    const found = this.repository.childrenOf(folderId).find(({ properties }) => properties.get('cmis:name') === fileName);
    if (found !== undefined) this.repository.delete(found.id);
  }

  /** What lies in the outbox folder of a Vorgang, and what was moved aside there. */
  answerBooks(vorgangId: string): AnswerBooks {
    const outbox = this.folderIn(vorgangId, 'Ausgang');
    return { waiting: this.documentsIn(outbox.id, false), taken: this.documentsIn(this.folderIn(outbox.id, 'Erledigt').id, true) };
  }

  folderIn(parentId: string, name: string): StoredObject {
    return this.repository.place('cmis:folder', parentId, new Map([['cmis:name', name]]));
  }

  private documentsIn(folderId: string, isDeep: boolean): string[] {
    const { types } = this.repository;
    return this.repository.childrenOf(folderId).flatMap((child) => {
      if (types.baseOf(child.typeId) !== 'cmis:folder') return [String(child.properties.get('cmis:name'))];
      return isDeep ? this.documentsIn(child.id, true) : [];
    });
  }

  /** Bodies are never held: everything is answered from the stream. */
  protected override async handleStream(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const { method = 'GET', headers } = request;
    const answer = await this.answer({ method, url: new URL(request.url ?? '/', this.url), headers, body: request });
    // What was not read has to pass, or the client never reads the answer.
    request.resume();
    response.writeHead(answer.status, answer.headers ?? {}).end(answer.body ?? '');
    return true;
  }

  /** Only for faults that act first and then lose the answer. */
  protected override handle({ body, ...request }: SimulatedRequest): Promise<SimulatedAnswer> {
    const chunks = async function* (): AsyncGenerator<Buffer> {
      if (body.length > 0) yield body;
    };
    return this.answer({ ...request, body: chunks() });
  }

  private async answer(request: Incoming): Promise<SimulatedAnswer> {
    try {
      return this.suppressed(request, await this.route(request));
    } catch (error) {
      if (error instanceof Refusal) return this.suppressed(request, refused(error));
      throw error;
    }
  }

  /** `suppressResponseCodes`: for scripts in old browsers. */
  private suppressed({ url }: Incoming, answer: SimulatedAnswer): SimulatedAnswer {
    return url.searchParams.get('suppressResponseCodes') === 'true' ? { ...answer, status: 200 } : answer;
  }

  private async route(request: Incoming): Promise<SimulatedAnswer> {
    const { url, method } = request;
    if (url.pathname === '/_simulator/books') return json(200, this.books());
    if (url.pathname === '/_simulator/tree') return json(200, this.contents());
    if (this.redirectTo !== undefined) return { status: 302, headers: { location: this.redirectTo + url.pathname } };
    if (!this.isAuthorised(request)) {
      return {
        status: 401,
        headers: { 'www-authenticate': 'Basic realm="CMIS"', 'content-type': 'text/html' },
        body: 'Authorization Required',
      };
    }
    if (url.pathname !== SERVICE && !url.pathname.startsWith(`${SERVICE}/`)) return { status: 404, body: 'Not Found' };
    const [repositoryId, root, ...path] = url.pathname
      .slice(SERVICE.length + 1)
      .split('/')
      .filter(Boolean)
      .map(decodeURIComponent);
    const info = repositoryInfo(this.repository, this.linkOrigin ?? this.url, SERVICE);
    if (repositoryId === undefined) return json(200, { [this.archive.repositoryId]: info });
    if (repositoryId !== this.archive.repositoryId) throw new Refusal(400, 'invalidArgument', 'unknown repository');
    if (root !== undefined && root !== 'root') throw new Refusal(405, 'notSupported', 'Unknown operation');
    const context = this.context(info);
    if (method === 'GET') return root === undefined ? selectOfRepository(url, context, request.headers.cookie) : select(url, path, context);
    if (method !== 'POST') throw new Refusal(405, 'notSupported', 'Unknown operation');
    return act(root === undefined ? 'repository' : path, await this.form(request), context);
  }

  private async form({ headers, body }: Incoming): Promise<ReceivedForm> {
    return readForm(headers['content-type'] ?? '', body, {
      short: this.storesShort,
      dropped: this.dropsContent,
      bytesMax: this.quotaBytes,
      arrived: (bytes) => (this.contentBytesArrived += bytes),
    });
  }

  private context(info: Record<string, unknown>): ActionContext {
    return {
      repository: this.repository,
      info,
      pageMax: this.pageMax,
      isIndexed: (id) => !this.unindexed.has(id),
      created: (id) => this.isIndexLagging && this.unindexed.add(id),
    };
  }

  private isAuthorised({ headers }: Incoming): boolean {
    const { username, password, token } = this.archive;
    const accepted = [`Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`];
    if (token !== undefined) accepted.push(`Bearer ${token}`);
    return accepted.includes(headers.authorization ?? '');
  }
}
