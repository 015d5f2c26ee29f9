// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';
import { type Readable } from 'node:stream';

import { type DeliverableDocument, openExactly, speaksOfVirus } from '@amtsbote/adapter-kit';
import type { Clock, Randomness } from '@amtsbote/canonical';
import {
  type HttpAnswer,
  HttpClient,
  HttpFailure,
  type HttpRequest,
  multipartBody,
  type OutgoingPart,
  retryAfterMs,
} from '@amtsbote/platform';
import type { z } from 'zod';

import { OpentextFailure, type Purpose, UnreadableAnswer } from './opentext.errors.js';
import type { OpentextOptions } from './opentext.options.js';
import { Tickets } from './opentext.session.auth.js';
import {
  AuthAnswer,
  CategoryFormAnswer,
  ChildrenAnswer,
  type Creation,
  CreationAnswer,
  ErrorAnswer,
  NodeAnswer,
  type NodeProperties,
  paths,
  SUBTYPE,
  TICKET_HEADER,
  VersionsAnswer,
} from './opentext.wire.js';

const PAGE_SIZE = 100;
/** A name that fits so many objects of one folder is not looked at further. */
const PAGES_MAX = 20;

/**
 * Speaks with one Content Server: one method per operation. Every method throws HttpFailure (no answer), OpentextFailure (an answer that says
 * no) or UnreadableAnswer.
 */
export class OpentextClient {
  private readonly quick: HttpClient;
  private readonly patient: HttpClient;
  private readonly tickets: Tickets;
  private readonly closing = new AbortController();

  constructor(
    private readonly options: Pick<OpentextOptions, 'baseUrl' | 'username' | 'password' | 'ca' | 'timeouts' | 'limits'>,
    private readonly clock: Clock,
    private readonly randomness: Randomness,
  ) {
    const { baseUrl, ca, limits, timeouts } = options;
    const tls = ca === undefined ? {} : { tls: { ca } };
    const settings = { baseUrl, connectionsMax: limits.connectionsMax, headers: { accept: 'application/json' }, ...tls };
    this.quick = new HttpClient({ ...settings, timeoutMs: timeouts.answerMs });
    this.patient = new HttpClient({ ...settings, timeoutMs: timeouts.uploadMs });
    this.tickets = new Tickets(() => this.loggedIn());
  }

  /** Logs in unless a ticket is there already. */
  async login(signal: AbortSignal): Promise<void> {
    await this.tickets.ticket(signal);
  }

  /** Objects of a folder that have exactly this name. */
  async children(folderId: string, name: string, signal: AbortSignal): Promise<NodeProperties[]> {
    const found: NodeProperties[] = [];
    for (let page = 1, pages = 1; page <= Math.min(pages, PAGES_MAX); page += 1) {
      const answer = await this.ask(paths.children(folderId, name, page, PAGE_SIZE), ChildrenAnswer, signal);
      pages = answer.collection?.paging.page_total ?? 1;
      const nodes = answer.results.map(({ data }) => data.properties);
      found.push(...nodes.filter((node) => node.name.normalize('NFC') === name));
    }
    return found;
  }

  async node(id: string, signal: AbortSignal): Promise<NodeProperties> {
    return (await this.ask(paths.node(id), NodeAnswer, signal)).results.data.properties;
  }

  /** Keys of the attributes that a category asks for. */
  async attributes(nodeId: string, categoryId: string, signal: AbortSignal): Promise<string[]> {
    const { forms } = await this.ask(paths.categoryForm(nodeId, categoryId), CategoryFormAnswer, signal);
    return forms.flatMap(({ schema }) => Object.keys(schema.properties));
  }

  /** @returns the id of the new folder. */
  async createFolder(creation: Omit<Creation, 'type'>, signal: AbortSignal): Promise<string> {
    return this.created({ type: SUBTYPE.folder, ...creation }, [], this.quick, signal);
  }
  /** Creates a document with its content, streamed. @returns its id. */
  async createDocument(creation: Omit<Creation, 'type'>, document: DeliverableDocument, signal: AbortSignal): Promise<string> {
    return this.created({ type: SUBTYPE.document, ...creation }, [filePart(document)], this.patient, signal);
  }
  /** Gives a document a new version, streamed. */
  async addVersion(id: string, document: DeliverableDocument, signal: AbortSignal): Promise<void> {
    await this.post(paths.versions(id), [filePart(document)], this.patient, 'version', signal);
  }

  /** Length of the newest version, in bytes; undefined when there is none. */
  async length(id: string, signal: AbortSignal): Promise<number | undefined> {
    const { results } = await this.ask(paths.versions(id), VersionsAnswer, signal);
    const versions = results.map(({ data }) => data.versions).sort((one, other) => other.version_number - one.version_number);
    return versions[0]?.file_size;
  }

