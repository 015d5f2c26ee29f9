// SPDX-License-Identifier: EUPL-1.2
import type { IncomingMessage, ServerResponse } from 'node:http';

import { type DmsContents, type SimulatedAnswer, type SimulatedRequest, SimulatorServer } from '@amtsbote/adapter-kit/testing';
import { z } from 'zod';

import { HAL } from '../../src/dvelop.wire.js';
import { booksOf, contentsOf, type DvelopBooks } from './books.js';
import { received, Refusal, Repository, type StoredObject } from './repository.js';
import { found } from './search.js';
import { type SimulatedTown, TRADE_TOWN } from './town.js';

/** A request whose body is read as it comes. */
interface Incoming {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: AsyncIterable<Buffer>;
}
/** Metadata above this are none, in bytes. */
const BODY_BYTES_MAX = 1024 * 1024;
const CreationBody = z.object({
  sourceId: z.string(),
  sourceCategory: z.string(),
  parentId: z.string().optional(),
  sourceProperties: z.object({ properties: z.array(z.object({ key: z.string(), values: z.array(z.string()) })) }),
  filename: z.string().optional(),
  contentLocationUri: z.string().optional(),
});
const ChangeBody = z.object({ alterationText: z.string().min(1), filename: z.string(), contentLocationUri: z.string() });

/**
 * The DMS app of d.velop documents as far as its documentation and the vendor's open client show it: HAL with templated links, content that
 * is laid down before it is taken, dossiers, the mandatory Origin of writes, a search that is lenient. Nothing but ids is unique.
 */
export class DvelopSimulator extends SimulatorServer {
  readonly repository: Repository;
  /** While true, all content loses its last byte and is reported as stored. */
  storesShort = false;
  /** Content above this does not fit in, in bytes. */
  quotaBytes = Number.POSITIVE_INFINITY;
  /** Content in which this text occurs is refused as infected. */
  virus: string | undefined;
  /** While true, the links for writing are not offered. */
  readOnly = false;
  /** Largest page that is given, whatever is asked for. */
  pageMax = 1_000;
  /** Everything is answered with a redirect to this address. */
  redirectTo: string | undefined;
  /** Links begin with this instead of being without an origin. */
  linkOrigin = '';
  /** Bytes of content that have arrived so far, also of uploads that are under way or were refused. */
  contentBytesArrived = 0;
  private meeting: { readonly category: string; readonly count: number; readonly arrived: (() => void)[] } | undefined;

  constructor(private readonly town: SimulatedTown = TRADE_TOWN) {
    super();
    this.repository = new Repository(town);
  }

  /** What belongs into the adapter's option `baseUrl`. */
  get baseUrl(): string {
    return this.url;
  }
  books(): DvelopBooks {
    return booksOf(this.repository);
  }
  contents(): DmsContents {
    return contentsOf(this.repository);
  }
  /** The next so many creations in a category wait for each other and then happen all at once: a race that is no matter of luck. */
  meet(category: string, count: number): void {
    this.meeting = { category, count, arrived: [] };
  }

