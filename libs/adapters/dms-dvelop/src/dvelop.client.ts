// SPDX-License-Identifier: EUPL-1.2
import { type DeliverableDocument, openExactly, speaksOfVirus } from '@amtsbote/adapter-kit';
import type { Clock } from '@amtsbote/canonical';
import { type HttpAnswer, HttpClient, type HttpRequest, retryAfterMs, unlessAborted } from '@amtsbote/platform';
import type { z } from 'zod';

import { measured, type StoredContent } from './dvelop.content.client.js';
import { DvelopFailure, LinkMissing, type Purpose, Unfit, UnreadableAnswer } from './dvelop.errors.js';
import type { ObjectPlan } from './dvelop.mapping.js';
import type { DvelopOptions } from './dvelop.options.js';
import {
  type Change,
  type Creation,
  ErrorAnswer,
  expanded,
  HAL,
  linkOf,
  type Links,
  ObjectAnswer,
  QUERY_CHARACTERS_MAX,
  RELATIONS,
  RepositoryAnswer,
  ROOT,
  RootAnswer,
  SearchAnswer,
  SourceAnswer,
  valuesOf,
} from './dvelop.wire.js';

/** Objects asked for at a time, and pages looked through: a key that fits so many objects is no key. */
const PAGE_SIZE = 50;
const PAGES_MAX = 20;

/** What a search looks for. */
type SearchedPlan = Pick<ObjectPlan, 'category' | 'key' | 'titleProperty'>;
/** What it finds. */
export interface Hit {
  readonly id: string;
  readonly title: string | undefined;
}

/** What is known of the server: where its operations are, and what the source offers. */
export interface Discovery {
  readonly repository: RepositoryAnswer;
  readonly sourceId: string;
  /** Absent when another source than the repository's own is configured: that one is offered by another system. */
  readonly source?: SourceAnswer;
}

/**
 * Follows the links of one repository of d.velop documents; no address but the root is put together here. Every method throws HttpFailure
 * (no answer, or a link that leads elsewhere), DvelopFailure (an answer that says no), LinkMissing or UnreadableAnswer.
 */
export class DvelopClient {
  private readonly quick: HttpClient;
  private readonly patient: HttpClient;
  private readonly origin: string;
  private readonly closing = new AbortController();
  private known: { readonly discovery: Promise<Discovery>; readonly until: number } | undefined;

  constructor(
    private readonly options: Pick<DvelopOptions, 'baseUrl' | 'repositoryId' | 'apiKey' | 'sourceId' | 'ca' | 'timeouts' | 'limits'>,
    private readonly clock: Clock,
  ) {
    const { apiKey, ca, limits, timeouts } = options;
    this.origin = new URL(options.baseUrl).origin;
    const settings = {
      baseUrl: this.origin,
      connectionsMax: limits.connectionsMax,
      headers: { authorization: `Bearer ${apiKey}`, accept: HAL },
      ...(ca === undefined ? {} : { tls: { ca } }),
    };
    this.quick = new HttpClient({ ...settings, timeoutMs: timeouts.answerMs });
    this.patient = new HttpClient({ ...settings, timeoutMs: timeouts.uploadMs });
  }

  /** Repository and source; remembered for a while. Not ended by one caller's signal: others may wait for the same answer. */
  async discovery(signal: AbortSignal): Promise<Discovery> {
    const now = this.clock.now().getTime();
    if (this.known === undefined || now >= this.known.until) {
      this.known = { discovery: this.discovered(), until: now + this.options.timeouts.discoveryMs };
      this.known.discovery.catch(() => this.forget());
    }
    return unlessAborted(this.known.discovery, signal);
  }
  /** What is known of repository and source is asked for again: it may have been corrected. */
  forget(): void {
    this.known = undefined;
  }