  /** Length and SHA-512 (lower-case hex) of the newest version as it is stored, read in constant memory. */
  async measure(id: string, signal: AbortSignal): Promise<{ length: number; sha512: string }> {
    return this.withTicket(signal, async (headers) => {
      const answer = await this.patient.stream({ method: 'GET', path: paths.content(id), headers, signal });
      try {
        if (answer.status !== 200) return { ...answer, body: Buffer.alloc(0) };
        return { ...answer, body: Buffer.alloc(0), measured: await digested(answer.stream) };
      } finally {
        answer.stream.destroy();
      }
    }).then((answer) => {
      this.mustSucceed(answer, 'look');
      if (!('measured' in answer)) throw new UnreadableAnswer('a content without bytes');
      return answer.measured;
    });
  }

  close(): void {
    this.closing.abort(new Error('closed'));
    this.quick.close();
    this.patient.close();
  }

  private async created(creation: Creation, parts: readonly OutgoingPart[], http: HttpClient, signal: AbortSignal): Promise<string> {
    // [D] No JSON body: JSON stands in a field of a form.
    const body = { name: 'body', value: JSON.stringify(creation) };
    return parsed(await this.post(paths.nodes, [body, ...parts], http, 'create', signal), CreationAnswer);
  }

  private async post(
    path: string,
    parts: readonly OutgoingPart[],
    http: HttpClient,
    purpose: Purpose,
    signal: AbortSignal,
  ): Promise<HttpAnswer> {
    // Bytes in which a boundary occurs would end the part: it is not to be guessed.
    const boundary = `amtsbote-${Buffer.from(this.randomness.bytes(18)).toString('hex')}`;
    const sent: Readable[] = [];
    const build = (headers: Record<string, string>): HttpRequest => {
      const form = multipartBody(boundary, parts);
      // After an early answer or an abort nobody reads on: let go of the file behind the stream, and do not die of its late error.
      sent.push(form.body.on('error', () => undefined));
      return { method: 'POST', path, headers: { ...headers, ...form.headers }, body: form.body, signal };
    };
    try {
      return this.mustSucceed(await this.withTicket(signal, (headers) => http.request(build(headers))), purpose);
    } finally {
      for (const body of sent) body.destroy();
    }
  }

  private async ask<Schema extends z.ZodType>(path: string, schema: Schema, signal: AbortSignal): Promise<z.infer<Schema>> {
    const answer = await this.withTicket(signal, (headers) => this.quick.request({ method: 'GET', path, headers, signal }));
    return parsed(this.mustSucceed(answer, 'look'), schema);
  }

  /** Calls with the ticket; once more with a new one when it had expired. A second refusal is an answer like any other. */
  private async withTicket<Answer extends HttpAnswer>(
    signal: AbortSignal,
    call: (headers: Record<string, string>) => Promise<Answer>,
  ): Promise<Answer> {
    const ticket = await this.tickets.ticket(signal);
    const first = await call({ [TICKET_HEADER]: ticket });
    if (first.status !== 401) return this.renewing(first);
    this.tickets.refused(ticket);
    const fresh = await this.tickets.ticket(signal);
    const second = await call({ [TICKET_HEADER]: fresh });
    if (second.status === 401) this.tickets.refused(fresh);
    return this.renewing(second);
  }
  private renewing<Answer extends HttpAnswer>(answer: Answer): Answer {
    if (answer.status >= 200 && answer.status < 300) this.tickets.renewed(answer);
    return answer;
  }

  private async loggedIn(): Promise<string> {
    const { username, password } = this.options;
    const body = new URLSearchParams({ username, password }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await this.quick.request({ method: 'POST', path: paths.auth, headers, body, signal: this.closing.signal });
    return parsed(this.mustSucceed(answer, 'login'), AuthAnswer).ticket;
  }

  private mustSucceed<Answer extends HttpAnswer>(answer: Answer, purpose: Purpose): Answer {
    if (answer.status >= 200 && answer.status < 300) return answer;
    const body = ErrorAnswer.safeParse(json(answer));
    throw new OpentextFailure(answer.status, purpose, {
      isVirus: body.success && speaksOfVirus(body.data.error),
      retryAfterMs: retryAfterMs(answer.headers['retry-after'], this.clock.now()),
    });
  }
}

function filePart(document: DeliverableDocument): OutgoingPart {
  const { fileName, mediaType, size } = document;
  return { name: 'file', fileName, mediaType, size, open: () => openExactly(document) };
}

async function digested(stream: Readable): Promise<{ length: number; sha512: string }> {
  const hash = createHash('sha512');
  let length = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      hash.update(chunk);
      length += chunk.length;
    }
  } catch (error) {
    throw new HttpFailure('interrupted', 'sent', 'GET of a content: interrupted', error);
  }
  return { length, sha512: hash.digest('hex') };
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
