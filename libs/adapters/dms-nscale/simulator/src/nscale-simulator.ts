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

import { FolderCreation, ResourceChange, SearchRequest } from '../../src/nscale.wire.js';
import { type SimulatedArea, TRADE_OFFICE } from './area.js';
import { booksOf, contentsOf, type NscaleBooks } from './books.js';
import { parseNql, search } from './nql.js';
import { Refusal, Repository, type StoredResource } from './repository.js';
import { Sessions } from './sessions.js';
import { measure, readCreation, type Reception, text } from './uploads.js';

/** Path of the instance, as in the vendor's default installation. */
const INSTANCE = '/nscalealinst1';

/** A request whose body is read as it comes. */
interface Incoming {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: AsyncIterable<Buffer>;
}

/**
 * nscale's application layer as far as the adapter needs it: sessions, folders, documents with content items and versions, index data,
 * search. The paths below `/rest/repository` are as unverified as the adapter's. Content is counted and hashed, not kept.
 */
export class NscaleSimulator extends SimulatorServer {
  readonly repository: Repository;
  readonly sessions: Sessions;
  /** While true, every content loses its last byte and is reported as stored. */
  storesShort = false;
  /** Larger content is refused, in bytes. */
  contentBytesMax = Number.POSITIVE_INFINITY;
  /** Bytes of content that have arrived so far, also of uploads that are under way or were refused. */
  contentBytesArrived = 0;

  constructor(
    private readonly area: SimulatedArea = TRADE_OFFICE,
    nowMs: () => number = Date.now,
  ) {
    super();
    this.repository = new Repository(area);
    this.sessions = new Sessions(area.sessionMs, nowMs);
  }

