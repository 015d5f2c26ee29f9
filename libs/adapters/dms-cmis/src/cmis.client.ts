// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';

import { type DeliverableDocument, openExactly } from '@amtsbote/adapter-kit';
import type { Clock, Randomness } from '@amtsbote/canonical';
import { type HttpAnswer, HttpFailure, type HttpRequest, multipartBody, retryAfterMs, unlessAborted } from '@amtsbote/platform';
import type { z } from 'zod';

import { CmisFailure, Unfit, UnreadableAnswer } from './cmis.errors.js';
import { type CmisOptions, serviceUrlOf } from './cmis.options.js';
import { Session } from './cmis.session.auth.js';
import {
  ChildrenAnswer,
  type Control,
  ErrorAnswer,
  EVERY_FORM,
  ObjectAnswer,
  ParentsAnswer,
  propertyControls,
  QueryAnswer,
  RepositoryInfo,
  ServiceDocument,
  type TypeContainer,
  TypeContainers,
  TypeDefinition,
  type WireProperty,
} from './cmis.wire.js';

/** Where something is: by its id, or by its path from the root, segment by segment. */
export type Place = { readonly id: string; readonly version?: 'latest' } | { readonly path: readonly string[] };
/** Bytes that are to be the content of a document. */
export type Content = Pick<DeliverableDocument, 'fileName' | 'mediaType' | 'size' | 'open'>;
/** Objects asked for at a time. */
const PAGE = 100;

/**
 * Speaks the browser binding of CMIS 1.1 with one repository: one method per operation. Every method throws HttpFailure (no answer),
 * CmisFailure (an answer that says no), UnreadableAnswer, or Unfit when the service document is not the configured one.
 */
export class CmisClient {
  private readonly session: Session;
  private readonly serviceUrl: string;
  private readonly closing = new AbortController();
  private known: { readonly repository: Promise<RepositoryInfo>; readonly until: number } | undefined;
  private readonly types = new Map<string, Promise<TypeDefinition>>();

  constructor(
    private readonly options: CmisOptions,
    private readonly clock: Clock,
    private readonly randomness: Randomness,
  ) {
    this.serviceUrl = serviceUrlOf(options);
    this.session = new Session(options.auth, new URL(this.serviceUrl).origin, options, clock);
  }

  /** The configured repository as the service document describes it; remembered for a while. */
  async repository(signal: AbortSignal): Promise<RepositoryInfo> {
    const now = this.clock.now().getTime();
    if (this.known === undefined || now >= this.known.until) {
      this.forget();
      this.known = { repository: this.discovered(), until: now + this.options.timeouts.discoveryMs };
      this.known.repository.catch(() => this.forget());
    }
    // Not ended by one caller's signal: others may wait for the same answer. Its time is limited by `timeouts.answerMs`.
    return unlessAborted(this.known.repository, signal);
  }

  /** A type with its properties; remembered as long as the repository is. */
  async type(typeId: string, signal: AbortSignal): Promise<TypeDefinition> {
    await this.repository(signal);
    const query = { cmisselector: 'typeDefinition', typeId };
    const known = this.types.get(typeId) ?? this.ask('repository', query, TypeDefinition, this.closing.signal);
    this.types.set(typeId, known);
    known.catch(() => this.types.delete(typeId));
    return unlessAborted(known, signal);
  }

  /** What is known of repository and types is asked for again: it may have been corrected. */
  forget(): void {
    this.known = undefined;
    this.types.clear();
  }

  /** Ids of all types below a base type. */
  async typeIds(typeId: string, signal: AbortSignal): Promise<string[]> {
    const found = await this.ask('repository', { cmisselector: 'typeDescendants', typeId, depth: '-1' }, TypeContainers, signal);
    const idsOf = (containers: readonly TypeContainer[]): string[] =>
      containers.flatMap(({ type, children }) => [type.id, ...idsOf(children ?? [])]);
    return idsOf(found);
  }

