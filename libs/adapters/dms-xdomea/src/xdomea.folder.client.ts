// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { link, mkdir, open, readdir, readFile, rename, rm, stat, unlink } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import type { FolderKeeper, KeptContent, Segments } from '@amtsbote/adapter-kit';

import { FolderFailure } from './xdomea.errors.js';

/** A directory of this machine, for one act. */
export class LocalFolder implements FolderKeeper {
  constructor(
    private readonly directory: string,
    private readonly signal: AbortSignal,
  ) {}

  look(at: Segments): Promise<{ isFolder: boolean; size: number } | undefined> {
    return this.unlessMissing(async () => {
      const stats = await stat(this.pathOf(at));
      return { isFolder: stats.isDirectory(), size: stats.size };
    });
  }
  list(at: Segments): Promise<string[]> {
    return this.told(() => readdir(this.pathOf(at)));
  }
  makeFolder(at: Segments): Promise<boolean> {
    return this.unlessThere(() => mkdir(this.pathOf(at)));
  }

  async write(at: Segments, { body }: KeptContent): Promise<void> {
    const path = this.pathOf(at);
    try {
      await this.told(async () => {
        await pipeline(typeof body === 'string' ? Readable.from([Buffer.from(body)]) : body, createWriteStream(path), {
          signal: this.signal,
        });
        const file = await open(path);
        // On the disk before it gets its name.
        await file.datasync().finally(() => file.close());
      });
    } catch (error) {
      // What a full disk kept only fills it; what fails here is not what has to be told.
      if (error instanceof FolderFailure) await rm(path, { force: true }).catch(() => undefined);
      throw error;
    }
  }

  /** A link fails where the name is taken; shares without links are looked at first. */
  async rename(from: Segments, to: Segments): Promise<boolean> {
    const [old, fresh] = [this.pathOf(from), this.pathOf(to)];
    try {
      await link(old, fresh);
      await unlink(old);
      return true;
    } catch (error) {
      const code = codeOf(error);
      if (code === 'EEXIST') return false;
      if (code === 'ENOENT' && (await this.look(from)) === undefined) return false;
      if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS' && code !== 'EOPNOTSUPP') throw this.failure(error);
      if ((await this.look(to)) !== undefined) return false;
      await this.told(() => rename(old, fresh));
      return true;
    }
  }
  remove(at: Segments): Promise<void> {
    return this.told(() => rm(this.pathOf(at), { force: true }));
  }
  read(at: Segments): Promise<Buffer | undefined> {
    return this.unlessMissing(() => readFile(this.pathOf(at)));
  }
  hash(at: Segments): Promise<string | undefined> {
    return this.unlessMissing(async () => {
      const hash = createHash('sha512');
      await pipeline(createReadStream(this.pathOf(at)), hash, { signal: this.signal });
      return hash.digest('hex');
    });
  }
  pathOf(at: Segments): string {
    return [this.directory, ...at].join('/');
  }

  private async unlessMissing<Answer>(act: () => Promise<Answer>): Promise<Answer | undefined> {
    return this.told(act).catch((error: unknown) => {
      if (error instanceof FolderFailure && error.code === 'ENOENT') return undefined;
      throw error;
    });
  }
  private async unlessThere(act: () => Promise<void>): Promise<boolean> {
    return this.told(act).then(
      () => true,
      (error: unknown) => {
        if (error instanceof FolderFailure && error.code === 'EEXIST') return false;
        throw error;
      },
    );
  }
  private async told<Answer>(act: () => Promise<Answer>): Promise<Answer> {
    this.signal.throwIfAborted();
    try {
      return await act();
    } catch (error) {
      throw this.failure(error);
    }
  }
  private failure(error: unknown): unknown {
    if (this.signal.aborted) return this.signal.reason;
    const code = codeOf(error);
    return code === undefined ? error : new FolderFailure(code, error);
  }
}

/** Of the operating system. */
function codeOf(error: unknown): string | undefined {
  const { code, syscall } = error as { code?: unknown; syscall?: unknown };
  return typeof code === 'string' && typeof syscall === 'string' ? code : undefined;
}