  /** What belongs into the adapter's option `baseUrl`. */
  get baseUrl(): string {
    return this.url + INSTANCE;
  }
  books(): NscaleBooks {
    return booksOf(this.repository);
  }
  contents(): DmsContents {
    return contentsOf(this.repository);
  }
  /** All sessions end now, as after a restart of the application layer. */
  expireSessions(): void {
    this.sessions.expire();
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
      return await this.route(request);
    } catch (error) {
      if (error instanceof Refusal) return json(error.status, { error: { code: error.code, message: 'refused' } });
      throw error;
    }
  }

  private async route(request: Incoming): Promise<SimulatedAnswer> {
    const { pathname } = request.url;
    if (pathname === '/_simulator/books') return json(200, this.books());
    if (pathname === '/_simulator/tree') return json(200, this.contents());
    if (!pathname.startsWith(`${INSTANCE}/`)) throw new Refusal(404, 'NotFound');
    const path = pathname.slice(INSTANCE.length);
    if (path === '/graphql' && request.method === 'POST') return this.graphql(request);
    if (!this.sessions.isValid(request.headers.cookie)) throw new Refusal(401, 'NoSession');
    const segments = path.split('/').slice(1).map(decodeURIComponent);
    if (segments[0] !== 'rest') throw new Refusal(404, 'NotFound');
    const line = `${request.method} ${segments.slice(1, 3).join('/')}`;
    return this.service(line, segments.slice(3), request);
  }

  private async service(line: string, rest: readonly string[], request: Incoming): Promise<SimulatedAnswer> {
    switch (line) {
      case 'GET configuration/objectclasses':
        return this.objectClass(rest);
      case 'POST repository/search':
        return this.search(rest, request);
      case 'POST repository/folders':
        return this.createFolder(rest, request);
      case 'POST repository/documents':
        return this.createDocument(rest, request);
      case 'GET repository/documents':
        return this.content(rest);
      case 'PUT repository/documents':
        return this.putContent(rest, request);
      case 'PUT repository/resources':
        return this.change(rest, request);
      case 'GET repository/resources':
        return this.resource(rest, request);
      default:
        throw new Refusal(404, 'NotFound');
    }
  }

  private async graphql({ headers, body }: Incoming): Promise<SimulatedAnswer> {
    const { query } = JSON.parse(await text(body)) as { query: string };
    if (query.includes('AuthenticationService_logout')) {
      this.sessions.close(headers.cookie);
      return json(200, { data: { AuthenticationService_logout: true } });
    }
    const { username, password } = this.area;
    const expected = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    if (headers.authorization !== expected) return json(401, { errors: [{ message: 'authentication failed' }] });
    const [userName, domainName] = username.split('@');
    const login = { sessionPrincipalId: '4711', sessionPrincipal: { userName, domainName }, serverVersion: '10.2-simulated' };
    const answer = json(200, { data: { authenticationService: { login } } });
    return { ...answer, headers: { ...answer.headers, 'set-cookie': `JSESSIONID=${this.sessions.open()}; Path=${INSTANCE}; HttpOnly` } };
  }

  /** A clerk puts a document into a Vorgang, with an indexing property that says it is to be sent; or other bytes under its name. */
  placeAnswer(vorgangKey: string, { fileName, mediaType, bytes }: PlacedAnswer, [property, value]: readonly [string, string]): void {
    const sha512 = createHash('sha512').update(bytes).digest('hex');
    const item = { name: fileName, displayName: fileName, contentType: mediaType, length: bytes.length, sha512, bytes };
    const version = { contentType: mediaType, items: [item] };
    const there = this.repository
      .withProperty(property, value)
      .find(({ parentKey, properties }) => parentKey === vorgangKey && properties.get('displayname') === fileName);
    if (there !== undefined) this.repository.replace(there.key, version);
    else this.repository.place(this.area.roles.document.objectClass, vorgangKey, new Map([['displayname', fileName], [property, value]]), version); // prettier-ignore
  }

  /** Names of the documents of a Vorgang by the values of a property. */
  answerBooks(vorgangKey: string, property: string, waiting: string, taken: string): AnswerBooks {
    const named = (value: string): string[] =>
      this.repository
        .withProperty(property, value)
        .filter(({ parentKey }) => parentKey === vorgangKey)
        .map(({ properties }) => properties.get('displayname') ?? '');
    return { waiting: named(waiting), taken: named(taken) };
  }

  private objectClass([, area, , name]: readonly string[]): SimulatedAnswer {
    this.inArea(area);
    const { kind, properties, allowedChildren } = this.repository.classOf(name ?? '');
    return json(200, { name, kind, properties: ['displayname', ...Object.keys(properties)], allowedChildObjectclasses: allowedChildren });
  }

  private async search([, area]: readonly string[], { body }: Incoming): Promise<SimulatedAnswer> {
    this.inArea(area);
    const { query, rootResourceKey } = SearchRequest.parse(JSON.parse(await text(body)));
    return json(200, search(this.repository, parseNql(query), rootResourceKey));
  }

  private async createFolder([, area]: readonly string[], { body }: Incoming): Promise<SimulatedAnswer> {
    this.inArea(area);
    const creation = FolderCreation.parse(JSON.parse(await text(body)));
    if (this.repository.classOf(creation.objectclass).kind !== 'folder') throw new Refusal(400, 'UnknownObjectclass');
    return this.created(this.repository.create(creation));
  }

  private async createDocument([, area]: readonly string[], { headers, body }: Incoming): Promise<SimulatedAnswer> {
    this.inArea(area);
    const options = { ...this.reception(), contentBytesMax: this.contentBytesMax };
    const creation = await readCreation(this.repository, headers['content-type'] ?? '', body, options);
    if (this.repository.classOf(creation.objectclass).kind !== 'document') throw new Refusal(400, 'UnknownObjectclass');
    return this.created(this.repository.create(creation));
  }

  private async change([key = '']: readonly string[], { body }: Incoming): Promise<SimulatedAnswer> {
    this.repository.setProperties(key, ResourceChange.parse(JSON.parse(await text(body))).properties);
    return described(this.repository.get(key));
  }

  private content([key = '', word, , position]: readonly string[]): SimulatedAnswer {
    const { versions } = this.repository.get(key);
    const newest = versions.at(-1);
    if (word !== 'content' || newest === undefined) throw new Refusal(404, 'ResourceNotFound');
    if (position !== undefined) {
      const item = newest.items[Number(position)];
      if (item?.bytes === undefined) throw new Refusal(404, 'ResourceNotFound');
      return { status: 200, headers: { 'content-type': item.contentType }, body: item.bytes };
    }
    const items = newest.items.map(({ sha512, bytes: _bytes, ...item }) => ({
      ...item,
      ...(this.area.reportsHash ? { hash: { algorithm: 'SHA-512', value: sha512 } } : {}),
    }));
    return json(200, { version: versions.length, contentType: newest.contentType, items });
  }

  private async putContent([key = '', , , position = '']: readonly string[], { headers, body }: Incoming): Promise<SimulatedAnswer> {
    this.repository.get(key);
    const measured = await measure(body, this.reception());
    const contentType = headers['content-type'] ?? 'application/octet-stream';
    this.repository.replaceItem(key, Number(position), { contentType, ...measured });
    return json(200, { version: this.repository.get(key).versions.length });
  }

  private resource([key = '', area]: readonly string[], { url }: Incoming): SimulatedAnswer {
    if (key !== 'docarea') return described(this.repository.get(key));
    this.inArea(area);
    return described(this.repository.byPath(url.searchParams.get('path') ?? ''));
  }

  private reception(): Reception {
    return { short: this.storesShort, arrived: (bytes) => (this.contentBytesArrived += bytes) };
  }

  private created(resource: StoredResource): SimulatedAnswer {
    return json(201, { uri: `${this.baseUrl}/rest/repository/resources/${encodeURIComponent(resource.key)}` });
  }

  private inArea(name: string | undefined): void {
    if (name !== this.area.name) throw new Refusal(404, 'UnknownDocumentArea');
  }
}

function described({ key, properties }: StoredResource): SimulatedAnswer {
  return json(200, { resourceKey: key, properties: [...properties].map(([name, value]) => ({ name, value })) });
}

function json(status: number, body: unknown): SimulatedAnswer {
  return { status, headers: { 'content-type': 'application/json;charset=utf-8' }, body: JSON.stringify(body) };
}