  /** An object with its properties and, when asked for, what may be done with it. */
  async object(at: Place, signal: AbortSignal, includeAllowableActions = false): Promise<ObjectAnswer> {
    const actions = includeAllowableActions ? { includeAllowableActions: 'true' } : {};
    return this.ask(at, { cmisselector: 'object', succinct: 'true', ...actions }, ObjectAnswer, signal);
  }

  /** Results of a query, page by page. Sent as a form: values have no place in an address. */
  async *query(statement: string, signal: AbortSignal): AsyncGenerator<ObjectAnswer, void> {
    yield* pages((skipCount) => this.queryPage(statement, skipCount, signal));
  }

  /** Some of the results of a query. */
  async queryPage(statement: string, skipCount: number, signal: AbortSignal, maxItems = PAGE): Promise<Page<ObjectAnswer>> {
    const { repositoryUrl } = await this.repository(signal);
    const paging: Control[] = [
      ['searchAllVersions', 'false'],
      ['maxItems', String(maxItems)],
      ['skipCount', String(skipCount)],
    ];
    const answer = await this.post(repositoryUrl, [['cmisaction', 'query'], ['statement', statement], ...paging], signal);
    const { results, hasMoreItems } = parsed(answer, QueryAnswer);
    return { items: results, hasMoreItems };
  }

  /** Objects in a folder, page by page. */
  async *children(folderId: string, signal: AbortSignal): AsyncGenerator<ObjectAnswer, void> {
    yield* pages(async (skipCount) => {
      const paging = { maxItems: String(PAGE), skipCount: String(skipCount) };
      const query = { cmisselector: 'children', succinct: 'true', ...paging };
      const { objects, hasMoreItems } = await this.ask({ id: folderId }, query, ChildrenAnswer, signal);
      return { items: objects.map(({ object }) => object), hasMoreItems };
    });
  }

  /** Folders that an object lies in. */
  async parents(id: string, signal: AbortSignal): Promise<ObjectAnswer[]> {
    const answer = await this.ask({ id }, { cmisselector: 'parents', succinct: 'true' }, ParentsAnswer, signal);
    return answer.map(({ object }) => object);
  }

  /** From one folder to another. */
  async move(id: string, fromId: string, toId: string, signal: AbortSignal): Promise<void> {
    const controls: Control[] = [
      ['cmisaction', 'move'],
      ['objectId', id],
      ['sourceFolderId', fromId],
      ['targetFolderId', toId],
    ];
    await this.post(await this.root(signal), controls, signal);
  }

  /** Sets properties, unless somebody has changed the object since. */
  async update(id: string, changeToken: string | undefined, properties: readonly WireProperty[], signal: AbortSignal): Promise<void> {
    const token: Control[] = changeToken === undefined ? [] : [['changeToken', changeToken]];
    const controls: Control[] = [['cmisaction', 'update'], ['objectId', id], ...token, ...propertyControls(properties)];
    await this.post(await this.root(signal), controls, signal);
  }

  /** Bytes of a document's content as they come. */
  async content(id: string, signal: AbortSignal): Promise<Readable> {
    const path = await this.address({ id }, { cmisselector: 'content' }, signal);
    const answer = await this.session.stream({ method: 'GET', path }, signal);
    if (answer.status === 200) return answer.stream;
    answer.stream.destroy();
    throw this.failureOf({ ...answer, body: Buffer.alloc(0) });
  }

  async createFolder(parentId: string, properties: readonly WireProperty[], signal: AbortSignal): Promise<ObjectAnswer> {
    const controls: Control[] = [['cmisaction', 'createFolder'], ['objectId', parentId], ...propertyControls(properties)];
    return parsed(await this.post(await this.root(signal), controls, signal), ObjectAnswer);
  }

  /** Creates a document with its content, streamed. */
  async createDocument(
    parentId: string,
    properties: readonly WireProperty[],
    versioningState: 'none' | 'major' | 'minor',
    content: Content,
    signal: AbortSignal,
  ): Promise<ObjectAnswer> {
    const about: Control[] = [
      ['objectId', parentId],
      ['versioningState', versioningState],
    ];
    return this.upload('createDocument', [...about, ...propertyControls(properties)], content, signal);
  }

