// SPDX-License-Identifier: EUPL-1.2
import type { Readable } from 'node:stream';

import {
  type AdapterEnvironment,
  type AnswerPage,
  cabinetFor,
  defineAdapter,
  type DeliverableDocument,
  type DeliveryContext,
  DmsOutboxPort,
  filedUnder,
  type FilingPreview,
  type FilingReceipt,
  type FilingRequest,
  type Found,
  type HeldDocument,
  isFound,
  OneAtATime,
  type Outbox,
  type PreviewedObject,
  type ProbeReport,
  type WaitingAnswer,
} from '@amtsbote/adapter-kit';

import { type Hit, NscaleClient } from './nscale.client.js';
import {
  ADAPTER_TYPE,
  ambiguous,
  asDeliveryError,
  contentIncomplete,
  documentTooLarge,
  isNotUnique,
  takenButHidden,
} from './nscale.errors.js';
import { compileMapping, documentCreation, type DocumentPlan, type FilingPlan, type ObjectPlan } from './nscale.mapping.js';
import { NscaleOptions } from './nscale.options.js';
import { NscaleOutbox } from './nscale.outbox.client.js';
import { probeNscale } from './nscale.probe.client.js';
import type { ContentAnswer } from './nscale.wire.js';

/** What is remembered of an object: its resource key and the title a clerk sees. */
type Place = { id: string; title: string };

/** What is previewed is not called: nothing ends it. */
const NEVER = new AbortController().signal;

/** Files into a document area of nscale: Akte and Vorgang as folders, each document with its bytes as one content item. */
class NscaleDms extends DmsOutboxPort {
  override readonly outbox: Outbox | null;
  private readonly answers: NscaleOutbox | undefined;
  private readonly client: NscaleClient;
  private readonly plan: (request: FilingRequest, actKey: string) => FilingPlan;
  /** For document areas in which the key of an Akte is not unique: two first applications must not both create it. */
  private readonly turns = new OneAtATime();
  private readonly underWay = new Set<Promise<unknown>>();

  constructor(
    private readonly options: NscaleOptions,
    environment: AdapterEnvironment,
  ) {
    super();
    this.client = new NscaleClient(options, environment.clock, environment.randomness);
    this.plan = compileMapping(options);
    this.answers = options.outbox === undefined ? undefined : new NscaleOutbox(this.client, options.outbox);
    this.outbox = this.answers?.shape ?? null;
  }

  async file(request: FilingRequest, ctx: DeliveryContext): Promise<FilingReceipt> {
    return this.tracked(async () => {
      const plan = await this.planned(request, ctx);
      const akte = await this.ensure('akte', plan.akte, ctx, async () =>
        this.createFolder(plan.akte, await this.akteParent(request, ctx), ctx),
      );
      const vorgang = await this.ensure('vorgang', plan.vorgang, ctx, () => this.createFolder(plan.vorgang, akte.id, ctx));
      const documents: { key: string; id: string }[] = [];
      for (const document of plan.documents) {
        documents.push({ key: document.document.key, id: await this.ensureDocument(document, vorgang.id, request, ctx) });
      }
      return { akte, vorgang, documents };
    });
  }

  async find(request: FilingRequest, ctx: DeliveryContext): Promise<Found<FilingReceipt>> {
    return this.tracked(async () => {
      const plan = await this.planned(request, ctx);
      const akte = await this.search(plan.akte, ctx);
      if (!isFound(akte)) return akte;
      const vorgang = await this.search(plan.vorgang, ctx);
      if (!isFound(vorgang)) return vorgang;
      const documents: { key: string; id: string }[] = [];
      for (const { document, ...object } of plan.documents) {
        const filed = await this.search(object, ctx);
        if (!isFound(filed)) return filed;
        if (!(await this.isComplete(filed.found.id, document, ctx, isStrict(request)))) return 'absent';
        documents.push({ key: document.key, id: filed.found.id });
      }
      return { found: { akte: akte.found, vorgang: vorgang.found, documents } };
    });
  }

