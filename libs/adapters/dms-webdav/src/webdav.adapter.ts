// SPDX-License-Identifier: EUPL-1.2
import {
  type AdapterEnvironment,
  defineAdapter,
  type DeliveryContext,
  DmsPort,
  type FilingReceipt,
  type FilingRequest,
  FolderFiling,
  type Found,
  type HeldDocument,
  type ProbeReport,
} from '@amtsbote/adapter-kit';

import { WebdavClient } from './webdav.client.js';
import { ADAPTER_TYPE, asDeliveryError } from './webdav.errors.js';
import { compileMapping } from './webdav.mapping.js';
import { WebdavOptions } from './webdav.options.js';
import { probeWebdav } from './webdav.probe.client.js';

/** Files into folders of a WebDAV server: Akte > Vorgang > files, with a list of contents in each Vorgang. */
class WebdavDms extends DmsPort {
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
    this.filing = new FolderFiling({ ...settings, plan: compileMapping(options) });
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
