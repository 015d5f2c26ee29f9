// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';

import { type AnswerPage, FolderFailures, type Outbox, type WaitingAnswer } from '@amtsbote/adapter-kit';
import { z } from 'zod';

import type { WebdavClient } from './webdav.client.js';
import { ADAPTER_TYPE, WebdavFailure } from './webdav.errors.js';
import type { WebdavOptions } from './webdav.options.js';
import type { DavResource } from './webdav.wire.js';

/** Most answers of a page, and most Vorgaenge that are looked into for one. */
const ANSWERS_MAX = 50;
const VORGAENGE_MAX = 200;
/** Of what programs and people write beside the documents. */
const NO_ANSWER = /^[.~]|~$|\.(?:part|partial|tmp|crdownload|lock|lnk|url|ini|db)$/i;

/** Behind this, in the order of names, a round goes on; with `file` in the middle of an outbox. */
const Position = z.tuple([z.string(), z.string(), z.string()]);
type Position = z.infer<typeof Position>;

/** What acknowledging needs, days later. */
const Handle = z.object({ at: z.array(z.string()).min(3), etag: z.string().nullable() });

type OutboxOptions = NonNullable<WebdavOptions['outbox']>;

/** The outboxes of all Vorgaenge: a folder in the folder of each. Speaks as {@link WebdavClient} does, and fails as it does. */
export class WebdavOutbox {
  readonly shape: Outbox;

  constructor(
    private readonly client: WebdavClient,
    private readonly options: OutboxOptions,
  ) {
    this.shape = { begins: 'atStart', acknowledges: options.takenTo === null ? 'remembered' : 'inDms' };
  }

  /** Walks through Akten and Vorgaenge in the order of their names: what comes and goes meanwhile changes nothing for the others. */
  async list(from: string | null, signal: AbortSignal): Promise<AnswerPage> {
    const behind: Position = from === null ? ['', '', ''] : Position.parse(JSON.parse(from));
    const waiting: WaitingAnswer[] = [];
    let visited = 0;
    for (const akte of await this.folders([], signal)) {
      if (akte < behind[0]) continue;
      for (const vorgang of await this.folders([akte], signal)) {
        if (akte === behind[0] && (vorgang < behind[1] || (vorgang === behind[1] && behind[2] === ''))) continue;
        const isWithin = akte === behind[0] && vorgang === behind[1];
        const all = await this.answersIn([akte, vorgang], signal);
        const rest = all.filter(({ order }) => !isWithin || order > behind[2]);
        const taken = rest.slice(0, ANSWERS_MAX - waiting.length);
        waiting.push(...taken.map(({ answer }) => answer));
        visited += 1;
        const last = taken.at(-1)?.order ?? (isWithin ? behind[2] : ' ');
        if (taken.length < rest.length) return page(waiting, [akte, vorgang, last]);
        if (waiting.length >= ANSWERS_MAX || visited >= VORGAENGE_MAX) return page(waiting, [akte, vorgang, '']);
      }
    }
    return { waiting, next: null, cursor: null };
  }

  async read({ handle, version }: WaitingAnswer, signal: AbortSignal): Promise<Readable | 'gone'> {
    const { at, etag } = Handle.parse(handle);
    const there = await this.client.look(at, 'file', signal);
    if (there === undefined || there.isCollection || versionOf(there) !== version) return 'gone';
    return (await this.client.open(at, etag, signal)) ?? 'gone';
  }

  /** Moves it aside, unless it is no longer what was read. */
  async acknowledge({ handle, version }: WaitingAnswer, signal: AbortSignal): Promise<void> {
    const { takenTo, folder } = this.options;
    const { at, etag } = Handle.parse(handle);
    const [akte = '', vorgang = ''] = at;
    if (takenTo === null) return;
    const isThere = async (): Promise<boolean> => {
      const there = await this.client.look(at, 'file', signal);
      return there !== undefined && versionOf(there) === version;
    };
    if (!(await isThere())) return;
    const target = [akte, vorgang, folder, takenTo];
    if ((await this.client.look(target, 'folder', signal)) === undefined) await this.client.makeFolder(target, signal);
    for (const name of namesOf(at.at(-1) ?? '', version)) {
      if (await this.client.moveVersion(at, [...target, name], etag, signal)) return;
      if (!(await isThere())) return;
    }
    throw new FolderFailures(ADAPTER_TYPE).nameTaken();
  }