  /** Objects of a category that have exactly this key, wherever they are. */
  async search({ category, key, titleProperty }: SearchedPlan, signal: AbortSignal): Promise<Hit[]> {
    const { repository, sourceId } = await this.discovery(signal);
    const values = {
      sourceid: sourceId,
      sourcecategories: JSON.stringify([category]),
      sourceproperties: JSON.stringify({ [key.property]: [key.value] }),
      pagesize: String(PAGE_SIZE),
    };
    if (encodeURIComponent(values.sourceproperties).length > QUERY_CHARACTERS_MAX) {
      throw new Unfit('untransferable', 'not-mappable', `the key for ${key.property} is too long for a search`, 'dmsMapping');
    }
    const first = this.filledIn(repository._links, 'searchresultwithmapping', values, ['sourceid', 'sourcecategories', 'sourceproperties']);
    const found: Hit[] = [];
    // [I] A search of d.3 may be lenient (case, wildcards): what it gives is compared with what was asked for.
    for await (const item of this.items(first, signal)) {
      if (valuesOf(item, key.property)?.includes(key.value) === false) continue;
      found.push({ id: item.id, title: titleProperty === undefined ? undefined : valuesOf(item, titleProperty)?.[0] });
    }
    return found;
  }

  /** True when nothing lies in a dossier, undefined when this server cannot be asked. */
  async isEmpty(id: string, signal: AbortSignal): Promise<boolean | undefined> {
    const { repository, sourceId } = await this.discovery(signal);
    const template = linkOf(repository._links, 'searchresultwithmapping')?.href ?? '';
    const address = expanded(template, { sourceid: sourceId, children_of: id, pagesize: '1' }, ['sourceid', 'children_of']);
    if (address === undefined) return undefined;
    const { items } = parsed(await this.get(address, 'look', signal), SearchAnswer);
    return items.length === 0;
  }

  /** Whether an object is there; throws when it is not. */
  async look(id: string, signal: AbortSignal): Promise<void> {
    await this.object(id, signal);
  }

  /** An object with its links. */
  private async object(id: string, signal: AbortSignal): Promise<ObjectAnswer> {
    const { repository, sourceId } = await this.discovery(signal);
    const address = this.filledIn(repository._links, 'dmsobjectwithmapping', { dmsobjectid: id, sourceid: sourceId }, ['dmsobjectid']);
    return parsed(await this.get(address, 'look', signal), ObjectAnswer);
  }

  /** Lays content down, streamed. Content that no object takes is thrown away by the server after a while. @returns where it lies. */
  async upload(document: DeliverableDocument, signal: AbortSignal): Promise<string> {
    const { repository } = await this.discovery(signal);
    const address = this.linked(repository._links, 'chunkedupload');
    const body = (await openExactly(document)).on('error', () => undefined);
    try {
      const headers = { ...this.writing, 'content-type': 'application/octet-stream', 'content-length': String(document.size) };
      return locationIn(await this.send(this.patient, { method: 'POST', path: address, headers, body }, 'upload', signal));
    } finally {
      // After an early answer or an abort nobody reads on: let go of the file behind the stream.
      body.destroy();
    }
  }