  /** Replaces the content of a document, streamed. */
  async setContent(id: string, changeToken: string | undefined, content: Content, signal: AbortSignal): Promise<ObjectAnswer> {
    const token: Control[] = changeToken === undefined ? [] : [['changeToken', changeToken]];
    return this.upload('setContent', [['objectId', id], ['overwriteFlag', 'true'], ...token], content, signal);
  }

  /** Checks a document out. @returns the private working copy. */
  async checkOut(id: string, signal: AbortSignal): Promise<ObjectAnswer> {
    const controls: Control[] = [
      ['cmisaction', 'checkOut'],
      ['objectId', id],
    ];
    return parsed(await this.post(await this.root(signal), controls, signal), ObjectAnswer);
  }

  /** Checks a private working copy in as a new version, with its content, streamed. */
  async checkIn(workingCopyId: string, content: Content, signal: AbortSignal): Promise<ObjectAnswer> {
    const about: Control[] = [
      ['objectId', workingCopyId],
      ['major', 'true'],
    ];
    return this.upload('checkIn', about, content, signal);
  }

  /** Length in bytes and SHA-512 in lower-case hex of a document's content as it is stored, read in constant memory. */
  async measure(id: string, signal: AbortSignal): Promise<{ length: number; sha512: string }> {
    const path = await this.address({ id }, { cmisselector: 'content' }, signal);
    const answer = await this.session.stream({ method: 'GET', path }, signal);
    try {
      if (answer.status !== 200) throw this.failureOf({ ...answer, body: Buffer.alloc(0) });
      const hash = createHash('sha512');
      let length = 0;
      for await (const chunk of answer.stream as AsyncIterable<Buffer>) {
        hash.update(chunk);
        length += chunk.length;
      }
      return { length, sha512: hash.digest('hex') };
    } catch (error) {
      if (error instanceof CmisFailure) throw error;
      throw new HttpFailure('interrupted', 'sent', 'GET of a content: interrupted', error);
    } finally {
      answer.stream.destroy();
    }
  }

  close(): void {
    this.closing.abort(new Error('closed'));
    this.session.close();
  }

  private async discovered(): Promise<RepositoryInfo> {
    const request = { method: 'GET', path: this.serviceUrl, headers: { accept: 'application/json' } } as const;
    const answer = await this.session.send(() => request, 'quick', this.closing.signal);
    const document = parsed(this.successful(answer), ServiceDocument);
    const { repositoryId } = this.options;
    if (!Object.hasOwn(document, repositoryId)) {
      const known = Object.keys(document).slice(0, 20).join(', ');
      throw new Unfit('misconfigured', 'unknown-repository', `There is no repository ${repositoryId}; there are: ${known}`, 'dmsMissing');
    }
    const info = RepositoryInfo.safeParse(document[repositoryId]);
    if (!info.success) throw new UnreadableAnswer('a service document in another form than expected');
    for (const url of [info.data.repositoryUrl, info.data.rootFolderUrl]) this.mustBeHere(url);
    return info.data;
  }

  /** Credentials go nowhere else than where the operator said. */
  private mustBeHere(url: string): void {
    const { origin } = new URL(this.serviceUrl);
    if (URL.canParse(url) && new URL(url).origin === origin) return;
    const message = `The service document leads away from ${origin}; behind a proxy, the repository has to be told its public address`;
    throw new Unfit('misconfigured', 'links-elsewhere', message, 'dmsElsewhere');
  }

  private async root(signal: AbortSignal): Promise<string> {
    return (await this.repository(signal)).rootFolderUrl;
  }

