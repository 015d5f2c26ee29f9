// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';

import type { Client, SFTPWrapper, Stats } from 'ssh2';

import { ConnectionLost, NotLetIn, SftpFailure, StorageFull } from './sftp-failures.js';
import type { SftpConnection } from './sftp-options.js';
import { STATUS, STATVFS_READ_ONLY } from './sftp-words.js';

/** Largest file that is read back: a list of contents. */
const READ_BYTES_MAX = 4 * 1024 * 1024;
const KEEP_ALIVE_MS = 10_000;
/** Most that is read at once, in bytes; a disk on which less is free is full. */
const PIECE_BYTES_MAX = 64 * 1024;

/** The callback of every request of the library; failures of the server carry their status as `code`. */
type Answered<Answer> = (error: Error | undefined | null, answer: Answer) => void;

/** One SFTP connection: one method per request. Throws SftpFailure for answers, ConnectionLost when there are none. */
export class SftpSession {
  private readonly lost = Promise.withResolvers<never>();

  private constructor(
    private readonly connection: Client,
    private readonly answerMs: number,
    private readonly signal: AbortSignal,
  ) {
    // Who asks is told; who does not ask need not know.
    this.lost.promise.catch(() => undefined);
    connection.on('error', (error) => this.lost.reject(new ConnectionLost('sent', error)));
    connection.on('close', () => this.lost.reject(new ConnectionLost('sent')));
    signal.addEventListener('abort', this.onAbort, { once: true });
  }

  /** Connects, looks at the server's key, logs in. @throws NotLetIn, ConnectionLost, the signal's reason. */
  static async open(options: SftpConnection, signal: AbortSignal): Promise<OpenSession> {
    signal.throwIfAborted();
    // Loaded when it is needed: most processes never speak SFTP.
    const { default: ssh2 } = await import('ssh2');
    const connection = new ssh2.Client();
    const session = new SftpSession(connection, options.timeouts.answerMs, signal);
    try {
      await connected(connection, options, signal);
      const sftp = await session.ask<SFTPWrapper>((answered) => connection.sftp(answered));
      return new OpenSession(session, sftp);
    } catch (error) {
      session.end();
      throw error;
    }
  }

  /** Waits for an answer, but not longer than allowed, nor than the connection or the attempt lasts. */
  async ask<Answer>(start: (answered: Answered<Answer>) => unknown): Promise<Answer> {
    this.signal.throwIfAborted();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new ConnectionLost('sent')), this.answerMs);
    });
    const answer = new Promise<Answer>((resolve, reject) => {
      start((error, value) => (error === undefined || error === null ? resolve(value) : reject(failureOf(error))));
    });
    try {
      return await Promise.race([answer, this.lost.promise, late]);
    } finally {
      clearTimeout(timer);
      // The loser of the race may still fail.
      answer.catch(() => undefined);
    }
  }

  end(): void {
    this.signal.removeEventListener('abort', this.onAbort);
    this.connection.end();
    this.connection.destroy();
  }

  private readonly onAbort = (): void => {
    this.lost.reject(new ConnectionLost('sent', this.signal.reason));
    this.connection.destroy();
  };
}

/** A connection over which files go. */
export class OpenSession {
  constructor(
    private readonly session: SftpSession,
    private readonly sftp: SFTPWrapper,
  ) {}

  /** What is there; undefined = nothing. */
  async look(path: string): Promise<{ readonly isFolder: boolean; readonly size: number } | undefined> {
    const stats = await this.unlessMissing(this.session.ask<Stats>((answered) => this.sftp.stat(path, answered)));
    return stats === undefined ? undefined : { isFolder: stats.isDirectory(), size: stats.size };
  }

  /** Makes a folder. @returns false when something has this name already. */
  async makeFolder(path: string): Promise<boolean> {
    try {
      await this.session.ask<undefined>((answered) => this.sftp.mkdir(path, (error) => answered(error, undefined)));
      return true;
    } catch (error) {
      // Version 3 has no word for "it exists".
      if (error instanceof SftpFailure && error.isUnexplained && (await this.look(path)) !== undefined) return false;
      throw error;
    }
  }

  /**
   * Writes a file, streamed, and has the server bring it to its disk where it can.
   * @returns bytes written.
   * @throws StorageFull when the server says that there is no room: "failure" is all that the protocol says of a full disk.
   */
  async write(path: string, content: Readable | string): Promise<number> {
    const handle = await this.session.ask<Buffer>((answered) => this.sftp.open(path, 'w', answered));
    let written = 0;
    const pieces = typeof content === 'string' ? [Buffer.from(content)] : (content as AsyncIterable<Buffer>);
    try {
      for await (const piece of pieces) {
        const at = written;
        if (piece.length > 0)
          await this.session.ask<undefined>((answered) =>
            this.sftp.write(handle, piece, 0, piece.length, at, (error) => answered(error, undefined)),
          );
        written += piece.length;
      }
      await this.toDisk(handle);
      await this.closeHandle(handle);
    } catch (error) {
      throw error instanceof SftpFailure && error.isUnexplained ? await this.whyNotWritten(path, handle, error) : error;
    }
    return written;
  }

  /** Content of a small file; undefined = it is not there, or it is larger. */
  async read(path: string): Promise<Buffer | undefined> {
    const stats = await this.look(path);
    if (stats === undefined || stats.isFolder || stats.size > READ_BYTES_MAX) return undefined;
    return this.unlessMissing(this.session.ask<Buffer>((answered) => this.sftp.readFile(path, answered)));
  }

