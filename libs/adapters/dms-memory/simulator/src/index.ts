// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';

import type { Found } from '@amtsbote/adapter-kit';
import type { AnswerBooks, DmsContents, DmsFault, FiledVorgang, PlacedAnswer } from '@amtsbote/adapter-kit/testing';

import { MemoryArchive, replaceArchive } from '../../src/memory.client.js';
import { ArchiveError, type ArchiveErrorCode, type ObjectDraft, type StoredAnswer, type StoredObject } from '../../src/memory.wire.js';

/** Each change comes a second after the one before. */
const FIRST_PLACED_AT = Date.UTC(2026, 1, 2, 9);

const ANSWERS: Partial<Record<DmsFault, ArchiveErrorCode>> = {
  error500: 'INTERNAL',
  throttled: 'BUSY',
  unauthorised: 'ACCESS_DENIED',
  garbage: 'GARBLED',
};

/** An archive in memory that can be told to misbehave and shows its books. */
export class SimulatedArchive extends MemoryArchive {
  private fault: DmsFault | undefined;
  /** Writes still to come before the fault strikes, once; undefined = it strikes everything until healed. */
  private writesLeft: number | undefined;

  /** Takes the place of the archive of this name, empty. Adapter instances created from now on use it. */
  constructor(name = 'default') {
    super();
    replaceArchive(name, this);
  }

  /** See {@link DmsFault}. */
  misbehave(fault: DmsFault, at?: { readonly write: number }): void {
    this.fault = fault;
    this.writesLeft = at?.write;
  }
  heal(): void {
    this.fault = undefined;
  }

  override async get(key: string, signal: AbortSignal): Promise<Found<StoredObject>> {
    if (this.fault === 'cannotTell' && this.writesLeft === undefined) return 'cannotTell';
    await this.strikeQuestion(signal);
    return super.get(key, signal);
  }

  override async put(draft: ObjectDraft, content: Readable | undefined, signal: AbortSignal): Promise<StoredObject> {
    const fault = this.faultOfThisWrite();
    if (fault === 'storesShort' && content !== undefined) return super.put(draft, Readable.from(withoutLastByte(content)), signal);
    if (fault !== undefined && fault !== 'answerLost' && fault !== 'storesShort') await this.strike(fault, signal);
    const stored = await super.put(draft, content, signal);
    if (fault === 'answerLost') throw connectionLost('sent');
    return stored;
  }

  /** A clerk puts a document into the outbox of a Vorgang, or other bytes under a name that is there. */
  placeAnswer(vorgangId: string, { fileName, mediaType, bytes, mark }: PlacedAnswer): void {
    const there = [...this.outbox.values()].find((one) => one.vorgangId === vorgangId && one.fileName === fileName && one.mark === mark);
    const id = there?.id ?? `answer-${this.outbox.size + 1}`;
    this.changes += 1;
    const sha512 = createHash('sha512').update(bytes).digest('hex');
    const placedAt = new Date(FIRST_PLACED_AT + this.changes * 1_000);
    this.outbox.set(id, { id, vorgangId, fileName, mediaType, mark, change: this.changes, placedAt, bytes, sha512, isTaken: false });
  }

  /** A clerk takes a document out of the outbox again. */
  withdrawAnswer(vorgangId: string, fileName: string): void {
    for (const answer of this.outbox.values())
      if (answer.vorgangId === vorgangId && answer.fileName === fileName) this.outbox.delete(answer.id);
  }

  /** Names of the documents in the outbox of a Vorgang, and of those that were taken from it. */
  answerBooks(vorgangId: string): AnswerBooks {
    const names = (isTaken: boolean): string[] =>
      [...this.outbox.values()].filter((one) => one.vorgangId === vorgangId && one.isTaken === isTaken).map(({ fileName }) => fileName);
    return { waiting: names(false), taken: names(true) };
  }

  override async answers(behind: number, limit: number, signal: AbortSignal): Promise<StoredAnswer[]> {
    await this.strikeQuestion(signal);
    return super.answers(behind, limit, signal);
  }

  override async take(id: string, change: number, signal: AbortSignal): Promise<void> {
    const fault = this.faultOfThisWrite();
    if (fault !== undefined && fault !== 'answerLost') await this.strike(fault, signal);
    await super.take(id, change, signal);
    if (fault === 'answerLost') throw connectionLost('sent');
  }

  /** What the archive holds, as counts; `duplicates` are titles that occur twice in the same place. */
  books(): { akten: number; vorgaenge: number; documents: number; duplicates: string[] } {
    const count = (kind: ObjectDraft['kind']): number => this.all().filter((object) => object.kind === kind).length;
    const places = new Set<string>();
    const duplicates: string[] = [];
    for (const { parentId, title } of this.all()) {
      const place = `${parentId ?? ''}/${title}`;
      if (places.has(place)) duplicates.push(place);
      places.add(place);
    }
    return { akten: count('akte'), vorgaenge: count('vorgang'), documents: count('document'), duplicates };
  }

  /** What the archive holds, as a tree. */
  contents(): DmsContents {
    const byParent = Map.groupBy(this.all(), ({ parentId }) => parentId);
    const within = (parentId: string | null): StoredObject[] => byParent.get(parentId) ?? [];
    const vorgang = ({ id, title, properties }: StoredObject): FiledVorgang => ({
      id,
      title,
      properties,
      documents: within(id).map((document) => ({
        id: document.id,
        fileName: document.title,
        originalName: document.properties['originalName'] ?? '',
        mediaType: document.properties['mediaType'] ?? '',
        size: document.size,
        sha512: document.sha512,
      })),
    });
    const akten = within(null).map(({ id, title }) => ({ id, title, vorgaenge: within(id).map(vorgang) }));
    const inTree = akten.flatMap(({ vorgaenge }) => vorgaenge).reduce((sum, { documents }) => sum + 1 + documents.length, akten.length);
    return { akten, strays: this.all().length - inTree, changes: this.changes };
  }

  private async strikeQuestion(signal: AbortSignal): Promise<void> {
    if (this.fault === undefined || this.writesLeft !== undefined) return;
    if (this.fault !== 'refuses' && this.fault !== 'storesShort') await this.strike(this.fault, signal);
  }

  private faultOfThisWrite(): DmsFault | undefined {
    if (this.writesLeft === undefined) return this.fault;
    this.writesLeft -= 1;
    return this.writesLeft === 0 ? this.fault : undefined;
  }

  private async strike(fault: DmsFault, signal: AbortSignal): Promise<void> {
    if (fault === 'down') throw connectionLost('notSent');
    if (fault === 'refuses') throw new ArchiveError('AKTE_CLOSED');
    if (fault === 'hangs') {
      await delay(60_000, undefined, { signal }).catch(() => {
        throw connectionLost('sent');
      });
    }
    const code = ANSWERS[fault];
    if (code !== undefined) throw new ArchiveError(code, code === 'BUSY' ? 2_000 : undefined);
  }
}

/** A failed connection as the house's HTTP client reports it. */
function connectionLost(transportStage: 'notSent' | 'sent'): Error {
  return Object.assign(new Error('connection lost'), { transportStage });
}

/** Everything but the last byte. */
async function* withoutLastByte(content: Readable): AsyncGenerator<Buffer> {
  let held: Buffer | undefined;
  for await (const chunk of content as AsyncIterable<Buffer>) {
    if (held !== undefined) yield held;
    held = chunk;
  }
  if (held !== undefined) yield held.subarray(0, -1);
}
