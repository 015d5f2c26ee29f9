// SPDX-License-Identifier: EUPL-1.2
import {
  type AdapterEnvironment,
  type CatalogueMode,
  type CataloguePage,
  CataloguePort,
  defineAdapter,
  type DocumentHead,
  type IncomingDocument,
  type ProbeReport,
  type WrittenPiece,
} from '@amtsbote/adapter-kit';
import type { CatalogueChange } from '@amtsbote/canonical';

import { bytesOf, pagesOf } from './memory.client.js';
import { aborted, ADAPTER_TYPE, empty, interrupted, unreadable } from './memory.errors.js';
import { changesOf, positionOf, unknownIn } from './memory.mapping.js';
import { MemoryOptions } from './memory.options.js';

/** A catalogue that is written in the configuration: no outside system, nothing to wait for. For reference and demo only. */
class MemoryCatalogue extends CataloguePort {
  constructor(
    private readonly options: MemoryOptions,
    private readonly environment: AdapterEnvironment,
  ) {
    super();
  }

  describeTarget(): string {
    return `${this.environment.instance}: ${this.options.objects.length} entries of the configuration`;
  }

  async *changesSince(cursor: string | null, signal: AbortSignal): AsyncGenerator<CataloguePage> {
    const { objects, mode } = this.options;
    if (mode === 'snapshot' && objects.length === 0) throw empty();
    const from = mode === 'snapshot' ? 0 : positionOf(cursor, objects.length);
    for (const page of this.pages('configuration', mode, objects, from, signal))
      yield mode === 'snapshot' ? page : { ...page, cursor: String(from + page.progress.objects) };
  }

  async *read(document: IncomingDocument, signal: AbortSignal): AsyncGenerator<CataloguePage> {
    if (signal.aborted) throw aborted();
    const bytes = await bytesOf(document.stream).catch((cause: unknown) => Promise.reject(interrupted(cause)));
    if (bytes === undefined) throw unreadable(undefined);
    const changes = changesOf(bytes);
    if (document.mode === 'snapshot' && changes.length === 0) throw empty();
    yield* this.pages(document.name, document.mode, changes, 0, signal);
  }

  async *write(
    _head: DocumentHead,
    changes: Iterable<CatalogueChange> | AsyncIterable<CatalogueChange>,
    signal: AbortSignal,
  ): AsyncGenerator<WrittenPiece> {
    let before = '[\n';
    for await (const change of changes) {
      if (signal.aborted) throw aborted();
      yield { bytes: Buffer.from(before + JSON.stringify(change)), findings: [] };
      before = ',\n';
    }
    yield { bytes: Buffer.from(before === '[\n' ? '[]\n' : '\n]\n'), findings: [] };
  }

  async probe(): Promise<ProbeReport> {
    return { ok: true, checks: [{ name: 'configuration', ok: true, detail: `${this.options.objects.length} entries` }] };
  }

  async close(): Promise<void> {
    // The configuration needs no connection.
  }

  private *pages(
    name: string,
    mode: CatalogueMode,
    list: readonly CatalogueChange[],
    from: number,
    signal: AbortSignal,
  ): Generator<CataloguePage> {
    let unknownParts = 0;
    for (const { page, next } of pagesOf(list, from)) {
      if (signal.aborted) throw aborted();
      unknownParts += unknownIn(page);
      const progress = { documents: next === list.length ? 1 : 0, documentsTotal: 1, bytesRead: 0, objects: next - from, unknownParts };
      const isLast = next === list.length;
      yield { mode, document: { name }, changes: page, findings: [], isWithdrawn: false, progress, cursor: null, isLast };
    }
  }
}

/** A catalogue of objects given in its options, for reference and demo. */
export const adapter = defineAdapter({
  type: ADAPTER_TYPE,
  kind: 'catalogue',
  title: 'Service catalogue in the configuration (reference and demo only)',
  options: MemoryOptions,
  create: (options, environment) => new MemoryCatalogue(options, environment),
});
