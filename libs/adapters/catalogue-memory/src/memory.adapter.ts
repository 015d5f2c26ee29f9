// SPDX-License-Identifier: EUPL-1.2
import { type AdapterEnvironment, type CatalogueChange, CataloguePort, defineAdapter, type ProbeReport } from '@amtsbote/adapter-kit';

import { pagesOf } from './memory.client.js';
import { aborted, ADAPTER_TYPE } from './memory.errors.js';
import { positionOf, toChange } from './memory.mapping.js';
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

  async *changesSince(
    cursor: string | null,
    signal: AbortSignal,
  ): AsyncGenerator<{ readonly changes: readonly CatalogueChange[]; readonly cursor: string }> {
    const { objects } = this.options;
    for (const { page, next } of pagesOf(objects, positionOf(cursor, objects.length))) {
      if (signal.aborted) throw aborted();
      yield { changes: page.map(toChange), cursor: String(next) };
    }
  }

  async probe(): Promise<ProbeReport> {
    return { ok: true, checks: [{ name: 'configuration', ok: true, detail: `${this.options.objects.length} entries` }] };
  }

  async close(): Promise<void> {
    // The configuration needs no connection.
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
