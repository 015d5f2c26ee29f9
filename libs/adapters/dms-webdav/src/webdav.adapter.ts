// SPDX-License-Identifier: EUPL-1.2
import type { Readable } from 'node:stream';

import {
  type AdapterEnvironment,
  type AnswerPage,
  defineAdapter,
  type DeliveryContext,
  DmsOutboxPort,
  type FilingPreview,
  type FilingReceipt,
  type FilingRequest,
  FolderFiling,
  type Found,
  type HeldDocument,
  type Outbox,
  type ProbeReport,
  type WaitingAnswer,
} from '@amtsbote/adapter-kit';

import { WebdavClient } from './webdav.client.js';
import { ADAPTER_TYPE, asDeliveryError } from './webdav.errors.js';
import { compileMapping } from './webdav.mapping.js';
import { WebdavOptions } from './webdav.options.js';
import { WebdavOutbox } from './webdav.outbox.client.js';
import { probeWebdav } from './webdav.probe.client.js';

/** Files into folders of a WebDAV server: Akte > Vorgang > files, with a list of contents in each Vorgang. */
class WebdavDms extends DmsOutboxPort {
  override readonly outbox: Outbox | null;
  private readonly answers: WebdavOutbox | undefined;
  private readonly client: WebdavClient;
  private readonly filing: FolderFiling;
  private readonly underWay = new Set<Promise<unknown>>();

  constructor(
    private readonly options: WebdavOptions,
    environment: AdapterEnvironment,
  ) {
    super();
    const { limits, verify } = options;
    this.client = new WebdavClient(options, environment.clock);
    const settings = { adapter: ADAPTER_TYPE, documentBytesMax: limits.documentBytesMax, verify, asDeliveryError };
    this.filing = new FolderFiling({ ...settings, cabinet: options.baseUrl, plan: compileMapping(options) });
    this.answers = options.outbox === undefined ? undefined : new WebdavOutbox(this.client, options.outbox);
    this.outbox = this.answers?.shape ?? null;
  }

  async file(request: FilingRequest, ctx: DeliveryContext): Promise<FilingReceipt> {
    return this.tracked(() => this.filing.file(request, this.client.keeper(ctx.signal), ctx));
  }

  async find(request: FilingRequest, ctx: DeliveryContext): Promise<Found<FilingReceipt>> {
    return this.tracked(() => this.filing.find(request, this.client.keeper(ctx.signal), ctx));
  }

  override async readBack(request: FilingRequest, _receipt: FilingReceipt, ctx: DeliveryContext): Promise<readonly HeldDocument[]> {
    return this.tracked(() => this.filing.readBack(request, this.client.keeper(ctx.signal), ctx));
  }

  preview(request: FilingRequest, actKey: string): FilingPreview {
    return this.filing.preview(request, actKey);
  }

  async list(from: string | null, signal: AbortSignal): Promise<AnswerPage> {
    return this.collecting(signal, (outbox) => outbox.list(from, signal));
  }

  async read(answer: WaitingAnswer, signal: AbortSignal): Promise<Readable | 'gone'> {
    return this.collecting(signal, (outbox) => outbox.read(answer, signal));
  }

  /** May be made again: what was moved is not there any more. */
  async acknowledge(answer: WaitingAnswer, signal: AbortSignal): Promise<void> {
    return this.collecting(signal, (outbox) => outbox.acknowledge(answer, signal));
  }

  async probe(signal: AbortSignal): Promise<ProbeReport> {
    return this.tracked(() => probeWebdav(this.client, signal));
  }

  describeTarget(): string {
    return `WebDAV folder ${this.options.baseUrl}, as ${this.options.username}`;
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.underWay);
    this.client.close();
  }

  private async collecting<Result>(signal: AbortSignal, act: (outbox: WebdavOutbox) => Promise<Result>): Promise<Result> {
    const { answers } = this;
    if (answers === undefined) throw new Error('no outbox is configured');
    return this.tracked(async () => {
      try {
        signal.throwIfAborted();
        return await act(answers);
      } catch (error) {
        throw asDeliveryError(error, { repeatable: true, signal });
      }
    });
  }

  private async tracked<Result>(run: () => Promise<Result>): Promise<Result> {
    const work = run();
    this.underWay.add(work);
    try {
      return await work;
    } finally {
      this.underWay.delete(work);
    }
  }
}

export const adapter = defineAdapter({
  type: ADAPTER_TYPE,
  kind: 'dms',
  title: 'WebDAV (RFC 4918): Apache, Nextcloud and others',
  options: WebdavOptions,
  create: (options, environment) => new WebdavDms(options, environment),
});