  /** nscale tells length and, where it is set up so, the hash of what it stores; its bytes are not fetched. */
  override async readBack(_request: FilingRequest, receipt: FilingReceipt, ctx: DeliveryContext): Promise<readonly HeldDocument[]> {
    return this.tracked(async () => {
      const held: HeldDocument[] = [];
      for (const { key, id } of receipt.documents)
        held.push({ key, id, content: await this.ask(ctx, { repeatable: true }, () => this.client.held(id, ctx.signal)) });
      return held;
    });
  }

  preview(request: FilingRequest, actKey: string): FilingPreview {
    try {
      const { akte, vorgang, documents } = this.plan(request, actKey);
      const parent = cabinetFor(ADAPTER_TYPE, this.options.akte, request.place);
      return {
        cabinet: 'key' in parent ? parent.key : parent.path,
        akte: previewed(akte),
        vorgang: previewed(vorgang),
        documents: documents.map((each) => ({ ...previewed(each), document: each.document.key })),
      };
    } catch (error) {
      throw asDeliveryError(error, { repeatable: true, signal: NEVER });
    }
  }

  async list(from: string | null, signal: AbortSignal): Promise<AnswerPage> {
    return this.tracked(() => this.ask({ signal }, { repeatable: true }, async () => this.collecting().list(from, signal)));
  }

  async read(answer: WaitingAnswer, signal: AbortSignal): Promise<Readable | 'gone'> {
    return this.tracked(() => this.ask({ signal }, { repeatable: true }, async () => this.collecting().read(answer, signal)));
  }

  /** May be made again: what was changed does not wait any more. */
  async acknowledge(answer: WaitingAnswer, signal: AbortSignal): Promise<void> {
    return this.tracked(() => this.ask({ signal }, { repeatable: true }, async () => this.collecting().acknowledge(answer, signal)));
  }

  async probe(signal: AbortSignal): Promise<ProbeReport> {
    return this.tracked(() => probeNscale(this.client, this.options, signal));
  }

