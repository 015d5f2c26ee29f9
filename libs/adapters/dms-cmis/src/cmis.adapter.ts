// SPDX-License-Identifier: EUPL-1.2
import type { Readable } from 'node:stream';

import {
  type AdapterEnvironment,
  type AnswerPage,
  cabinetFor,
  defineAdapter,
  type DeliveryContext,
  DmsOutboxPort,
  filedUnder,
  type FilingPreview,
  type FilingReceipt,
  type FilingRequest,
  type Found,
  type HeldDocument,
  type IndexedFiling,
  isFound,
  OneAtATime,
  type Outbox,
  previewOf,
  type ProbeReport,
  type WaitingAnswer,
} from '@amtsbote/adapter-kit';

import { CmisClient } from './cmis.client.js';
import { Contents, versioningStateOf } from './cmis.content.client.js';
import {
  ADAPTER_TYPE,
  ambiguous,
  asDeliveryError,
  type Call,
  contentIncomplete,
  documentTooLarge,
  mayBeTaken,
  nameTaken,
  saysTaken,
  takenButHidden,
  Unfit,
} from './cmis.errors.js';
import { Finder, type Folder, type Item, itemOf } from './cmis.finder.client.js';
import { compileMapping, type DocumentPlan, type FilingPlan, filingPlan, namedFiling, type ObjectPlan } from './cmis.mapping.js';
import { CmisOptions, serviceUrlOf } from './cmis.options.js';
import { CmisOutbox } from './cmis.outbox.client.js';
import { probeCmis } from './cmis.probe.client.js';
import type { ObjectAnswer, WireProperty } from './cmis.wire.js';

/** Makes an object of some name with these properties. */
type Create = (properties: readonly WireProperty[]) => Promise<ObjectAnswer>;

/** What is previewed is not called: nothing ends it. */
const NEVER = new AbortController().signal;

/** Files into a CMIS repository: Akte and Vorgang as folders, each document with its content. */
class CmisDms extends DmsOutboxPort {
  override readonly outbox: Outbox | null;
  private readonly answers: CmisOutbox | undefined;
  private readonly client: CmisClient;
  private readonly finder: Finder;
  private readonly contents: Contents;
  private readonly indexData: (request: FilingRequest, actKey: string) => IndexedFiling<readonly string[]>;
  /** For repositories that allow one name twice: two first applications must not both create the Akte. */
  private readonly turns = new OneAtATime();
  private readonly underWay = new Set<Promise<unknown>>();

  constructor(
    private readonly options: CmisOptions,
    environment: AdapterEnvironment,
  ) {
    super();
    this.client = new CmisClient(options, environment.clock, environment.randomness);
    this.finder = new Finder(this.client, options);
    this.contents = new Contents(this.client, options);
    this.indexData = compileMapping(options);
    this.answers = options.outbox === undefined ? undefined : new CmisOutbox(this.client, options.outbox);
    this.outbox = this.answers?.shape ?? null;
  }

  async file(request: FilingRequest, ctx: DeliveryContext): Promise<FilingReceipt> {
    return this.tracked(async () => {
      const plan = await this.planned(request, ctx);
      const cabinet = await this.ask(ctx, () => this.finder.akteParent(ctx.signal, this.cabinetOf(request)));
      const akte = await this.ensureFolder('akte', plan.akte, cabinet, ctx);
      const vorgang = await this.ensureFolder('vorgang', plan.vorgang, this.finder.folder(akte.id, ctx.signal), ctx);
      const place = this.finder.folder(vorgang.id, ctx.signal);
      const documents: { key: string; id: string }[] = [];
      for (const document of plan.documents) {
        documents.push({ key: document.document.key, id: await this.ensureDocument(document, place, request, ctx) });
      }
      return { akte, vorgang, documents };
    });
  }

  async find(request: FilingRequest, ctx: DeliveryContext): Promise<Found<FilingReceipt>> {
    return this.tracked(async () => {
      const plan = await this.planned(request, ctx);
      const cabinet = await this.ask(ctx, () => this.finder.akteParent(ctx.signal, this.cabinetOf(request)));
      const akte = await this.search(plan.akte, cabinet, ctx);
      if (!isFound(akte)) return akte;
      const vorgang = await this.search(plan.vorgang, this.finder.folder(akte.found.id, ctx.signal), ctx);
      if (!isFound(vorgang)) return vorgang;
      const place = this.finder.folder(vorgang.found.id, ctx.signal);
      const documents: { key: string; id: string }[] = [];
      for (const document of plan.documents) {
        const filed = await this.search(document, place, ctx);
        if (!isFound(filed)) return filed;
        const complete = await this.complete(filed.found.id, document, ctx, isStrict(request));
        if (!isFound(complete)) return complete;
        documents.push({ key: document.document.key, id: complete.found });
      }
      return { found: { akte: akte.found, vorgang: vorgang.found, documents } };
    });
  }

