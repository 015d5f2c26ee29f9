// SPDX-License-Identifier: EUPL-1.2
import type { IncomingMessage, ServerResponse } from 'node:http';

import {
  type DmsContents,
  multipartParts,
  type SimulatedAnswer,
  type SimulatedRequest,
  SimulatorServer,
} from '@amtsbote/adapter-kit/testing';
import { z } from 'zod';

import { SUBTYPE, TICKET_HEADER } from '../../src/opentext.wire.js';
import { Nodes, type OpentextBooks, received, Refusal, type StoredContent, type StoredNode } from './nodes.js';
import { type SimulatedServer, TRADE_SERVER } from './server.js';

/** Path of the program, as in the vendor's default installation. */
const PROGRAM = '/otcs/cs.exe';
const FIELD_BYTES_MAX = 1024 * 1024;

/** A request whose body is read as it comes. */
interface Incoming {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: AsyncIterable<Buffer>;
}
const Value = z.union([z.string(), z.array(z.string())]);
const CreationBody = z.object({
  type: z.int(),
  parent_id: z.int(),
  name: z.string(),
  roles: z.object({ categories: z.record(z.string(), z.record(z.string(), Value)) }).optional(),
});

/**
 * Content Server as far as public clients show it: tickets that every answer renews, forms instead of JSON bodies, nodes with categories and
 * versions, names that are unique in a folder, a lenient filter for names.
 */
export class OpentextSimulator extends SimulatorServer {
  readonly nodes: Nodes;
  /** While true, all content loses its last byte and is reported as stored. */
  storesShort = false;
  /** Content above this does not fit in, in bytes. */
  quotaBytes = Number.POSITIVE_INFINITY;
  /** Content in which this text occurs is refused as infected. */
  virus: string | undefined;
  /** While true, tickets are given and refused at once. */
  refusesTickets = false;
  /** While true, changes are refused because the server is in maintenance. */
  readOnly = false;
  /** Largest page that is given, whatever is asked for. */
  pageMax = 1_000;
  /** Everything is answered with a redirect to this address. */
  redirectTo: string | undefined;
  /** Called at every request that carries a ticket: lets time pass, lets another process act. */
  onRequest: (line: string) => void | Promise<void> = () => undefined;
  /** Bytes of content that have arrived so far, also of uploads that are under way or were refused. */
  contentBytesArrived = 0;
  logins = 0;
  private readonly tickets = new Map<string, number>();
  private issued = 0;

  constructor(
    private readonly installation: SimulatedServer = TRADE_SERVER,
    private readonly nowMs: () => number = Date.now,
  ) {
    super();
    this.nodes = new Nodes(installation);
  }

  /** What belongs into the adapter's option `baseUrl`. */
  get baseUrl(): string {
    return this.url + PROGRAM;
  }
  books(): OpentextBooks {
    return this.nodes.books();
  }
  contents(): DmsContents {
    return this.nodes.contents();
  }
  /** All tickets end now, as after a restart. */
  expireTickets(): void {
    this.tickets.clear();
  }