  describeTarget(): string {
    const { baseUrl, username, documentArea } = this.options;
    return `nscale at ${baseUrl}, document area ${documentArea}, as ${username}`;
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.underWay);
    await this.client.close();
  }

  /** A gap in the data and a document above the limit are found here, before anything is written. */
  private async planned(request: FilingRequest, ctx: DeliveryContext): Promise<FilingPlan> {
    if (request.documents.some(({ size }) => size > this.options.limits.documentBytesMax)) throw documentTooLarge();
    return this.ask(ctx, { repeatable: true }, async () => this.plan(request, filedUnder(request, ctx.key)));
  }

  /** One effect: the object is there afterwards, whoever created it. */
  private ensure(name: string, plan: ObjectPlan, ctx: DeliveryContext, create: () => Promise<Place>): Promise<Place> {
    const inTurn = (): Promise<Place> =>
      this.ask(ctx, { repeatable: true }, () => this.turns.run(plan.key.value, ctx.signal, () => this.foundOrCreated(plan, ctx, create)));
    return ctx.once(name, { act: inTurn, find: () => this.search(plan, ctx) });
  }

  private async foundOrCreated(plan: ObjectPlan, ctx: DeliveryContext, create: () => Promise<Place>): Promise<Place> {
    const present = await this.search(plan, ctx);
    if (present === 'cannotTell') throw ambiguous();
    if (isFound(present)) return present.found;
    try {
      return await create();
    } catch (error) {
      if (!isNotUnique(error)) throw error;
      // Another process was faster between our search and our creation.
      const other = await this.search(plan, ctx);
      if (!isFound(other)) throw takenButHidden();
      return other.found;
    }
  }

  /** Two effects: the document is there with its index data, and nscale holds all of its bytes. */
  private async ensureDocument(plan: DocumentPlan, vorgangId: string, request: FilingRequest, ctx: DeliveryContext): Promise<string> {
    const { document } = plan;
    const create = (): Promise<Place> =>
      this.creating(ctx, plan, () => this.client.createDocument(documentCreation(plan, vorgangId), document, ctx.signal));
    const { id } = await this.ensure(`document:${document.key}`, plan, ctx, create);
    await ctx.once(`content:${document.key}`, {
      act: async () => {
        if (await this.isComplete(id, document, ctx, isStrict(request))) return true;
        // A new version may be one too many, it is never a second document.
        await this.ask(ctx, { repeatable: true }, () => this.client.putContent(id, document, ctx.signal));
        if (!(await this.isComplete(id, document, ctx))) throw contentIncomplete();
        return true;
      },
      find: async () => ((await this.isComplete(id, document, ctx, isStrict(request))) ? { found: true } : 'absent'),
    });
    return id;
  }

  private createFolder(plan: ObjectPlan, parentResourceKey: string, ctx: DeliveryContext): Promise<Place> {
    const { objectClass: objectclass, properties } = plan;
    return this.creating(ctx, plan, () => this.client.createFolder({ objectclass, parentResourceKey, properties }, ctx.signal));
  }

  /** A creation that fails because the key is taken stays recognisable for {@link foundOrCreated}. */
  private async creating(ctx: DeliveryContext, plan: ObjectPlan, create: () => Promise<string>): Promise<Place> {
    try {
      return { id: await create(), title: plan.title };
    } catch (error) {
      throw isNotUnique(error) ? error : asDeliveryError(error, { repeatable: false, signal: ctx.signal });
    }
  }

  private async akteParent({ place }: FilingRequest, ctx: DeliveryContext): Promise<string> {
    const parent = cabinetFor(ADAPTER_TYPE, this.options.akte, place);
    return 'key' in parent ? parent.key : this.ask(ctx, { repeatable: true }, () => this.client.keyOfPath(parent.path, ctx.signal));
  }

  private async search(plan: ObjectPlan, ctx: DeliveryContext): Promise<Found<Place>> {
    const { property, value } = plan.key;
    const hits: Hit[] = await this.ask(ctx, { repeatable: true }, () => this.client.search(property, value, ctx.signal));
    const [first, second] = hits;
    if (second !== undefined) return 'cannotTell';
    return first === undefined ? 'absent' : { found: { id: first.id, title: first.title } };
  }

  private async isComplete(id: string, document: DeliverableDocument, ctx: DeliveryContext, strict = false): Promise<boolean> {
    const content = await this.ask(ctx, { repeatable: true }, () => this.client.content(id, ctx.signal));
    return isAsSent(content, document, strict);
  }

  private collecting(): NscaleOutbox {
    if (this.answers === undefined) throw new Error('no outbox is configured');
    return this.answers;
  }

  private async ask<Answer>(
    ctx: Pick<DeliveryContext, 'signal'>,
    call: { repeatable: boolean },
    question: () => Promise<Answer>,
  ): Promise<Answer> {
    try {
      ctx.signal.throwIfAborted();
      return await question();
    } catch (error) {
      throw asDeliveryError(error, { ...call, signal: ctx.signal });
    }
  }

  /** So that `close` lets calls under way finish. */
  private async tracked<Result>(act: () => Promise<Result>): Promise<Result> {
    const call = act();
    this.underWay.add(call);
    try {
      return await call;
    } finally {
      this.underWay.delete(call);
    }
  }
}

function previewed({ objectClass, key, title, properties }: ObjectPlan): PreviewedObject {
  return { key: key.value, title, class: objectClass, properties: properties.map(({ name, value }) => ({ name, values: [value] })) };
}

/** Content that may have become out of date has to be told from the present one although it is as long. */
function isStrict({ refreshes }: FilingRequest): boolean {
  return refreshes !== undefined;
}

/** Compares length, and the hash where nscale offers the one we know; `strict`: without it nothing is taken for equal. */
function isAsSent(content: ContentAnswer, document: DeliverableDocument, strict: boolean): boolean {
  const item = content.items[0];
  if (item === undefined || item.length !== document.size) return false;
  if (item.hash?.algorithm !== 'SHA-512') return !strict;
  return item.hash.value.toLowerCase() === document.sha512;
}

export const adapter = defineAdapter({
  type: 'dms-nscale',
  kind: 'dms',
  title: 'nscale (Ceyoniq), REST of the application layer; paths below /repository not verified',
  options: NscaleOptions,
  create: (options, environment) => new NscaleDms(options, environment),
});