  override async readBack(request: FilingRequest, receipt: FilingReceipt, ctx: DeliveryContext): Promise<readonly HeldDocument[]> {
    return this.tracked(async () => {
      const { documents } = await this.planned(request, ctx);
      const held: HeldDocument[] = [];
      for (const { document, type } of documents) {
        const id = receipt.documents.find(({ key }) => key === document.key)?.id ?? '';
        held.push({ key: document.key, id, content: await this.ask(ctx, () => this.contents.held(id, type, ctx.signal)) });
      }
      return held;
    });
  }

  preview(request: FilingRequest, actKey: string): FilingPreview {
    const { akte, vorgang, document } = this.options;
    try {
      const parent = this.cabinetOf(request);
      const classes = { akte: akte.type, vorgang: vorgang.type, document: document.type };
      return previewOf(namedFiling(this.indexData(request, actKey), this.options), 'id' in parent ? parent.id : parent.path, classes);
    } catch (error) {
      throw asDeliveryError(error, { repeatable: true, signal: NEVER });
    }
  }

  async list(from: string | null, signal: AbortSignal): Promise<AnswerPage> {
    return this.tracked(() => this.ask({ signal }, async () => this.collecting().list(from, signal), 'query'));
  }

  async read(answer: WaitingAnswer, signal: AbortSignal): Promise<Readable | 'gone'> {
    return this.tracked(() => this.ask({ signal }, async () => this.collecting().read(answer, signal)));
  }

  /** May be made again: what was moved or changed does not wait any more. */
  async acknowledge(answer: WaitingAnswer, signal: AbortSignal): Promise<void> {
    return this.tracked(() => this.ask({ signal }, async () => this.collecting().acknowledge(answer, signal)));
  }

  async probe(signal: AbortSignal): Promise<ProbeReport> {
    return this.tracked(() => probeCmis(this.client, this.finder, this.options, signal));
  }

