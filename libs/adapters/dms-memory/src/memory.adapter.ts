// SPDX-License-Identifier: EUPL-1.2
import { Readable } from 'node:stream';

import {
  type AnswerPage,
  cabinetFor,
  compileText,
  defineAdapter,
  type DeliverableDocument,
  type DeliveryContext,
  DmsOutboxPort,
  type Expression,
  filedFor,
  filedUnder,
  type FilingPreview,
  type FilingReceipt,
  type FilingRequest,
  type Found,
  type HeldDocument,
  isFound,
  type Outbox,
  type ProbeReport,
  type WaitingAnswer,
} from '@amtsbote/adapter-kit';

import { archiveNamed, type MemoryArchive } from './memory.client.js';
import { aborted, ADAPTER_TYPE, asDeliveryError, contentIncomplete } from './memory.errors.js';
import { akteOf, documentOf, type Draft, previewed, vorgangOf, waitingOf } from './memory.mapping.js';
import { MemoryOptions } from './memory.options.js';
import type { StoredObject } from './memory.wire.js';

/** Most answers listed at a time. */
const ANSWERS_MAX = 50;

/** What is remembered of an effect: where the object is. */
type Place = { id: string; title: string };

/** Files into an archive in memory: for demonstrations, for tests of the hub, and as the model of a DMS adapter. */
class MemoryDms extends DmsOutboxPort {
  override readonly outbox: Outbox | null;
  private readonly akteTitle: Expression<string>;
  private readonly archive: MemoryArchive;

  constructor(private readonly options: MemoryOptions) {
    super();
    this.outbox = options.outbox ?? null;
    this.akteTitle = compileText(options.akte);
    this.archive = archiveNamed(options.archive);
  }

  async file(request: FilingRequest, ctx: DeliveryContext): Promise<FilingReceipt> {
    const akte = await this.ensure('akte', this.akteOf(request), null, ctx);
    const vorgang = await this.ensure('vorgang', vorgangOf(request), akte.id, ctx);
    const documents: { key: string; id: string }[] = [];
    for (const document of request.documents) {
      const draft = documentOf(document, filedUnder(request, ctx.key));
      const { id } = await this.ensure(`document:${document.key}`, draft, vorgang.id, ctx, document);
      documents.push({ key: document.key, id });
    }
    return { akte, vorgang, documents };
  }

  async find(request: FilingRequest, ctx: DeliveryContext): Promise<Found<FilingReceipt>> {
    const akte = await this.search(this.akteOf(request), ctx);
    if (!isFound(akte)) return akte;
    const vorgang = await this.search(vorgangOf(request), ctx);
    if (!isFound(vorgang)) return vorgang;
    const documents: { key: string; id: string }[] = [];
    for (const document of request.documents) {
      const filed = await this.search(documentOf(document, filedUnder(request, ctx.key)), ctx, document);
      if (!isFound(filed)) return filed;
      documents.push({ key: document.key, id: filed.found.id });
    }
    return { found: { akte: akte.found, vorgang: vorgang.found, documents } };
  }

  override async readBack(request: FilingRequest, _receipt: FilingReceipt, ctx: DeliveryContext): Promise<readonly HeldDocument[]> {
    const held: HeldDocument[] = [];
    for (const document of request.documents) {
      const { key } = documentOf(document, filedUnder(request, ctx.key));
      const result = await this.ask(ctx, { repeatable: true }, () => this.archive.get(key, ctx.signal));
      const stored = isFound(result) ? result.found : undefined;
      const content = stored === undefined ? null : { size: stored.size, sha512: stored.sha512 };
      held.push({ key: document.key, id: stored?.id ?? '', content });
    }
    return held;
  }

  preview(request: FilingRequest, actKey: string): FilingPreview {
    try {
      return {
        cabinet: this.options.archive,
        akte: previewed(this.akteOf(request)),
        vorgang: previewed(vorgangOf(request)),
        documents: request.documents.map((document) => ({ ...previewed(documentOf(document, actKey)), document: document.key })),
      };
    } catch (error) {
      throw asDeliveryError(error, { repeatable: true });
    }
  }