  /** @returns the id of the new object. */
  async create(creation: Omit<Creation, 'sourceId'>, signal: AbortSignal): Promise<string> {
    const { repository, sourceId } = await this.discovery(signal);
    const address = this.filledIn(repository._links, 'dmsobjectwithmapping', {});
    const body: Creation = { sourceId, ...creation };
    const location = locationIn(await this.write('POST', address, body, 'create', signal));
    const id = location.split(/[?#]/, 1)[0]?.split('/').filter(Boolean).pop();
    if (id === undefined) throw new UnreadableAnswer('a creation without an id');
    return decodeURIComponent(id);
  }

  /** Gives a document content that was laid down before: a new version. */
  async replaceContent(id: string, change: Omit<Change, 'sourceId' | 'sourceProperties'>, signal: AbortSignal): Promise<void> {
    const { sourceId } = await this.discovery(signal);
    const address = this.linked((await this.object(id, signal))._links, RELATIONS.update);
    const body: Change = { sourceId, sourceProperties: { properties: [] }, ...change };
    await this.write('PUT', address, body, 'update', signal);
  }

  /** Removes an object that was created a moment ago. */
  async remove(id: string, reason: string, signal: AbortSignal): Promise<void> {
    const address = this.linked((await this.object(id, signal))._links, RELATIONS.delete);
    await this.write('DELETE', address, { reason }, 'delete', signal);
  }

  /** What is stored as the content of an object; `by` its announced length alone, or read through. @returns undefined when there is none. */
  async content(id: string, by: 'length' | 'content', signal: AbortSignal): Promise<StoredContent | undefined> {
    const { _links } = await this.object(id, signal);
    // An object without a link to its content has none.
    if (linkOf(_links, RELATIONS.content) === undefined) return undefined;
    const path = this.linked(_links, RELATIONS.content);
    const answer = await this.patient.stream({ method: 'GET', path, headers: { accept: 'application/octet-stream' }, signal });
    try {
      if (answer.status !== 200) throw this.failureOf({ ...answer, body: Buffer.alloc(0) }, 'look');
      return await measured(answer, by);
    } finally {
      answer.stream.destroy();
    }
  }

  close(): void {
    this.closing.abort(new Error('closed'));
    this.quick.close();
    this.patient.close();
  }

  /** [D] Mandatory for writes: a page of another origin must not write with somebody's session. */
  private get writing(): Record<string, string> {
    return { origin: this.origin };
  }

  private async discovered(): Promise<Discovery> {
    const { signal } = this.closing;
    const root = parsed(await this.get(this.origin + ROOT, 'look', signal), RootAnswer);
    const { repositoryId, sourceId } = this.options;
    const address = this.filledIn(root._links, 'repo', { repositoryid: repositoryId }, ['repositoryid']);
    const repository = parsed(await this.get(address, 'repository', signal), RepositoryAnswer);
    if (sourceId !== undefined) return { repository, sourceId };
    const source = parsed(await this.get(this.linked(repository._links, 'source'), 'look', signal), SourceAnswer);
    return { repository, sourceId: source.id, source };
  }

  private async *items(first: string, signal: AbortSignal): AsyncGenerator<ObjectAnswer, void> {
    let address: string | undefined = first;
    for (let page = 0; address !== undefined && page < PAGES_MAX; page += 1) {
      const { items, _links } = parsed(await this.get(address, 'look', signal), SearchAnswer);
      yield* items;
      const next = linkOf(_links, RELATIONS.next);
      address = next === undefined ? undefined : this.absolute(next.href);
    }
  }

  private filledIn(links: Links, relation: string, values: Readonly<Record<string, string>>, needed: readonly string[] = []): string {
    const template = linkOf(links, relation)?.href;
    if (template === undefined) throw new LinkMissing(relation);
    const address = expanded(template, values, needed);
    if (address === undefined) throw new UnreadableAnswer(`a link ${relation} in another form than expected`);
    return this.absolute(address);
  }
  private linked(links: Links, relation: string): string {
    return this.filledIn(links, relation, {});
  }
  /** Links are given without an origin [D]; those with another one are refused by the HTTP client. */
  private absolute(href: string): string {
    if (!URL.canParse(href, this.origin)) throw new UnreadableAnswer('a link that is no address');
    return new URL(href, this.origin).href;
  }

  private async get(address: string, purpose: Purpose, signal: AbortSignal): Promise<HttpAnswer> {
    return this.send(this.quick, { method: 'GET', path: this.absolute(address) }, purpose, signal);
  }
  private async write(
    method: 'POST' | 'PUT' | 'DELETE',
    path: string,
    body: object,
    purpose: Purpose,
    signal: AbortSignal,
  ): Promise<HttpAnswer> {
    const headers = { ...this.writing, 'content-type': HAL };
    return this.send(this.quick, { method, path, headers, body: JSON.stringify(body) }, purpose, signal);
  }
  private async send(http: HttpClient, request: HttpRequest, purpose: Purpose, signal: AbortSignal): Promise<HttpAnswer> {
    const answer = await http.request({ ...request, signal });
    if (answer.status >= 200 && answer.status < 300) return answer;
    throw this.failureOf(answer, purpose);
  }
  private failureOf(answer: HttpAnswer, purpose: Purpose): DvelopFailure {
    const body = ErrorAnswer.safeParse(json(answer));
    return new DvelopFailure(answer.status, purpose, {
      isVirus: body.success && speaksOfVirus(body.data.reason),
      retryAfterMs: retryAfterMs(answer.headers['retry-after'], this.clock.now()),
    });
  }
}

/** [D] Content and objects are named by the header `Location`; a success without it is none. */
function locationIn(answer: HttpAnswer): string {
  const location = answer.headers['location'];
  if (answer.status !== 201 || location === undefined || location === '' || location.length > 8_192) {
    throw new UnreadableAnswer('a creation without a location');
  }
  return location;
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
