// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';

import type { FolderKeeper, Segments } from '@amtsbote/adapter-kit';
import type { Clock } from '@amtsbote/canonical';
import { type HttpAnswer, HttpClient, HttpFailure, type HttpRequest, retryAfterMs } from '@amtsbote/platform';

import { UnreadableAnswer, WebdavFailure } from './webdav.errors.js';
import { writeInChunks } from './webdav.nextcloud.client.js';
import type { WebdavOptions } from './webdav.options.js';
import { type DavResource, encodedPath, PROPFIND_BODY, readMultistatus } from './webdav.wire.js';

/** Longest list of contents that is read back, and longest listing of a folder, in bytes. */
const ANSWER_BYTES_MAX = 4 * 1024 * 1024;

/** Speaks WebDAV and nothing else. Throws WebdavFailure or UnreadableAnswer for answers, HttpFailure for connections. */
export class WebdavClient {
  /** For answers without content, and for documents. */
  private readonly quick: HttpClient;
  private readonly patient: HttpClient;
  private readonly origin: string;
  private readonly base: string;
  /** Nextcloud only: longer files go in chunks of this length, in bytes. */
  private readonly chunkBytes: number | undefined;

  constructor(
    options: WebdavOptions,
    private readonly clock: Clock,
  ) {
    const { username, password, timeouts, limits } = options;
    const url = new URL(options.baseUrl);
    this.origin = url.origin;
    this.chunkBytes = options.nextcloud?.chunkBytes;
    this.base = url.pathname.replace(/\/+$/, '');
    const settings = {
      baseUrl: url.origin,
      basic: { username, password },
      connectionsMax: limits.connectionsMax,
      answerBytesMax: ANSWER_BYTES_MAX,
    };
    this.quick = new HttpClient({ ...settings, timeoutMs: timeouts.answerMs });
    this.patient = new HttpClient({ ...settings, timeoutMs: timeouts.uploadMs });
  }

  /** What is there; undefined = nothing. A folder is asked for by its address with a slash: without it servers redirect. */
  async look(at: Segments, kind: 'file' | 'folder', signal: AbortSignal): Promise<DavResource | undefined> {
    const answer = await this.quick.request({ ...this.propfind(kind === 'file' ? this.path(at) : this.folderPath(at), '0'), signal });
    if (answer.status === 404) return undefined;
    const [resource] = this.multistatus(answer);
    if (resource === undefined) throw new UnreadableAnswer('a listing of nothing');
    return resource;
  }

  /** What lies in a folder, and what time it is there; undefined = there is no such folder. */
  async children(at: Segments, signal: AbortSignal): Promise<{ resources: readonly DavResource[]; now: Date } | undefined> {
    const answer = await this.quick.request({ ...this.propfind(this.folderPath(at), '1'), signal });
    if (answer.status === 404) return undefined;
    const own = this.decodedPath(at);
    const time = Date.parse(answer.headers['date'] ?? '');
    const now = Number.isNaN(time) ? this.clock.now() : new Date(time);
    return { resources: this.multistatus(answer).filter(({ path }) => path !== own), now };
  }

  /** The bytes of a file as they come, of this version where the server can tell; undefined = there is none. */
  async open(at: Segments, etag: string | null, signal: AbortSignal): Promise<Readable | undefined> {
    const headers = isStrong(etag) ? { 'if-match': etag } : {};
    const answer = await this.patient.stream({ method: 'GET', path: this.path(at), headers, signal });
    if (answer.status === 200) return answer.stream;
    answer.stream.destroy();
    if (answer.status === 412 || (await this.isGone(answer.status, at, signal))) return undefined;
    throw new WebdavFailure(answer.status, retryAfterMs(answer.headers['retry-after'], this.clock.now()));
  }

  /** Moves a file of this version, where the server can tell. @returns false when it is not there so, or something has the other name. */
  async moveVersion(from: Segments, to: Segments, etag: string | null, signal: AbortSignal): Promise<boolean> {
    const destination = new URL(this.path(to), this.origin).href;
    // RFC 4918, section 10.4: the condition is of the file that is moved.
    const headers = { destination, overwrite: 'F', ...(isStrong(etag) ? { if: `([${etag}])` } : {}) };
    const answer = await this.quick.request({ method: 'MOVE', path: this.path(from), headers, signal });
    if (answer.status === 412 || answer.status === 404) return false;
    this.expect(answer, 201, 204);
    return true;
  }

  /** Names of what lies in a folder. */
  async list(at: Segments, signal: AbortSignal): Promise<string[]> {
    const resources = this.multistatus(await this.quick.request({ ...this.propfind(this.folderPath(at), '1'), signal }));
    const own = this.decodedPath(at);
    return resources.filter(({ path }) => path !== own).map(({ path }) => path.slice(path.lastIndexOf('/') + 1));
  }

  /** Makes a folder. @returns false when something has this name already. */
  async makeFolder(at: Segments, signal: AbortSignal): Promise<boolean> {
    const answer = await this.quick.request({ method: 'MKCOL', path: this.folderPath(at), signal });
    // RFC 4918, section 9.3.1: MKCOL on an existing resource fails with 405.
    if (answer.status === 405) return false;
    // Section 9.3.1 again: 409 says that the parent is missing. For an Akte that is the configured folder.
    if (answer.status === 409 && at.length === 1) throw new WebdavFailure(404);
    // mod_dav looks, then makes: when somebody else made the folder in between, it says 403, as to one who may not.
    if (answer.status === 403 && (await this.look(at, 'folder', signal)) !== undefined) return false;
    this.expect(answer, 201);
    return true;
  }