  private async address(at: Place | 'repository', query: Readonly<Record<string, string>>, signal: AbortSignal): Promise<string> {
    const { repositoryUrl, rootFolderUrl } = await this.repository(signal);
    const url = new URL(at === 'repository' ? repositoryUrl : rootFolderUrl);
    if (at !== 'repository' && 'path' in at) url.pathname = [url.pathname.replace(/\/$/, ''), ...at.path.map(encodeURIComponent)].join('/');
    if (at !== 'repository' && 'id' in at) {
      url.searchParams.set('objectId', at.id);
      if (at.version !== undefined) url.searchParams.set('returnVersion', at.version);
    }
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return url.href;
  }

  private async ask<Schema extends z.ZodType>(
    at: Place | 'repository',
    query: Readonly<Record<string, string>>,
    schema: Schema,
    signal: AbortSignal,
  ): Promise<z.infer<Schema>> {
    const path = await this.address(at, query, signal);
    const answer = await this.session.send(() => ({ method: 'GET', path, headers: { accept: 'application/json' } }), 'quick', signal);
    return parsed(this.successful(answer), schema);
  }

  private async post(path: string, controls: readonly Control[], signal: AbortSignal): Promise<HttpAnswer> {
    const body = new URLSearchParams([...controls, ...EVERY_FORM].map(([name, value]): [string, string] => [name, value])).toString();
    const headers = { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8' };
    return this.successful(await this.session.send(() => ({ method: 'POST', path, headers, body }), 'quick', signal));
  }

  /** [T] The name goes into the control `filename`: in the part's own header a server would mangle it. */
  private async upload(action: string, controls: readonly Control[], content: Content, signal: AbortSignal): Promise<ObjectAnswer> {
    const path = await this.root(signal);
    const boundary = `amtsbote-${Buffer.from(this.randomness.bytes(18)).toString('hex')}`;
    const all: Control[] = [['cmisaction', action], ...controls, ['filename', content.fileName], ...EVERY_FORM];
    const sent: Readable[] = [];
    const build = (): HttpRequest => {
      const { mediaType, size } = content;
      const part = { name: 'content', fileName: 'content', mediaType, size, open: () => openExactly(content) };
      const { headers, body } = multipartBody(boundary, [...all.map(([name, value]) => ({ name, value })), part]);
      // After an early answer or an abort nobody reads on: let go of the file behind the stream, and do not die of its late error.
      sent.push(body.on('error', () => undefined));
      return { method: 'POST', path, headers: { accept: 'application/json', ...headers }, body };
    };
    try {
      return parsed(this.successful(await this.session.send(build, 'patient', signal)), ObjectAnswer);
    } finally {
      for (const body of sent) body.destroy();
    }
  }

  private successful(answer: HttpAnswer): HttpAnswer {
    if (answer.status >= 200 && answer.status < 300) return answer;
    throw this.failureOf(answer);
  }

  private failureOf(answer: HttpAnswer): CmisFailure {
    const body = ErrorAnswer.safeParse(json(answer));
    const pause = retryAfterMs(answer.headers['retry-after'], this.clock.now());
    return new CmisFailure(answer.status, body.success ? body.data.exception : 'none', pause);
  }
}

/** Some of many; `hasMoreItems` is not told by every server. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly hasMoreItems: boolean | null | undefined;
}

/** All items of all pages; a server that does not say whether there are more is asked until a page is not full. */
async function* pages<Item>(page: (skipCount: number) => Promise<Page<Item>>): AsyncGenerator<Item, void> {
  for (let seen = 0; ;) {
    const { items, hasMoreItems } = await page(seen);
    yield* items;
    seen += items.length;
    // An empty page that promises more would be asked for until the end of time.
    if (items.length === 0 || !(hasMoreItems ?? items.length >= PAGE)) return;
  }
}

function json(answer: HttpAnswer): unknown {
  try {
    return JSON.parse(answer.body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function parsed<Schema extends z.ZodType>(answer: HttpAnswer, schema: Schema): z.infer<Schema> {
  const result = schema.safeParse(json(answer));
  // The issues of the schema may quote the answer, and that may hold index data: only the fact is told.
  if (!result.success) throw new UnreadableAnswer('an answer in another form than expected');
  return result.data;
}