  /** SHA-512 of a file as it is stored, read in constant memory; lower-case hex; undefined = it is not there. */
  async hash(path: string): Promise<string | undefined> {
    const handle = await this.unlessMissing(this.session.ask<Buffer>((answered) => this.sftp.open(path, 'r', answered)));
    if (handle === undefined) return undefined;
    const hash = createHash('sha512');
    const buffer = Buffer.alloc(PIECE_BYTES_MAX);
    for (let at = 0; ;) {
      const count = await this.readPiece(handle, buffer, at);
      if (count === 0) break;
      hash.update(buffer.subarray(0, count));
      at += count;
    }
    await this.closeHandle(handle);
    return hash.digest('hex');
  }

  /** Gives a file or folder its name. Fails when something has that name already: version 3's rename, not OpenSSH's `posix-rename`. */
  async rename(from: string, to: string): Promise<void> {
    await this.session.ask<undefined>((answered) => this.sftp.rename(from, to, (error) => answered(error, undefined)));
  }

  /** Removes a file, if it is there. */
  async remove(path: string): Promise<void> {
    await this.unlessMissing(this.session.ask<undefined>((answered) => this.sftp.unlink(path, (error) => answered(error, undefined))));
  }

  /** Names of what lies in a folder. */
  async list(path: string): Promise<string[]> {
    const entries = await this.session.ask<readonly { filename: string }[]>((answered) => this.sftp.readdir(path, answered));
    return entries.map(({ filename }) => filename).filter((name) => name !== '.' && name !== '..');
  }

  /** Removes a folder with the files in it. */
  async removeFolder(path: string): Promise<void> {
    for (const name of await this.list(path)) await this.remove(`${path}/${name}`);
    await this.session.ask<undefined>((answered) => this.sftp.rmdir(path, (error) => answered(error, undefined)));
  }

  /** Room that is left; undefined where the server does not tell (statvfs@openssh.com). */
  async room(path: string): Promise<{ readonly freeBytes: number; readonly isReadOnly: boolean } | undefined> {
    try {
      const { f_bavail, f_frsize, f_flag } = await this.session.ask<Record<'f_bavail' | 'f_frsize' | 'f_flag', number>>((answered) =>
        this.sftp.ext_openssh_statvfs(path, answered),
      );
      return { freeBytes: f_bavail * f_frsize, isReadOnly: (f_flag & STATVFS_READ_ONLY) !== 0 };
    } catch (error) {
      // The library throws before it asks a server that did not announce the extension.
      if (error instanceof ConnectionLost) throw error;
      return undefined;
    }
  }

  end(): void {
    this.session.end();
  }

  /** Asks for the room that is left, and takes away what only fills it further. */
  private async whyNotWritten(path: string, handle: Buffer, error: SftpFailure): Promise<Error> {
    const room = await this.room(path.slice(0, path.lastIndexOf('/')));
    // What fails here is not what has to be told.
    await this.closeHandle(handle).catch(() => undefined);
    await this.remove(path).catch(() => undefined);
    return room !== undefined && room.freeBytes < PIECE_BYTES_MAX ? new StorageFull('no room', { cause: error }) : error;
  }

  private closeHandle(handle: Buffer): Promise<undefined> {
    return this.session.ask<undefined>((answered) => this.sftp.close(handle, (error) => answered(error, undefined)));
  }

  /** Reads into the buffer. @returns bytes read; 0 = the end. */
  private readPiece(handle: Buffer, buffer: Buffer, at: number): Promise<number> {
    return this.session.ask<number>((answered) => this.sftp.read(handle, buffer, 0, buffer.length, at, answered));
  }

  private async toDisk(handle: Buffer): Promise<void> {
    try {
      await this.session.ask<unknown>((answered) => this.sftp.ext_openssh_fsync(handle, answered));
    } catch (error) {
      // Many servers do not have fsync@openssh.com; one that has it and fails has a disk that failed.
      if (error instanceof ConnectionLost || error instanceof SftpFailure) throw error;
    }
  }

  private async unlessMissing<Answer>(answer: Promise<Answer>): Promise<Answer | undefined> {
    return answer.catch((error: unknown) => {
      if (error instanceof SftpFailure && error.status === STATUS.noSuchFile) return undefined;
      throw error;
    });
  }
}

function connected(connection: Client, options: SftpConnection, signal: AbortSignal): Promise<void> {
  const { host, port, username, password, privateKey, passphrase, hostKeys, timeouts } = options;
  return new Promise((resolve, reject) => {
    let isKnown = true;
    const onAbort = (): void => reject(new ConnectionLost('notSent', signal.reason));
    signal.addEventListener('abort', onAbort, { once: true });
    connection.once('ready', () => resolve());
    connection.once('close', () => reject(new ConnectionLost('notSent')));
    connection.once('error', (error) => {
      if (!isKnown) reject(new NotLetIn('host-key'));
      else reject(error.level === 'client-authentication' ? new NotLetIn('login') : new ConnectionLost('notSent', error));
    });
    try {
      connection.connect({
        ...{ host, port, username, readyTimeout: timeouts.connectMs, keepaliveInterval: KEEP_ALIVE_MS, keepaliveCountMax: 3 },
        ...(password === undefined ? {} : { password }),
        ...(privateKey === undefined ? {} : { privateKey }),
        ...(passphrase === undefined ? {} : { passphrase }),
        hostVerifier: (key: Buffer) => (isKnown = hostKeys.includes(fingerprintOf(key))),
      });
      // Every message waits for its answer, from the first one on: the system must not wait for more to send.
      connection.setNoDelay(true);
    } catch {
      // The library reads the private key at once; its message may quote it.
      reject(new NotLetIn('key-unreadable'));
    }
  });
}

/** As `ssh-keygen -lf` shows it. */
export function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

function failureOf(error: Error): Error {
  const { code } = error as { code?: unknown };
  if (typeof code === 'number') return new SftpFailure(code);
  return new ConnectionLost('sent', error);
}
