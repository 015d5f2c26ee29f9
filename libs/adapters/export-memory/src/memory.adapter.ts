// SPDX-License-Identifier: EUPL-1.2
import {
  type AdapterEnvironment,
  defineAdapter,
  type DeliveryContext,
  DeliveryError,
  ExportPort,
  type ExportReceipt,
  type ExportRequest,
  type Found,
  type ProbeReport,
} from '@amtsbote/adapter-kit';

import { boxNamed, measure, type MemoryBox } from './memory.client.js';
import { ADAPTER_TYPE } from './memory.errors.js';
import { receiptOf, toRecord } from './memory.mapping.js';
import { MemoryOptions } from './memory.options.js';

/** The smallest export that passes the contract: a Fachverfahren that is a map in this process. For reference and demo only. */
class MemoryExport extends ExportPort {
  private readonly box: MemoryBox;

  constructor(
    private readonly options: MemoryOptions,
    private readonly environment: AdapterEnvironment,
  ) {
    super();
    this.box = boxNamed(options.box);
  }

  describeTarget(): string {
    return `${this.environment.instance}: box "${this.options.box}" in the memory of this process (lost when it ends)`;
  }

  async deliver(request: ExportRequest, ctx: DeliveryContext): Promise<ExportReceipt> {
    return ctx.once<{ id: string }>('record', {
      act: async () => {
        const measured: { size: number; sha512: string }[] = [];
        for (const document of request.documents) measured.push(await measure(document));
        return receiptOf(await this.box.put(ctx.key, toRecord(request, measured), ctx.signal));
      },
      find: () => this.find(request, ctx),
    });
  }

  async find(_request: ExportRequest, ctx: DeliveryContext): Promise<Found<{ id: string }>> {
    const record = await this.box.get(ctx.key, ctx.signal);
    return record === undefined ? 'absent' : { found: receiptOf(record) };
  }

  async probe(signal: AbortSignal): Promise<ProbeReport> {
    try {
      await this.box.ping(signal);
      return { ok: true, checks: [{ name: 'box', ok: true, detail: 'there' }] };
    } catch (error) {
      const detail = error instanceof DeliveryError ? error.message : 'the probe failed inside the hub';
      return { ok: false, checks: [{ name: 'box', ok: false, detail }] };
    }
  }

  async close(): Promise<void> {
    // A box needs no connection.
  }
}

/** A Fachverfahren in memory, for reference and demo. */
export const adapter = defineAdapter({
  type: ADAPTER_TYPE,
  kind: 'export',
  title: 'Fachverfahren in memory (reference and demo only)',
  options: MemoryOptions,
  create: (options, environment) => new MemoryExport(options, environment),
});