  /** Bodies are never held: everything is answered from the stream. */
  protected override async handleStream(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const { method = 'GET', headers } = request;
    const answer = await this.answer({ method, url: new URL(request.url ?? '/', this.url), headers, body: request });
    request.resume();
    response.writeHead(answer.status, answer.headers ?? {});
    // Content that is not kept: the announced length is all there is, until the caller hangs up.
    if (answer.body === undefined && answer.headers?.['content-length'] !== undefined) response.flushHeaders();
    else response.end(answer.body ?? '');
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
      if (error instanceof Refusal) return hal(error.status, { reason: error.reason });
      if (error instanceof z.ZodError || error instanceof SyntaxError) return hal(400, { reason: 'Die Anforderung ist ungültig.' });
      throw error;
    }
  }

  private async route(request: Incoming): Promise<SimulatedAnswer> {
    const { pathname } = request.url;
    if (pathname === '/_simulator/books') return hal(200, this.books());
    if (pathname === '/_simulator/tree') return hal(200, this.contents());
    if (this.redirectTo !== undefined) return { status: 302, headers: { location: this.redirectTo + pathname } };
    if (request.headers.authorization !== `Bearer ${this.town.apiKey}`) return { status: 401, body: '' };
    if (request.method !== 'GET' && request.headers.origin !== this.url) return { status: 403, body: '' };
    if (pathname === '/dms') return hal(200, { _links: { repo: this.link('/dms/r/{repositoryid}', true), allrepos: this.link('/dms/r') } });
    const base = `/dms/r/${this.town.repositoryId}`;
    if (pathname !== base && !pathname.startsWith(`${base}/`)) throw new Refusal(404, 'Das Repository wurde nicht gefunden.');
    return this.inRepository(request, pathname.slice(base.length).split('/').filter(Boolean).map(decodeURIComponent));
  }

  private async inRepository(request: Incoming, [word, id, ...rest]: readonly string[]): Promise<SimulatedAnswer> {
    const line = `${request.method} ${word ?? ''}${id === undefined ? '' : '/'}`;
    const isContent = line === 'GET o2/' && rest.join('/') === 'v/current/b/main/c';
    if (request.method === 'GET' && !isContent && request.headers.accept !== HAL) return { status: 406, body: '' };
    switch (line) {
      case 'GET ':
        return this.described();
      case 'GET source':
        return this.source();
      case 'GET srm':
        return this.search(request.url);
      case 'POST blob/':
        return this.layDown(request);
      case 'POST o2m':
        return this.create(request);
      case 'GET o2m/':
        return hal(200, this.shown(this.repository.get(id ?? '')));
      case 'PUT o2m/':
        this.repository.update(id ?? '', ChangeBody.parse(JSON.parse(await textOf(request.body))));
        return { status: 200, body: '' };
      case 'GET o2/':
        return this.content(id ?? '');
      case 'DELETE o2/':
        z.object({ reason: z.string().min(1) }).parse(JSON.parse(await textOf(request.body)));
        this.repository.delete(id ?? '');
        return { status: 200, body: '' };
      default:
        throw new Refusal(404, 'Die Ressource wurde nicht gefunden.');
    }
  }

  private described(): SimulatedAnswer {
    const base = `/dms/r/${this.town.repositoryId}`;
    const children = this.town.searchesChildren ? ',children_of' : '';
    const search = `${base}/srm{?sourceid,sourceproperties,sourcecategories,sourcepropertysort,ascending,fulltext,page,pagesize${children}}`;
    const writing = {
      dmsobjectwithmapping: this.link(`${base}/o2m/{dmsobjectid}{?sourceid}`, true),
      chunkedupload: this.link(`${base}/blob/chunk`),
    };
    const _links = {
      searchresultwithmapping: this.link(search, true),
      source: this.link(`${base}/source`),
      ...(this.readOnly ? {} : writing),
    };
    return hal(200, { id: this.town.repositoryId, name: 'Musterstadt', _links });
  }

  private source(): SimulatedAnswer {
    const properties = new Set(this.town.categories.flatMap((category) => Object.keys(category.properties)));
    return hal(200, {
      id: `/dms/r/${this.town.repositoryId}/source`,
      displayName: 'Musterstadt',
      categories: this.town.categories.map(({ key }) => ({ key, displayName: key })),
      properties: [...properties].map((key) => ({ key, type: 'string', displayName: key })),
    });
  }

  private search(url: URL): SimulatedAnswer {
    const all = found(this.repository, url.searchParams);
    const size = Math.min(this.pageMax, Number(url.searchParams.get('pagesize') ?? 25));
    const page = Number(url.searchParams.get('page') ?? 1);
    const next = new URL(url);
    next.searchParams.set('page', String(page + 1));
    const items = all.slice((page - 1) * size, page * size).map((object) => this.shown(object));
    return hal(200, { page, items, _links: all.length > page * size ? { next: this.link(next.pathname + next.search) } : {} });
  }

  private async layDown({ headers, body }: Incoming): Promise<SimulatedAnswer> {
    if (this.readOnly) throw new Refusal(403, 'Das Repository ist schreibgeschützt.');
    if (headers['content-type'] !== 'application/octet-stream') throw new Refusal(415, 'Unbekannter Medientyp.');
    const arrived = (bytes: number): number => (this.contentBytesArrived += bytes);
    const blob = await received(body, { short: this.storesShort, bytesMax: this.quotaBytes, arrived });
    if (this.virus !== undefined && blob.bytes?.includes(this.virus) === true) throw new Refusal(422, 'Die Datei ist infiziert.');
    return { status: 201, headers: { location: this.repository.layDown(blob) }, body: '' };
  }

  private async create({ body }: Incoming): Promise<SimulatedAnswer> {
    const creation = CreationBody.parse(JSON.parse(await textOf(body)));
    await this.met(creation.sourceCategory);
    const { sourceId, sourceCategory, sourceProperties, parentId, filename, contentLocationUri } = creation;
    const object = this.repository.create({
      ...{ sourceId, sourceCategory, sourceProperties },
      ...(parentId === undefined ? {} : { parentId }),
      ...(filename === undefined ? {} : { filename }),
      ...(contentLocationUri === undefined ? {} : { contentLocationUri }),
    });
    const location = `/dms/r/${this.town.repositoryId}/o2m/${object.id}?sourceid=${encodeURIComponent(sourceId)}`;
    return { status: 201, headers: { location }, body: '' };
  }

  private async met(category: string): Promise<void> {
    const meeting = this.meeting;
    if (meeting === undefined || meeting.category !== category) return;
    if (meeting.arrived.length + 1 < meeting.count) return new Promise((resolve) => meeting.arrived.push(resolve));
    this.meeting = undefined;
    for (const go of meeting.arrived) go();
  }

  private content(id: string): SimulatedAnswer {
    const blob = this.repository.get(id).versions.at(-1)?.blob;
    if (blob === undefined) throw new Refusal(404, 'Das DMS-Objekt hat keine Datei.');
    const headers = { 'content-type': 'application/octet-stream', 'content-length': String(blob.length) };
    return { status: 200, headers, ...(blob.bytes === undefined ? {} : { body: blob.bytes }) };
  }

  private shown({ id, category, properties, versions }: StoredObject): Record<string, unknown> {
    const base = `/dms/r/${this.town.repositoryId}`;
    const isDocument = versions.length > 0;
    return {
      id,
      sourceCategories: [category.key],
      sourceProperties: [...properties].map(([key, values]) => ({
        ...{ key, value: values[0] ?? '', displayValue: values[0] ?? '' },
        ...(values.length > 1 ? { values: Object.fromEntries(values.map((value, at) => [String(at + 1), value])) } : {}),
      })),
      _links: {
        self: this.link(`${base}/o2m/${id}`),
        delete: this.link(`${base}/o2/${id}`),
        ...(isDocument ? { mainblobcontent: this.link(`${base}/o2/${id}/v/current/b/main/c`) } : {}),
        ...(isDocument && !this.repository.locked.has(id) ? { updateWithContent: this.link(`${base}/o2m/${id}`) } : {}),
      },
    };
  }

  private link(href: string, templated = false): Record<string, unknown> {
    return { href: this.linkOrigin + href, ...(templated ? { templated } : {}) };
  }
}

function hal(status: number, body: unknown): SimulatedAnswer {
  return { status, headers: { 'content-type': 'application/hal+json; charset=utf-8' }, body: JSON.stringify(body) };
}

async function textOf(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > BODY_BYTES_MAX) throw new Refusal(413, 'Die Anforderung ist zu groß.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
