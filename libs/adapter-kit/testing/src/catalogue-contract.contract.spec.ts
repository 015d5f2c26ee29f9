// SPDX-License-Identifier: EUPL-1.2
import { request as httpRequest } from 'node:http';
import { buffer } from 'node:stream/consumers';

import { CatalogueChange } from '@amtsbote/canonical';
import { z } from 'zod';

import {
  type CataloguePage,
  CataloguePort,
  defineAdapter,
  DeliveryError,
  type DocumentHead,
  type IncomingDocument,
  type ProbeReport,
  type WrittenPiece,
} from '../../src/index.js';
import { catalogueContract } from './catalogue-contract.js';
import { serviceNamed } from './catalogue-samples.js';
import { type SimulatedAnswer, type SimulatedRequest, SimulatorServer } from './simulator-server.js';

/*
 * The suite against a catalogue on the network, with the least adapter that passes: shows that the part for sources elsewhere can be passed.
 */
const PAGE_LENGTH = 1_000;

class ListServer extends SimulatorServer {
  readonly list: CatalogueChange[] = [];
  protected handle({ url }: SimulatedRequest): SimulatedAnswer {
    const from = Number(url.searchParams.get('from'));
    return { status: 200, body: JSON.stringify({ changes: this.list.slice(from, from + PAGE_LENGTH), total: this.list.length }) };
  }
}

const Page = z.object({ changes: z.array(CatalogueChange), total: z.int() });

class ListCatalogue extends CataloguePort {
  constructor(private readonly url: string) {
    super();
  }
  describeTarget(): string {
    return this.url;
  }
  async *changesSince(cursor: string | null, signal: AbortSignal): AsyncGenerator<CataloguePage> {
    let objects = 0;
    for (let from = Number(cursor ?? '0'); ;) {
      const { changes, total } = await this.page(from, signal);
      objects += changes.length;
      from += changes.length;
      const progress = { documents: 1, bytesRead: 0, objects, unknownParts: 0 };
      const [isWithdrawn, isLast] = [false, from >= total];
      yield { mode: 'increments', document: { name: 'list' }, changes, findings: [], isWithdrawn, progress, cursor: String(from), isLast };
      if (isLast) return;
    }
  }
  async *read({ name, stream, mode }: IncomingDocument, signal: AbortSignal): AsyncGenerator<CataloguePage> {
    signal.throwIfAborted();
    const changes = listOf(await buffer(stream).catch(() => Promise.reject(DeliveryError.unavailable('catalogue-list/broken', 'Broken.'))));
    if (changes.length === 0 && mode === 'snapshot') throw DeliveryError.refused('catalogue-list/empty', 'Empty.');
    const progress = { documents: 1, bytesRead: 0, objects: changes.length, unknownParts: 0 };
    yield { mode, document: { name }, changes, findings: [], isWithdrawn: false, progress, cursor: null, isLast: true };
  }
  async *write(_: DocumentHead, changes: Iterable<CatalogueChange> | AsyncIterable<CatalogueChange>): AsyncGenerator<WrittenPiece> {
    const list: CatalogueChange[] = [];
    for await (const change of changes) list.push(change);
    yield { bytes: Buffer.from(JSON.stringify(list)), findings: [] };
  }
  async probe(signal: AbortSignal): Promise<ProbeReport> {
    const isReadable = await this.page(0, signal).then(
      () => true,
      () => false,
    );
    return { ok: isReadable, checks: [{ name: 'list', ok: isReadable, detail: '' }] };
  }
  async close(): Promise<void> {
    // Every request has a connection of its own.
  }

  private async page(from: number, signal: AbortSignal): Promise<z.infer<typeof Page>> {
    const { status, retryAfter, body } = await this.get(from, signal);
    if (status === 401) throw DeliveryError.misconfigured('catalogue-list/unauthorised', 'Not accepted.');
    if (status !== 200)
      throw DeliveryError.unavailable(
        'catalogue-list/failed',
        'Failed.',
        retryAfter === undefined ? {} : { retryAfterMs: retryAfter * 1_000 },
      );
    try {
      return Page.parse(JSON.parse(body));
    } catch {
      throw DeliveryError.unavailable('catalogue-list/unreadable', 'Not a page.');
    }
  }

  private get(from: number, signal: AbortSignal): Promise<{ status: number; retryAfter: number | undefined; body: string }> {
    return new Promise((resolve, reject) => {
      const fail = (): void => reject(DeliveryError.unavailable('catalogue-list/unreachable', 'Not reached.'));
      const outgoing = httpRequest(`${this.url}/?from=${from}`, { signal, agent: false }, (answer) => {
        void answer.toArray().then((chunks: Buffer[]) => {
          const retryAfter = answer.headers['retry-after'];
          const status = answer.statusCode ?? 0;
          resolve({
            status,
            retryAfter: retryAfter === undefined ? undefined : Number(retryAfter),
            body: Buffer.concat(chunks).toString(),
          });
        }, fail);
      });
      outgoing.on('error', fail).end();
    });
  }
}

function listOf(bytes: Buffer): CatalogueChange[] {
  try {
    return z.array(CatalogueChange).parse(JSON.parse(bytes.toString()));
  } catch {
    throw DeliveryError.refused('catalogue-list/unreadable', 'Not a list.');
  }
}

catalogueContract({
  adapter: defineAdapter({
    type: 'catalogue-list',
    kind: 'catalogue',
    title: 'A list on loopback',
    options: z.strictObject({ url: z.url() }),
    create: ({ url }) => new ListCatalogue(url),
  }),
  start: () => new ListServer().start(),
  optionsFor: ({ url }: ListServer) => ({ url }),
  publish: ({ list }, changes) => void list.push(...changes),
  objectNamed: (name) => serviceNamed(name),
  starts: 'increments',
  goesOn: true,
  isRemote: true,
  secrets: [],
});