  async list(from: string | null, signal: AbortSignal): Promise<AnswerPage> {
    const answers = await this.ask({ signal }, { repeatable: true }, () => this.archive.answers(Number(from ?? 0), ANSWERS_MAX, signal));
    const last = answers.at(-1)?.change.toString() ?? null;
    return {
      waiting: answers.map(waitingOf),
      next: answers.length < ANSWERS_MAX ? null : last,
      cursor: this.outbox?.begins === 'atCursor' ? last : null,
    };
  }

  async read({ documentId, version }: WaitingAnswer, signal: AbortSignal): Promise<Readable | 'gone'> {
    const answer = await this.ask({ signal }, { repeatable: true }, () => this.archive.answer(documentId, Number(version), signal));
    return answer === undefined ? 'gone' : Readable.from([answer.bytes], { objectMode: false });
  }

  async acknowledge({ documentId, version }: WaitingAnswer, signal: AbortSignal): Promise<void> {
    await this.ask({ signal }, { repeatable: true }, () => this.archive.take(documentId, Number(version), signal));
  }

  async probe(signal: AbortSignal): Promise<ProbeReport> {
    const name = 'archive';
    try {
      await this.archive.get('probe', signal);
      return { ok: true, checks: [{ name, ok: true, detail: `${this.archive.all().length} objects` }] };
    } catch (error) {
      const failure = asDeliveryError(error, { repeatable: true });
      return { ok: false, checks: [{ name, ok: false, detail: failure instanceof Error ? failure.message : 'failed' }] };
    }
  }

  describeTarget(): string {
    return `archive "${this.options.archive}" in the memory of this process`;
  }

  async close(): Promise<void> {
    // Nothing is held open.
  }

  /** Asked without the decision: it belongs into the Akte of its application. */
  private akteOf({ place, ...request }: FilingRequest): Draft {
    const application = filedFor(request);
    // One archive, one cabinet.
    cabinetFor(ADAPTER_TYPE, { parent: '', cabinets: {} }, place);
    return place === undefined ? akteOf(this.akteTitle({ application })) : akteOf(place.akte.title, place.akte.key);
  }

  /** One effect: the object is there afterwards, whoever put it there. */
  private ensure(
    name: string,
    draft: Draft,
    parentId: string | null,
    ctx: DeliveryContext,
    document?: DeliverableDocument,
  ): Promise<Place> {
    return ctx.once(name, {
      act: async () => {
        // Another application may have opened the Akte, and the house may have forgotten what it did: search first.
        const present = await this.search(draft, ctx, document);
        return isFound(present) ? present.found : this.create({ ...draft, parentId }, ctx, document);
      },
      find: () => this.search(draft, ctx, document),
    });
  }

  private async create(draft: Draft & { parentId: string | null }, ctx: DeliveryContext, document?: DeliverableDocument): Promise<Place> {
    const stored = await this.ask(ctx, { repeatable: false }, async () => this.archive.put(draft, await document?.open(), ctx.signal));
    if (!isComplete(stored, document)) throw contentIncomplete();
    return placeOf(stored);
  }

  /** An object whose content is not complete counts as absent: creating it again replaces it. */
  private async search(draft: Draft, ctx: DeliveryContext, document?: DeliverableDocument): Promise<Found<Place>> {
    const result = await this.ask(ctx, { repeatable: true }, () => this.archive.get(draft.key, ctx.signal));
    if (!isFound(result)) return result;
    return isComplete(result.found, document) ? { found: placeOf(result.found) } : 'absent';
  }

  private async ask<Answer>(
    ctx: Pick<DeliveryContext, 'signal'>,
    call: { repeatable: boolean },
    question: () => Promise<Answer>,
  ): Promise<Answer> {
    if (ctx.signal.aborted) throw aborted(ctx.signal.reason);
    try {
      return await question();
    } catch (error) {
      throw asDeliveryError(error, call);
    }
  }
}

function isComplete(stored: StoredObject, document: DeliverableDocument | undefined): boolean {
  return document === undefined || (stored.size === document.size && stored.sha512 === document.sha512);
}

function placeOf({ id, title }: StoredObject): Place {
  return { id, title };
}

export const adapter = defineAdapter({
  type: ADAPTER_TYPE,
  kind: 'dms',
  title: 'DMS in memory, for demonstrations and tests',
  options: MemoryOptions,
  create: (options) => new MemoryDms(options),
});