  /** Writes a file, streamed; an older one of this name is replaced. */
  async write(at: Segments, content: { size: number; mediaType: string; body: Readable | string }, signal: AbortSignal): Promise<void> {
    const { size, mediaType, body } = content;
    if (typeof body !== 'string' && this.chunkBytes !== undefined && size > this.chunkBytes) {
      const path = this.path(at);
      const file = { base: this.base, path, destination: new URL(path, this.origin).href, size, mediaType, body };
      await writeInChunks(file, this.chunkBytes, signal, {
        send: (request) => this.patient.request(request),
        expect: (answer, ...statuses) => this.expect(answer, ...statuses),
      });
      return;
    }
    const headers = { 'content-type': mediaType, 'content-length': String(size) };
    if (typeof body !== 'string') body.on('error', () => undefined);
    try {
      const answer = await this.patient.request({ method: 'PUT', path: this.path(at), headers, body, signal });
      this.expect(answer, 201, 204);
    } finally {
      // After an early answer or an abort nobody reads on: let go of the file behind the stream.
      if (typeof body !== 'string') body.destroy();
    }
  }

  /** Gives a file its name. @returns false when something has this name already, or when there is nothing to be renamed any more. */
  async rename(from: Segments, to: Segments, signal: AbortSignal): Promise<boolean> {
    const destination = new URL(this.path(to), this.origin).href;
    const headers = { destination, overwrite: 'F' };
    const answer = await this.quick.request({ method: 'MOVE', path: this.path(from), headers, signal });
    if (answer.status === 412 || answer.status === 404) return false;
    this.expect(answer, 201, 204);
    return true;
  }

  /** Removes a file, if it is there. */
  async remove(at: Segments, signal: AbortSignal): Promise<void> {
    const answer = await this.quick.request({ method: 'DELETE', path: this.path(at), signal });
    if (!(await this.isGone(answer.status, at, signal))) this.expect(answer, 200, 204);
  }

  /** A small file's content; undefined = it is not there. */
  async read(at: Segments, signal: AbortSignal): Promise<Buffer | undefined> {
    const answer = await this.quick.request({ method: 'GET', path: this.path(at), signal });
    if (await this.isGone(answer.status, at, signal)) return undefined;
    return this.expect(answer, 200).body;
  }

  /** Apache looks, then opens or removes: when somebody else removed the file in between, it says 403, as to one who may not. */
  private async isGone(status: number, at: Segments, signal: AbortSignal): Promise<boolean> {
    return status === 404 || (status === 403 && (await this.look(at, 'file', signal)) === undefined);
  }

  /** SHA-512 of a file as it is stored, read in constant memory; lower-case hex; undefined = it is not there. */
  async hash(at: Segments, signal: AbortSignal): Promise<string | undefined> {
    const answer = await this.patient.stream({ method: 'GET', path: this.path(at), signal });
    try {
      if (await this.isGone(answer.status, at, signal)) return undefined;
      if (answer.status !== 200) throw new WebdavFailure(answer.status);
      const hash = createHash('sha512');
      for await (const chunk of answer.stream as AsyncIterable<Buffer>) hash.update(chunk);
      return hash.digest('hex');
    } catch (error) {
      if (error instanceof WebdavFailure) throw error;
      throw new HttpFailure('interrupted', 'sent', `GET to ${this.origin}: interrupted`, error);
    } finally {
      answer.stream.destroy();
    }
  }

  /** The folders of one act. */
  keeper(signal: AbortSignal): FolderKeeper {
    return {
      look: async (at, kind) => {
        const there = await this.look(at, kind, signal);
        return there === undefined ? undefined : { isFolder: there.isCollection, size: there.length };
      },
      list: (at) => this.list(at, signal),
      makeFolder: (at) => this.makeFolder(at, signal),
      write: (at, content) => this.write(at, content, signal),
      rename: (from, to) => this.rename(from, to, signal),
      remove: (at) => this.remove(at, signal),
      read: (at) => this.read(at, signal),
      hash: (at) => this.hash(at, signal),
      pathOf: (at) => this.decodedPath(at),
    };
  }

  /** Path on the server by which a person finds something. */
  decodedPath(at: Segments): string {
    return [decodeURIComponent(this.base), ...at].join('/');
  }

  close(): void {
    this.quick.close();
    this.patient.close();
  }

  private propfind(path: string, depth: '0' | '1'): HttpRequest {
    const headers = { depth, 'content-type': 'application/xml; charset=utf-8' };
    return { method: 'PROPFIND', path, headers, body: PROPFIND_BODY };
  }

  private multistatus(answer: HttpAnswer): DavResource[] {
    const { body } = this.expect(answer, 207);
    try {
      return readMultistatus(body.toString('utf8'));
    } catch (cause) {
      throw new UnreadableAnswer('a listing in another form than expected', { cause });
    }
  }

  private path(at: Segments): string {
    return this.base + encodedPath(at);
  }
  private folderPath(at: Segments): string {
    return `${this.path(at)}/`;
  }

  /** A success of another kind than expected is not one: something else than a WebDAV server answered. */
  private expect(answer: HttpAnswer, ...statuses: readonly number[]): HttpAnswer {
    if (statuses.includes(answer.status)) return answer;
    if (answer.status >= 200 && answer.status < 300) throw new UnreadableAnswer(`status ${answer.status} is not an answer to this`);
    throw new WebdavFailure(answer.status, retryAfterMs(answer.headers['retry-after'], this.clock.now()));
  }
}

/** A weak one is for no condition (RFC 9110, section 8.8.1). */
function isStrong(etag: string | null): etag is string {
  return etag?.startsWith('"') === true;
}
