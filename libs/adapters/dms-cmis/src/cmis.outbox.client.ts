// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';

import type { AnswerPage, Outbox, WaitingAnswer } from '@amtsbote/adapter-kit';
import { z } from 'zod';

import type { CmisClient } from './cmis.client.js';
import { CmisFailure, isNotFound, mayBeTaken, Unfit } from './cmis.errors.js';
import { itemOf } from './cmis.finder.client.js';
import type { CmisOptions } from './cmis.options.js';
import { type ObjectAnswer, queryByProperty, queryFolders } from './cmis.wire.js';

/** Most answers of a page, and most outboxes that are looked into for one. */
const ANSWERS_MAX = 50;
const FOLDERS_MAX = 50;
const CAN_SEARCH = new Set(['metadataonly', 'bothseparate', 'bothcombined']);

/** Where a round goes on: results of the query to be passed over, then answers of the outbox behind them. */
const Position = z.tuple([z.int().min(0), z.string()]);

/** What acknowledging needs, days later: the document, and where it waits. */
const Handle = z.object({ id: z.string(), folderId: z.string(), outboxId: z.string() });

type OutboxOptions = NonNullable<CmisOptions['outbox']>;
type ByFolder = Extract<OutboxOptions, { by: 'folder' }>;

/** Documents that wait to be sent: in a folder of the Vorgang, or by a property. Speaks as {@link CmisClient} does, and fails as it does. */
export class CmisOutbox {
  readonly shape: Outbox;

  constructor(
    private readonly client: CmisClient,
    private readonly options: OutboxOptions,
  ) {
    const isRemembered = options.by === 'folder' ? options.takenTo === null : options.taken === null;
    this.shape = { begins: 'atStart', acknowledges: isRemembered ? 'remembered' : 'inDms' };
  }

  async list(from: string | null, signal: AbortSignal): Promise<AnswerPage> {
    const { capabilities } = await this.client.repository(signal);
    if (!CAN_SEARCH.has(capabilities?.capabilityQuery ?? 'none'))
      throw new Unfit('misconfigured', 'outbox-needs-search', 'The repository cannot search: an outbox cannot be found in it');
    const [skip, behind] = from === null ? [0, ''] : Position.parse(JSON.parse(from));
    return this.options.by === 'folder' ? this.inFolders(this.options, skip, behind, signal) : this.byProperty(skip, signal);
  }

  async read(answer: WaitingAnswer, signal: AbortSignal): Promise<Readable | 'gone'> {
    const there = await this.stillThere(answer, signal);
    if (there === undefined) return 'gone';
    try {
      return await this.client.content(itemOf(there).id, signal);
    } catch (error) {
      if (isNotFound(error)) return 'gone';
      throw error;
    }
  }

  async acknowledge(answer: WaitingAnswer, signal: AbortSignal): Promise<void> {
    const there = await this.stillThere(answer, signal);
    if (there === undefined) return;
    if (this.options.by === 'folder') await this.moveAside(answer, this.options.takenTo, signal);
    else await this.change(answer, there, this.options, signal);
  }

  /** One outbox after the other; a new one that turns up in between is seen by the next round at the latest. */
  private async inFolders(options: ByFolder, skip: number, behind: string, signal: AbortSignal): Promise<AnswerPage> {
    const { items, hasMoreItems } = await this.client.queryPage(queryFolders(options.folder), skip, signal, FOLDERS_MAX);
    const waiting: WaitingAnswer[] = [];
    for (const [index, outbox] of items.entries()) {
      const all = await this.answersIn(outbox, options, signal);
      const rest = all.filter(({ order }) => index > 0 || order > behind);
      const taken = rest.slice(0, ANSWERS_MAX - waiting.length);
      waiting.push(...taken.map(({ answer }) => answer));
      const last = taken.at(-1)?.order ?? (index === 0 ? behind : '');
      if (taken.length < rest.length) return page(waiting, skip + index, last);
      if (waiting.length >= ANSWERS_MAX) return page(waiting, skip + index + 1, '');
    }
    const isLast = items.length === 0 || !(hasMoreItems ?? items.length >= FOLDERS_MAX);
    return isLast ? { waiting, next: null, cursor: null } : page(waiting, skip + items.length, '');
  }

