// SPDX-License-Identifier: EUPL-1.2
import { Readable } from 'node:stream';

import type { CatalogueMode } from '@amtsbote/adapter-kit';
import type { Clock } from '@amtsbote/canonical';
import { type HttpAnswer, HttpClient, retryAfterMs } from '@amtsbote/platform';
import { z } from 'zod';

import { refused, SourceFailure } from './xzufi.errors.js';
import type { XzufiSource } from './xzufi.options.js';
import { Block, FIRST } from './xzufi.pvog.wire.js';
import type { DocumentSource, SourceDocument, SourceRead } from './xzufi.sources.client.js';
import { TokenKeeper } from './xzufi.token.auth.js';

type PvogOptions = Extract<XzufiSource, { type: 'pvog' }>;

/** Where a read goes on: path and query of the next block on whatever host is configured by then, and in which mode. */
const Cursor = z.strictObject({ next: z.string().startsWith('/').max(2_000), index: z.int(), mode: z.enum(['snapshot', 'increments']) });
type Cursor = z.infer<typeof Cursor>;

/**
 * The Bereitstelldienst of the PVOG: block after block, each naming the next. The first fill is a snapshot; once it is complete, the address of the
 * next block leads to what changed since.
 */
export class PvogSource implements DocumentSource {
  private readonly client: HttpClient;
  private readonly tokens: TokenKeeper;
  private readonly options: PvogOptions;
  private readonly clock: Clock;

  constructor(options: PvogOptions, clock: Clock) {
    this.options = options;
    this.clock = clock;
    const { baseUrl, timeouts, blockBytesMax } = options;
    this.client = new HttpClient({ baseUrl, timeoutMs: timeouts.answerMs, answerBytesMax: blockBytesMax });
    this.tokens = new TokenKeeper(options, timeouts.answerMs, clock);
  }

  get description(): string {
    return `the Bereitstelldienst ${this.options.baseUrl} as ${this.options.clientId}`;
  }

  async read(cursor: string | null, signal: AbortSignal): Promise<SourceRead> {
    const from = cursor === null ? this.beginning() : parsed(cursor);
    return { mode: from.mode, findings: [], cursor, documents: this.blocks(from, signal) };
  }

  async look(signal: AbortSignal): Promise<string> {
    await this.tokens.token(signal);
    return 'gives a token';
  }

  close(): void {
    this.client.close();
    this.tokens.close();
  }

  /** Blocks are asked for one after the other: only a block says where the next one is. */
  private async *blocks(from: Cursor, signal: AbortSignal): AsyncGenerator<SourceDocument> {
    for (let at = from; ;) {
      const block = await this.block(at.next, signal);
      const next = this.nextOf(block, at);
      const [name, isLast, stream] = [`block ${at.index}`, block.vollstaendig, streamOf(block)];
      yield { name, isLast, cursor: JSON.stringify(next), open: async () => stream };
      if (block.vollstaendig) return;
      if (next.next === at.next) throw refused('paging-stuck');
      at = next;
    }
  }

  private beginning(): Cursor {
    const query = new URLSearchParams({ [FIRST.index]: '0', [FIRST.ars]: this.options.ars ?? FIRST.everywhere });
    return {
      next: `${new URL(this.options.baseUrl).pathname.replace(/\/$/, '')}${this.options.path}?${query.toString()}`,
      index: 0,
      mode: 'snapshot',
    };
  }

  private nextOf(block: Block, at: Cursor): Cursor {
    const mode: CatalogueMode = block.vollstaendig ? 'increments' : at.mode;
    const given = block.naechsteAnfrageUrl;
    if (given === null || given === undefined) {
      // A complete block without an address: the same place is asked again, with the index that it names.
      const url = new URL(at.next, this.options.baseUrl);
      url.searchParams.set(FIRST.index, String(block.naechsterIndex));
      return { next: url.pathname + url.search, index: block.naechsterIndex, mode };
    }
    const base = new URL(this.options.baseUrl);
    if (!URL.canParse(given, base.href)) throw refused('answer-unreadable');
    const url = new URL(given, base);
    if (url.host !== base.host) throw refused('next-elsewhere');
    return { next: url.pathname + url.search, index: block.naechsterIndex, mode };
  }

  private async block(path: string, signal: AbortSignal): Promise<Block> {
    const token = await this.tokens.token(signal);
    let answer = await this.ask(path, token, signal);
    // The token may have expired on the way, or been withdrawn: a fresh one decides.
    if (answer.status === 401) answer = await this.ask(path, await this.tokens.otherThan(token, signal), signal);
    if (answer.status !== 200) throw new SourceFailure(answer.status, retryAfterMs(answer.headers['retry-after'], this.clock.now()));
    try {
      return Block.parse(JSON.parse(answer.body.toString('utf8')));
    } catch {
      // Without its cause: that would quote the block.
      throw refused('answer-unreadable');
    }
  }

  private ask(path: string, token: string, signal: AbortSignal): Promise<HttpAnswer> {
    const { origin } = new URL(this.options.baseUrl);
    const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
    return this.client.request({ method: 'GET', path: origin + path, headers, signal });
  }
}

function parsed(cursor: string): Cursor {
  try {
    return Cursor.parse(JSON.parse(cursor));
  } catch {
    throw refused('foreign-cursor');
  }
}

function streamOf({ xzufiObjekte }: Block): Readable | undefined {
  return xzufiObjekte === null || xzufiObjekte === undefined || xzufiObjekte.trim() === ''
    ? undefined
    : Readable.from([Buffer.from(xzufiObjekte, 'utf8')]);
}
