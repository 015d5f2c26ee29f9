// SPDX-License-Identifier: EUPL-1.2
import type { FolderKeeper, ProbeReport } from '@amtsbote/adapter-kit';
import { probeSftpFolder, SftpConnections, SftpFolders } from '@amtsbote/adapter-kit/sftp';

import { ADAPTER_TYPE, asDeliveryError } from './xdomea.errors.js';
import { LocalFolder } from './xdomea.folder.client.js';
import type { DropOptions } from './xdomea.options.js';

const NAME = 'folder for messages';

/** The folder in which messages are dropped. */
export interface Drop {
  /** The folder for one act. */
  during<Result>(signal: AbortSignal, act: (folder: FolderKeeper) => Promise<Result>): Promise<Result>;
  probe(signal: AbortSignal): Promise<ProbeReport>;
  /** For operators. */
  readonly description: string;
  close(): Promise<void>;
}

export function dropOf(options: DropOptions): Drop {
  return options.type === 'sftp' ? new SftpDrop(options) : new LocalDrop(options.directory);
}

class SftpDrop implements Drop {
  private readonly connections: SftpConnections;
  readonly description: string;
  constructor(private readonly options: Extract<DropOptions, { type: 'sftp' }>) {
    this.connections = new SftpConnections(options);
    this.description = `folder ${options.directory} at sftp://${options.username}@${options.host}:${options.port}`;
  }
  during<Result>(signal: AbortSignal, act: (folder: FolderKeeper) => Promise<Result>): Promise<Result> {
    return this.connections.during(signal, (connect) => act(new SftpFolders(this.options.directory, connect, ADAPTER_TYPE)));
  }
  probe(signal: AbortSignal): Promise<ProbeReport> {
    return probeSftpFolder(this.connections, { name: NAME, directory: this.options.directory, adapter: ADAPTER_TYPE }, signal);
  }
  close(): Promise<void> {
    return this.connections.close();
  }
}

class LocalDrop implements Drop {
  private readonly underWay = new Set<Promise<unknown>>();
  readonly description: string;
  constructor(private readonly directory: string) {
    this.description = `folder ${directory} of this machine`;
  }
  async during<Result>(signal: AbortSignal, act: (folder: FolderKeeper) => Promise<Result>): Promise<Result> {
    const work = act(new LocalFolder(this.directory, signal));
    this.underWay.add(work);
    try {
      return await work;
    } finally {
      this.underWay.delete(work);
    }
  }
  async probe(signal: AbortSignal): Promise<ProbeReport> {
    try {
      const there = await new LocalFolder(this.directory, signal).look([]);
      const ok = there?.isFolder === true;
      return { ok, checks: [{ name: NAME, ok, detail: ok ? 'is there' : there === undefined ? 'is not there' : 'is a file' }] };
    } catch (error) {
      const failure = asDeliveryError(error, { repeatable: true, signal });
      return { ok: false, checks: [{ name: NAME, ok: false, detail: failure instanceof Error ? failure.message : 'failed' }] };
    }
  }
  async close(): Promise<void> {
    await Promise.allSettled(this.underWay);
  }
}