  /** The longest waiting first; private working copies are somebody's own. */
  private async answersIn(outbox: ObjectAnswer, { takenTo }: ByFolder, signal: AbortSignal): Promise<Ordered[]> {
    const outboxId = itemOf(outbox).id;
    const vorgangId = String(outbox.properties['cmis:parentId']);
    const found: Ordered[] = [];
    const folders: { id: string; mark?: string }[] = [{ id: outboxId }];
    for (let folder = folders.shift(); folder !== undefined; folder = folders.shift()) {
      for await (const child of this.children(folder.id, signal)) {
        const { id, title } = itemOf(child);
        const isFolder = child.properties['cmis:baseTypeId'] === 'cmis:folder';
        if (isFolder && folder.mark === undefined && title !== takenTo) folders.push({ id, mark: title });
        if (!isFolder && isWhole(child))
          found.push(await this.ordered(child, { vorgangId, folderId: folder.id, outboxId, mark: folder.mark }, signal));
      }
    }
    return found.sort((a, b) => (a.order < b.order ? -1 : 1));
  }

  /** Results come in whatever order the repository likes; of what is seen at a time the longest waiting is first. */
  private async byProperty(skip: number, signal: AbortSignal): Promise<AnswerPage> {
    if (this.options.by !== 'property') return { waiting: [], next: null, cursor: null };
    const { type, property, waiting: value } = this.options;
    const definition = await this.client.type(type, signal);
    const queryName = definition.propertyDefinitions?.[property]?.queryName;
    if (queryName === undefined || queryName === null)
      throw new Unfit('misconfigured', 'outbox-property', `The type ${type} has no property ${property} that can be searched for`);
    const statement = queryByProperty({ queryName: definition.queryName ?? definition.id, isDocument: true }, queryName, value);
    const { items, hasMoreItems } = await this.client.queryPage(statement, skip, signal, ANSWERS_MAX);
    const found: Ordered[] = [];
    for (const hit of items) {
      const there = await this.latest(itemOf(hit).id, signal);
      const [parent] = there === undefined ? [] : await this.client.parents(itemOf(there).id, signal);
      if (there === undefined || parent === undefined || !isWhole(there)) continue;
      const folderId = itemOf(parent).id;
      found.push(await this.ordered(there, { vorgangId: folderId, folderId, outboxId: folderId, mark: undefined }, signal));
    }
    found.sort((a, b) => (a.order < b.order ? -1 : 1));
    const waiting = found.map(({ answer }) => answer);
    const isLast = items.length === 0 || !(hasMoreItems ?? items.length >= ANSWERS_MAX);
    return isLast ? { waiting, next: null, cursor: null } : page(waiting, skip + items.length, '');
  }

  /** In the version that was listed, and where it waited. */
  private async stillThere({ handle, version }: WaitingAnswer, signal: AbortSignal): Promise<ObjectAnswer | undefined> {
    const { id, folderId } = Handle.parse(handle);
    const there = await this.latest(id, signal);
    if (there === undefined || (await this.versionOf(there, signal)) !== version) return undefined;
    if (this.options.by === 'property') return textOf(there, this.options.property) === this.options.waiting ? there : undefined;
    const parents = await this.client.parents(itemOf(there).id, signal);
    return parents.some((parent) => itemOf(parent).id === folderId) ? there : undefined;
  }

  private async ordered(object: ObjectAnswer, place: AnswerPlace, signal: AbortSignal): Promise<Ordered> {
    return { order: orderOf(object), answer: answerOf(object, await this.versionOf(object, signal), place) };
  }

  /**
   * Of the bytes: by their hash where the repository tells it (CMIS 1.1, section 2.1.4.3.3), by the version's own id where there are versions. Else by
   * the change token, which changes with the index data too.
   */
  private async versionOf(object: ObjectAnswer, signal: AbortSignal): Promise<string> {
    const { properties } = object;
    const hash = properties['cmis:contentStreamHash'];
    if (Array.isArray(hash) && hash.length > 0) return hashOf(JSON.stringify(hash));
    const { id } = itemOf(object);
    const { versionable } = await this.client.type(textOf(object, 'cmis:objectTypeId') ?? 'cmis:document', signal);
    return hashOf(
      versionable === true ? id : `${id} ${textOf(object, 'cmis:changeToken') ?? String(properties['cmis:lastModificationDate'])}`,
    );
  }