  /** Bodies are never held: everything is answered from the stream. */
  protected override async handleStream(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const { method = 'GET', headers } = request;
    const answer = await this.answer({ method, url: new URL(request.url ?? '/', this.url), headers, body: request });
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
      if (error instanceof Refusal) return json(error.status, { error: error.error });
      if (error instanceof z.ZodError || error instanceof SyntaxError) return json(400, { error: 'Invalid argument.' });
      throw error;
    }
  }

  private async route(request: Incoming): Promise<SimulatedAnswer> {
    const { pathname } = request.url;
    if (pathname === '/_simulator/books') return json(200, this.books());
    if (pathname === '/_simulator/tree') return json(200, this.contents());
    if (this.redirectTo !== undefined) return { status: 302, headers: { location: this.redirectTo + pathname } };
    if (!pathname.startsWith(`${PROGRAM}/api/`)) return { status: 404, headers: { 'content-type': 'text/html' }, body: 'Not Found' };
    const line = `${request.method} ${pathname.slice(`${PROGRAM}/api/`.length)}`;
    if (request.headers['content-type']?.includes('json') === true) throw new Refusal(400, 'Argument is required.');
    if (line === 'POST v1/auth') return this.login(request);
    const ticket = request.headers[TICKET_HEADER];
    const until = typeof ticket === 'string' ? this.tickets.get(ticket) : undefined;
    if (this.refusesTickets || until === undefined || until <= this.nowMs()) return json(401, { error: 'Authentication Required' });
    await this.onRequest(line);
    const answer = await this.service(line, request);
    return { ...answer, headers: { ...answer.headers, [TICKET_HEADER]: this.newTicket() } };
  }

  private async login({ headers, body }: Incoming): Promise<SimulatedAnswer> {
    this.logins += 1;
    if (headers['content-type'] !== 'application/x-www-form-urlencoded') throw new Refusal(400, 'Argument is required.');
    const form = new URLSearchParams(await textOf(body));
    const isKnown = form.get('username') === this.installation.username && form.get('password') === this.installation.password;
    if (!isKnown) throw new Refusal(401, 'Invalid username/password specified.');
    return json(200, { ticket: this.newTicket() });
  }

  private async service(line: string, request: Incoming): Promise<SimulatedAnswer> {
    const [version, word, id = '', more = ''] = line.slice(line.indexOf(' ') + 1).split('/');
    if (version === 'v1' && word === 'forms') return this.categoryForm(request.url);
    if (word !== 'nodes') throw new Refusal(404, 'Not found.');
    switch (`${request.method} ${version ?? ''} ${id === '' ? '' : 'n'}${more}`) {
      case 'POST v2 ':
        return this.create(request);
      case 'GET v2 n':
        return json(200, { links: {}, results: shown(this.nodes, this.nodes.get(Number(id))) });
      case 'GET v2 nnodes':
        return this.children(Number(id), request.url);
      case 'GET v2 nversions':
        return json(200, { results: this.nodes.get(Number(id)).versions.map(versionOf) });
      case 'POST v2 nversions':
        return this.addVersion(Number(id), request);
      case 'GET v1 ncontent':
        return this.content(Number(id));
      default:
        throw new Refusal(404, 'Not found.');
    }
  }

  private async create(request: Incoming): Promise<SimulatedAnswer> {
    const { fields, content } = await this.form(request);
    const { roles, ...creation } = CreationBody.parse(JSON.parse(fields.get('body') ?? ''));
    const node = this.nodes.create({ ...creation, roles }, content);
    return json(200, { links: {}, results: { data: { properties: { id: node.id, name: node.name, type: node.type } } } });
  }

  private async addVersion(id: number, request: Incoming): Promise<SimulatedAnswer> {
    const { content } = await this.form(request);
    if (content === undefined) throw new Refusal(400, 'A file is required.');
    this.nodes.addVersion(id, content);
    return json(200, { results: { data: { versions: { version_number: this.nodes.get(id).versions.length } } } });
  }

  private async form({ headers, body }: Incoming): Promise<{ fields: Map<string, string>; content: StoredContent | undefined }> {
    if (this.readOnly) throw new Refusal(503, 'The system is in maintenance mode.');
    const fields = new Map<string, string>();
    let content: StoredContent | undefined;
    for await (const part of multipartParts(headers['content-type'] ?? '', body)) {
      if (part.name !== 'file') {
        fields.set(part.name, await textOf(part.bytes));
        continue;
      }
      const names = {
        fileName: decodeURIComponent((part.fileName ?? '').replaceAll(/%(?!22)/g, '%25')),
        mediaType: part.headers['content-type'] ?? '',
      };
      const arrived = (bytes: number): number => (this.contentBytesArrived += bytes);
      content = await received(part.bytes, names, { short: this.storesShort, bytesMax: this.quotaBytes, arrived });
      if (this.virus !== undefined && content.bytes?.includes(this.virus) === true)
        throw new Refusal(500, 'The file is infected with a virus.');
    }
    return { fields, content };
  }

  /** As lenient as a filter may be: names that hold the text, without regard to case. */
  private children(id: number, url: URL): SimulatedAnswer {
    this.nodes.get(id);
    const name = (url.searchParams.get('where_name') ?? '').toLowerCase();
    const all = this.nodes.childrenOf(id).filter((node) => node.name.toLowerCase().includes(name));
    const limit = Math.min(this.pageMax, Number(url.searchParams.get('limit') ?? 25));
    const page = Number(url.searchParams.get('page') ?? 1);
    const paging = { limit, page, page_total: Math.max(1, Math.ceil(all.length / limit)), total_count: all.length };
    const results = all.slice((page - 1) * limit, page * limit).map((node) => shown(this.nodes, node));
    return json(200, { collection: { paging, sorting: {} }, links: {}, results });
  }

  private content(id: number): SimulatedAnswer {
    const newest = this.nodes.get(id).versions.at(-1);
    if (newest?.bytes === undefined) throw new Refusal(404, 'Could not access the content.');
    return { status: 200, headers: { 'content-type': newest.mediaType }, body: newest.bytes };
  }

  private categoryForm(url: URL): SimulatedAnswer {
    const category = this.installation.categories.find(({ id }) => id === url.searchParams.get('category_id'));
    if (category === undefined) throw new Refusal(404, 'Could not access the specified category.');
    const properties = Object.fromEntries(
      Object.entries(category.attributes).map(([key, maxLength]) => [key, { type: 'string', maxLength }]),
    );
    return json(200, { forms: [{ data: {}, options: {}, schema: { properties } }] });
  }

  private newTicket(): string {
    const ticket = `sim-ticket-${String(++this.issued).padStart(6, '0')}`;
    this.tickets.set(ticket, this.nowMs() + this.installation.ticketMs);
    return ticket;
  }
}

function shown(nodes: Nodes, { id, name, type, parentId, versions }: StoredNode): object {
  const permissions = { perm_see: true, perm_modify: true, perm_create: !nodes.forbidden.has(id) };
  const size = type === SUBTYPE.document ? (versions.at(-1)?.length ?? null) : null;
  return {
    data: { properties: { id, name, type, parent_id: parentId, reserved: nodes.reserved.has(id), size, permissions, favorite: false } },
  };
}

function versionOf({ fileName, mediaType, length }: StoredContent, index: number): object {
  return { data: { versions: { version_number: index + 1, file_name: fileName, file_size: length, mime_type: mediaType } } };
}

function json(status: number, body: unknown): SimulatedAnswer {
  return { status, headers: { 'content-type': 'application/json; charset=UTF-8' }, body: JSON.stringify(body) };
}

async function textOf(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > FIELD_BYTES_MAX) throw new Refusal(413, 'The request is too large.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
