// SPDX-License-Identifier: EUPL-1.2
import { DeliveryError, type FolderKeeper, type KeptContent, type Segments } from '../../src/index.js';
import type { Connect } from './sftp-connection.js';
import { SftpFailure } from './sftp-failures.js';

/** The folders below one directory of an SFTP server, for one act. */
export class SftpFolders implements FolderKeeper {
  constructor(
    private readonly directory: string,
    private readonly connect: Connect,
    /** Type of the adapter, first part of its error codes. */
    private readonly adapter: string,
  ) {}

  async look(at: Segments): Promise<{ isFolder: boolean; size: number } | undefined> {
    return (await this.connect()).look(this.pathOf(at));
  }

  async list(at: Segments): Promise<string[]> {
    return (await this.connect()).list(this.pathOf(at));
  }

  async makeFolder(at: Segments): Promise<boolean> {
    try {
      return await (await this.connect()).makeFolder(this.pathOf(at));
    } catch (error) {
      throw at.length > 1 ? this.whatIsMissing(error) : error;
    }
  }

  async write(at: Segments, { size, body }: KeptContent): Promise<void> {
    try {
      const written = await (await this.connect()).write(this.pathOf(at), body);
      if (written !== size) throw new Error('a document does not have the size it was described with');
    } catch (error) {
      throw at.length > 1 ? this.whatIsMissing(error) : error;
    } finally {
      if (typeof body !== 'string') body.destroy();
    }
  }

  /** OpenSSH links a file to its new name and then unlinks the old one: two that want the same name never get it both. */
  async rename(from: Segments, to: Segments): Promise<boolean> {
    const session = await this.connect();
    try {
      await session.rename(this.pathOf(from), this.pathOf(to));
      return true;
    } catch (error) {
      if (!(error instanceof SftpFailure) || !(error.isUnexplained || error.isMissing)) throw error;
      // Version 3 has no word for "it exists".
      if ((await session.look(this.pathOf(to))) !== undefined) return false;
      if ((await session.look(this.pathOf(from))) === undefined) return false;
      throw error;
    }
  }

  async remove(at: Segments): Promise<void> {
    await (await this.connect()).remove(this.pathOf(at));
  }

  async read(at: Segments): Promise<Buffer | undefined> {
    return (await this.connect()).read(this.pathOf(at));
  }

  async hash(at: Segments): Promise<string | undefined> {
    return (await this.connect()).hash(this.pathOf(at));
  }

  pathOf(at: Segments): string {
    return [this.directory, ...at].join('/');
  }

  /** The configured folder is wanted when an Akte is made; what is missing later is a folder that was there. */
  private whatIsMissing(error: unknown): unknown {
    if (!(error instanceof SftpFailure) || !error.isMissing) return error;
    return DeliveryError.refused(`${this.adapter}/folder-gone`, 'The folder of the Akte or Vorgang is no longer there.', { cause: error });
  }
}