  private async folders(at: readonly string[], signal: AbortSignal): Promise<string[]> {
    const listed = await this.client.children(at, signal);
    // An Akte may be gone by now; without the configured folder nothing would ever be collected, and nobody would know.
    if (listed === undefined && at.length === 0) throw new WebdavFailure(404);
    return (listed?.resources ?? [])
      .filter(({ isCollection }) => isCollection)
      .map(nameOf)
      .sort();
  }

  /** Of one Vorgang, the longest waiting first. */
  private async answersIn(vorgang: readonly string[], signal: AbortSignal): Promise<{ order: string; answer: WaitingAnswer }[]> {
    const outbox = [...vorgang, this.options.folder];
    const top = await this.client.children(outbox, signal);
    if (top === undefined) return [];
    const found = this.filesIn(outbox, top);
    for (const mark of top.resources.filter(({ isCollection }) => isCollection).map(nameOf)) {
      if (mark === this.options.takenTo || NO_ANSWER.test(mark)) continue;
      const within = await this.client.children([...outbox, mark], signal);
      if (within !== undefined) found.push(...this.filesIn([...outbox, mark], within, mark));
    }
    const vorgangId = this.client.decodedPath(vorgang);
    const all = found.map((file) => ({ order: orderOf(file), answer: this.answerOf(vorgangId, file) }));
    return all.sort((a, b) => (a.order < b.order ? -1 : 1));
  }

  /** Files that are whole: not empty, and not written to for a while by the server's own clock. */
  private filesIn(at: readonly string[], { resources, now }: { resources: readonly DavResource[]; now: Date }, mark?: string): Placed[] {
    const quietSince = now.getTime() - this.options.quietMs;
    return resources
      .filter(({ isCollection, length, modified }) => !isCollection && length !== 0 && (modified?.getTime() ?? 0) <= quietSince)
      .map((resource) => ({ resource, at: [...at, nameOf(resource)], mark }))
      .filter(({ resource }) => !NO_ANSWER.test(nameOf(resource)));
  }

  private answerOf(vorgangId: string, { resource, at, mark }: Placed): WaitingAnswer {
    const { length, etag, modified, mediaType, path } = resource;
    return {
      vorgangId,
      documentId: hashOf(path),
      version: versionOf(resource),
      fileName: nameOf(resource),
      mediaType: mediaType ?? 'application/octet-stream',
      size: length,
      ...(mark === undefined ? {} : { mark }),
      ...(modified === null ? {} : { placedAt: modified }),
      handle: { at, etag },
    };
  }
}

interface Placed {
  readonly resource: DavResource;
  readonly at: string[];
  readonly mark: string | undefined;
}

function page(waiting: WaitingAnswer[], next: Position): AnswerPage {
  return { waiting, next: JSON.stringify(next), cursor: null };
}

function nameOf({ path }: DavResource): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Time, then name; never empty. */
function orderOf({ resource: { modified }, at }: Placed): string {
  return `${(modified ?? new Date(0)).toISOString()} ${at.slice(2).join('/')}`;
}

/**
 * Apache calls an ETag weak for as long as the file could still change unseen, and strong after that: it is the same version. Where there is none,
 * time and length stand for it.
 */
function versionOf({ etag, modified, length }: DavResource): string {
  return hashOf(etag?.replace(/^W\//, '') ?? `${modified?.toISOString() ?? ''} ${length ?? ''}`);
}

/** Paths and names of files may tell of people. */
function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 40);
}

/** Names to be tried among what was taken before: its own, and one that only this version has. */
function namesOf(name: string, version: string): string[] {
  const dot = name.lastIndexOf('.');
  const [stem, ending] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
  return [name, `${stem.slice(0, 60)}~${version.slice(0, 8)}${ending.slice(0, 20)}`];
}