  describeTarget(): string {
    const { auth, repositoryId } = this.options;
    const user = auth.kind === 'basic' ? auth.username : auth.kind === 'oauth2' ? auth.clientId : 'the owner of a token';
    return `CMIS repository ${repositoryId} at ${serviceUrlOf(this.options)}, as ${user}`;
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.underWay);
    this.client.close();
  }

  /** What cannot be filed as it is (a gap in the data, a value its property does not take) is found here, before anything is written. */
  private async planned(request: FilingRequest, ctx: DeliveryContext): Promise<FilingPlan> {
    if (request.documents.some(({ size }) => size > this.options.limits.documentBytesMax)) throw documentTooLarge();
    return this.ask(ctx, async () => {
      const filing = this.indexData(request, filedUnder(request, ctx.key));
      try {
        const [akte, vorgang, document] = await Promise.all([
          this.finder.type('akte', ctx.signal),
          this.finder.type('vorgang', ctx.signal),
          this.finder.type('document', ctx.signal),
        ]);
        return filingPlan(filing, { akte, vorgang, document }, this.options.names);
      } catch (error) {
        // Whoever corrects a type expects the next attempt to see it.
        if (error instanceof Unfit) this.client.forget();
        throw error;
      }
    });
  }

  private cabinetOf({ place }: FilingRequest): CmisOptions['akte']['parent'] {
    return cabinetFor(ADAPTER_TYPE, this.options.akte, place);
  }

  private ensureFolder(name: string, plan: ObjectPlan, parent: Folder, ctx: DeliveryContext): Promise<Item> {
    return this.ensure(name, plan, parent, ctx, (properties) => this.client.createFolder(parent.id, properties, ctx.signal));
  }

  /** One effect: the object is there afterwards, whoever created it. */
  private ensure(name: string, plan: ObjectPlan, parent: Folder, ctx: DeliveryContext, create: Create): Promise<Item> {
    const act = (): Promise<Item> =>
      this.ask(ctx, () => this.turns.run(plan.key, ctx.signal, () => this.foundOrCreated(plan, parent, ctx, create)));
    return ctx.once(name, { act, find: () => this.search(plan, parent, ctx) });
  }

  private async foundOrCreated(plan: ObjectPlan, parent: Folder, ctx: DeliveryContext, create: Create): Promise<Item> {
    const present = await this.search(plan, parent, ctx);
    if (present === 'cannotTell') throw ambiguous();
    if (isFound(present)) return present.found;
    for (const name of plan.names) {
      const item = await this.createdAs(name, plan, parent, ctx, create);
      if (item !== 'other') return item;
    }
    throw nameTaken();
  }

  /**
   * Creates under one name. A taken name is looked at: what is there may be this very object, made by an attempt whose answer was lost, by a
   * process that was faster, or not yet known to the repository's search.
   */
  private async createdAs(name: string, plan: ObjectPlan, parent: Folder, ctx: DeliveryContext, create: Create): Promise<Item | 'other'> {
    const properties = [{ id: 'cmis:name', values: name }, ...plan.properties];
    try {
      ctx.signal.throwIfAborted();
      return itemOf(await create(properties));
    } catch (error) {
      if (!mayBeTaken(error)) throw asDeliveryError(error, { repeatable: false, during: 'create', signal: ctx.signal });
      const there = await this.ask(ctx, () => this.finder.at(name, plan, parent, ctx.signal));
      if (there !== undefined) return there;
      throw saysTaken(error) ? takenButHidden() : asDeliveryError(error, { repeatable: false, signal: ctx.signal });
    }
  }

  /** Two effects: the document is there with its index data, and the repository holds all of its bytes. @returns id of the latest version. */
  private async ensureDocument(plan: DocumentPlan, place: Folder, request: FilingRequest, ctx: DeliveryContext): Promise<string> {
    const { document, type } = plan;
    const state = versioningStateOf(type, this.options);
    const { id } = await this.ensure(`document:${document.key}`, plan, place, ctx, (properties) =>
      this.client.createDocument(place.id, properties, state, document, ctx.signal),
    );
    return ctx.once(`content:${document.key}`, {
      act: async () => {
        const present = await this.ask(ctx, () => this.contents.latest(id, type, ctx.signal));
        if (await this.ask(ctx, () => this.contents.isAsSent(present, document, ctx.signal, isStrict(request)))) return itemOf(present).id;
        const replaced = await this.ask(ctx, () => this.contents.replace(present, type, document, ctx.signal));
        const complete = await this.complete(itemOf(replaced).id, plan, ctx, isStrict(request));
        if (!isFound(complete)) throw contentIncomplete();
        return complete.found;
      },
      find: () => this.complete(id, plan, ctx, isStrict(request)),
    });
  }

  /** Id of the document's latest version, when that is what was sent. */
  private async complete(id: string, { document, type }: DocumentPlan, ctx: DeliveryContext, strict: boolean): Promise<Found<string>> {
    return this.ask(ctx, async () => {
      const latest = await this.contents.latest(id, type, ctx.signal);
      return (await this.contents.isAsSent(latest, document, ctx.signal, strict)) ? { found: itemOf(latest).id } : 'absent';
    });
  }

  private search(plan: ObjectPlan, parent: Folder, ctx: DeliveryContext): Promise<Found<Item>> {
    return this.ask(ctx, () => this.finder.find(plan, parent, ctx.signal), 'query');
  }

  private collecting(): CmisOutbox {
    if (this.answers === undefined) throw new Error('no outbox is configured');
    return this.answers;
  }

  /** For calls that may be made again without harm. */
  private async ask<Answer>(
    ctx: Pick<DeliveryContext, 'signal'>,
    question: () => Promise<Answer>,
    during?: Call['during'],
  ): Promise<Answer> {
    try {
      ctx.signal.throwIfAborted();
      return await question();
    } catch (error) {
      throw asDeliveryError(error, { repeatable: true, signal: ctx.signal, ...(during === undefined ? {} : { during }) });
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

/** Content that may have become out of date has to be told from the present one although it is as long. */
function isStrict({ refreshes }: FilingRequest): boolean {
  return refreshes !== undefined;
}

export const adapter = defineAdapter({
  type: ADAPTER_TYPE,
  kind: 'dms',
  title: 'CMIS 1.1, browser binding; profile for nscale’s CMIS connector, not verified there',
  options: CmisOptions,
  create: (options, environment) => new CmisDms(options, environment),
});
