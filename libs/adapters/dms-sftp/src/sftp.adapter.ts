// SPDX-License-Identifier: EUPL-1.2
import {
  defineAdapter,
  type DeliveryContext,
  DmsPort,
  type FilingPreview,
  type FilingReceipt,
  type FilingRequest,
  FolderFiling,
  type Found,
  type HeldDocument,
  type ProbeReport,
} from '@amtsbote/adapter-kit';
import { probeSftpFolder, SftpConnections, SftpFolders } from '@amtsbote/adapter-kit/sftp';

import { ADAPTER_TYPE, asDeliveryError } from './sftp.errors.js';
import { compileMapping } from './sftp.mapping.js';
import { SftpOptions } from './sftp.options.js';

/** Files into folders of an SFTP server: Akte > Vorgang > files, with a list of contents and checksums in each Vorgang. */
class SftpDms extends DmsPort {
  private readonly filing: FolderFiling;
  private readonly connections: SftpConnections;

  constructor(private readonly options: SftpOptions) {
    super();
    const { limits, verify } = options;
    this.connections = new SftpConnections(options);
    const settings = { adapter: ADAPTER_TYPE, documentBytesMax: limits.documentBytesMax, verify, asDeliveryError };
    this.filing = new FolderFiling({ ...settings, cabinet: options.directory, plan: compileMapping(options) });
  }

  async file(request: FilingRequest, ctx: DeliveryContext): Promise<FilingReceipt> {
    return this.withFolders(ctx, (folders) => this.filing.file(request, folders, ctx));
  }

  async find(request: FilingRequest, ctx: DeliveryContext): Promise<Found<FilingReceipt>> {
    return this.withFolders(ctx, (folders) => this.filing.find(request, folders, ctx));
  }

  override async readBack(request: FilingRequest, _receipt: FilingReceipt, ctx: DeliveryContext): Promise<readonly HeldDocument[]> {
    return this.withFolders(ctx, (folders) => this.filing.readBack(request, folders, ctx));
  }

  preview(request: FilingRequest, actKey: string): FilingPreview {
    return this.filing.preview(request, actKey);
  }

  async probe(signal: AbortSignal): Promise<ProbeReport> {
    const folder = { name: 'folder for Akten', directory: this.options.directory, adapter: ADAPTER_TYPE };
    return probeSftpFolder(this.connections, folder, signal);
  }

  describeTarget(): string {
    const { username, host, port, directory } = this.options;
    return `folder ${directory} at sftp://${username}@${host}:${port}`;
  }

  async close(): Promise<void> {
    await this.connections.close();
  }

  /** One connection for one act. */
  private withFolders<Result>(ctx: DeliveryContext, act: (folders: SftpFolders) => Promise<Result>): Promise<Result> {
    return this.connections.during(ctx.signal, (connect) => act(new SftpFolders(this.options.directory, connect, ADAPTER_TYPE)));
  }
}

export const adapter = defineAdapter({
  type: ADAPTER_TYPE,
  kind: 'dms',
  title: 'Folders on an SFTP server (SSH, SFTP version 3)',
  options: SftpOptions,
  create: (options) => new SftpDms(options),
});