  private async latest(id: string, signal: AbortSignal): Promise<ObjectAnswer | undefined> {
    try {
      return await this.client.object({ id, version: 'latest' }, signal);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  private async moveAside(answer: WaitingAnswer, takenTo: string | null, signal: AbortSignal): Promise<void> {
    if (takenTo === null) return;
    const { id, folderId, outboxId } = Handle.parse(answer.handle);
    const target = await this.folderIn(outboxId, takenTo, signal);
    const move = async (to: string): Promise<void> => {
      await this.client.move(id, folderId, to, signal);
      // A version that was checked in at this very moment was read by nobody: back with it.
      const moved = await this.latest(id, signal);
      if (moved !== undefined && (await this.versionOf(moved, signal)) !== answer.version) await this.client.move(id, to, folderId, signal);
    };
    try {
      await move(target);
    } catch (error) {
      if (!mayBeTaken(error)) throw error;
      // One of this name was taken before: each has its own folder then, because a change of its name would look like another version.
      await move(await this.folderIn(target, answer.documentId.slice(0, 12), signal));
    }
  }

  private async change(
    { handle }: WaitingAnswer,
    there: ObjectAnswer,
    { property, taken }: Extract<OutboxOptions, { by: 'property' }>,
    signal: AbortSignal,
  ): Promise<void> {
    if (taken === null) return;
    const token = textOf(there, 'cmis:changeToken');
    try {
      await this.client.update(itemOf(there).id || Handle.parse(handle).id, token, [{ id: property, values: taken }], signal);
    } catch (error) {
      // Somebody was faster: the next round sees what became of it.
      if (!(error instanceof CmisFailure && error.exception === 'updateConflict')) throw error;
    }
  }

  private async folderIn(parentId: string, name: string, signal: AbortSignal): Promise<string> {
    const find = async (): Promise<string | undefined> => {
      for await (const child of this.children(parentId, signal))
        if (itemOf(child).title === name && child.properties['cmis:baseTypeId'] === 'cmis:folder') return itemOf(child).id;
      return undefined;
    };
    const present = await find();
    if (present !== undefined) return present;
    const properties = [
      { id: 'cmis:objectTypeId', values: 'cmis:folder' },
      { id: 'cmis:name', values: name },
    ];
    try {
      return itemOf(await this.client.createFolder(parentId, properties, signal)).id;
    } catch (error) {
      const made = mayBeTaken(error) ? await find() : undefined;
      if (made === undefined) throw error;
      return made;
    }
  }

  /** Of a folder that may be gone by now. */
  private async *children(id: string, signal: AbortSignal): AsyncGenerator<ObjectAnswer, void> {
    try {
      yield* this.client.children(id, signal);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}

interface Ordered {
  readonly order: string;
  readonly answer: WaitingAnswer;
}

function page(waiting: WaitingAnswer[], skip: number, behind: string): AnswerPage {
  return { waiting, next: JSON.stringify([skip, behind]), cursor: null };
}

interface AnswerPlace {
  readonly vorgangId: string;
  readonly folderId: string;
  readonly outboxId: string;
  readonly mark: string | undefined;
}

function answerOf(object: ObjectAnswer, version: string, { vorgangId, mark, ...place }: AnswerPlace): WaitingAnswer {
  const { properties } = object;
  const { id, title } = itemOf(object);
  const length = properties['cmis:contentStreamLength'];
  const placed = properties['cmis:lastModificationDate'];
  return {
    vorgangId,
    documentId: hashOf(textOf(object, 'cmis:versionSeriesId') ?? id),
    version,
    fileName: textOf(object, 'cmis:contentStreamFileName') ?? title,
    mediaType: textOf(object, 'cmis:contentStreamMimeType') ?? 'application/octet-stream',
    size: typeof length === 'number' && length >= 0 ? length : null,
    ...(mark === undefined ? {} : { mark }),
    ...(typeof placed === 'number' ? { placedAt: new Date(placed) } : {}),
    handle: { id, ...place },
  };
}

/** With content, and nobody at work on it. */
function isWhole({ properties }: ObjectAnswer): boolean {
  const isCheckedOut = properties['cmis:isVersionSeriesCheckedOut'] === true || properties['cmis:isPrivateWorkingCopy'] === true;
  return !isCheckedOut && typeof properties['cmis:contentStreamMimeType'] === 'string' && properties['cmis:contentStreamLength'] !== 0;
}

/** Time, then id: never empty. */
function orderOf(object: ObjectAnswer): string {
  const time = object.properties['cmis:lastModificationDate'];
  return `${String(typeof time === 'number' ? time : 0).padStart(16, '0')} ${itemOf(object).id.padStart(20, '0')}`;
}

function textOf({ properties }: ObjectAnswer, id: string): string | undefined {
  const value = properties[id];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Ids may be paths or numbers of any length. */
function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 40);
}
