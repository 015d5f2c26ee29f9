// SPDX-License-Identifier: EUPL-1.2
import {
  defineAdapter,
  type DeliveryContext,
  DmsPort,
  type FilingPreview,
  type FilingReceipt,
  type FilingRequest,
  type Found,
  type ProbeReport,
} from '@amtsbote/adapter-kit';

import { failureOf } from './failing.errors.js';
import { receiptOf } from './failing.mapping.js';
import { FailingOptions } from './failing.options.js';

/** Fails as configured, then succeeds: for demonstrations of what the hub does about it, and for tests of the runner. Keeps nothing. */
class FailingDms extends DmsPort {
  constructor(private readonly options: FailingOptions) {
    super();
  }

  /** A single effect named `filing`; the number of the attempt alone decides, so it fails alike after a restart. */
  async file(request: FilingRequest, ctx: DeliveryContext): Promise<FilingReceipt> {
    return ctx.once('filing', {
      act: async () => {
        if (!this.fails(ctx)) return receiptAsJson(receiptOf(request, ctx.key));
        if (this.options.mode === 'hang') await untilAborted(ctx.signal);
        throw failureOf(this.options);
      },
      find: async () => {
        const found = this.look(request, ctx);
        return typeof found === 'string' ? found : { found: receiptAsJson(found.found) };
      },
    });
  }

  async find(request: FilingRequest, ctx: DeliveryContext): Promise<Found<FilingReceipt>> {
    return this.look(request, ctx);
  }

  preview(request: FilingRequest, actKey: string): FilingPreview {
    const { akte, vorgang, documents } = receiptOf(request, actKey);
    const shown = ({ id, title }: { id: string; title: string }) => ({ key: id, title, class: '', properties: [] });
    return {
      ...{ cabinet: '', akte: shown(akte), vorgang: shown(vorgang) },
      documents: documents.map(({ key, id }) => ({ ...shown({ id, title: key }), document: key })),
    };
  }

  async probe(_signal: AbortSignal): Promise<ProbeReport> {
    return { ok: false, checks: [{ name: 'target', ok: false, detail: `fails on purpose: ${this.options.mode}` }] };
  }

  describeTarget(): string {
    const { mode, failures } = this.options;
    return `a DMS that fails on purpose (${mode}, ${failures === undefined ? 'always' : `${failures} times`})`;
  }

  async close(): Promise<void> {
    // Nothing is held open.
  }

  private fails({ attempt }: DeliveryContext): boolean {
    return attempt <= (this.options.failures ?? Number.POSITIVE_INFINITY);
  }

  private look(request: FilingRequest, ctx: DeliveryContext): Found<FilingReceipt> {
    if (this.options.mode === 'cannotTell') return 'cannotTell';
    return this.options.filedAnyway ? { found: receiptOf(request, ctx.key) } : 'absent';
  }
}

/** An effect's receipt is JSON with an index signature; the port's interface has none. */
function receiptAsJson({ akte, vorgang, documents }: FilingReceipt) {
  return { akte: { ...akte }, vorgang: { ...vorgang }, documents: documents.map((document) => ({ ...document })) };
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

export const adapter = defineAdapter({
  type: 'dms-failing',
  kind: 'dms',
  title: 'DMS that fails on purpose, for demonstrations and tests',
  options: FailingOptions,
  create: (options) => new FailingDms(options),
});
