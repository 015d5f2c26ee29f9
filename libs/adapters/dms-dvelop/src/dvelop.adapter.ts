// SPDX-License-Identifier: EUPL-1.2
import {
  type AdapterEnvironment,
  cabinetFor,
  defineAdapter,
  type DeliverableDocument,
  type DeliveryContext,
  DmsPort,
  filedUnder,
  type FilingPreview,
  type FilingReceipt,
  type FilingRequest,
  type Found,
  isFound,
  OneAtATime,
  type PreviewedObject,
  type ProbeReport,
} from '@amtsbote/adapter-kit';

import { DvelopClient, type Hit } from './dvelop.client.js';
import {
  ADAPTER_TYPE,
  ambiguous,
  asDeliveryError,
  contentIncomplete,
  documentTooLarge,
  isNotFound,
  mayBeTaken,
  takenButHidden,
  Unfit,
} from './dvelop.errors.js';
import { checkSource, compileMapping, type DocumentPlan, type FilingPlan, inOrderOfCreation, type ObjectPlan } from './dvelop.mapping.js';
import { DvelopOptions } from './dvelop.options.js';
import { probeDvelop, ROLES } from './dvelop.probe.client.js';

/** What is remembered of an object: its id and the title a clerk sees. */
type Place = { id: string; title: string };

/** Why an object that lost a race is removed; shown in the DMS' own journal. */
const SURPLUS = 'Amtsbote: zweites Objekt mit gleichem Schlüssel, gleichzeitig angelegt und unbenutzt';
/** Shown with a version that replaces content which did not arrive completely, or is out of date. */
const SENT_AGAIN = 'Amtsbote: neue Fassung übertragen';

/** What is previewed is not called: nothing ends it. */
const NEVER = new AbortController().signal;

/** Files into d.velop documents: Akte and Vorgang as dossiers, each document with its content. */
class DvelopDms extends DmsPort {
  private readonly client: DvelopClient;
  private readonly plan: (request: FilingRequest, actKey: string) => FilingPlan;
  /** The DMS takes two objects with one key: two first applications must not both create the Akte. */
  private readonly turns = new OneAtATime();
  private readonly underWay = new Set<Promise<unknown>>();

  constructor(
    private readonly options: DvelopOptions,
    environment: AdapterEnvironment,
  ) {
    super();
    this.client = new DvelopClient(options, environment.clock);
    this.plan = compileMapping(options);
  }

  async file(request: FilingRequest, ctx: DeliveryContext): Promise<FilingReceipt> {
    return this.tracked(async () => {
      const plan = await this.planned(request, ctx);
      const cabinet = this.cabinetOf(request);
      const akte = await this.ensure('akte', plan.akte, ctx, () => this.createDossier(plan.akte, cabinet, ctx));
      const vorgang = await this.ensure('vorgang', plan.vorgang, ctx, () => this.createDossier(plan.vorgang, akte.id, ctx));
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
      for (const each of plan.documents) {
        const filed = await this.search(each, ctx);
        if (!isFound(filed)) return filed;
        if (!(await this.isComplete(filed.found.id, each.document, request, ctx))) return 'absent';
        documents.push({ key: each.document.key, id: filed.found.id });
      }
      return { found: { akte: akte.found, vorgang: vorgang.found, documents } };
    });
  }

  preview(request: FilingRequest, actKey: string): FilingPreview {
    try {
      const { akte, vorgang, documents } = this.plan(request, actKey);
      return {
        cabinet: this.cabinetOf(request) ?? '',
        akte: previewed(akte),
        vorgang: previewed(vorgang),
        documents: documents.map((each) => ({ ...previewed(each), document: each.document.key })),
      };
    } catch (error) {
      throw asDeliveryError(error, { repeatable: true, signal: NEVER });
    }
  }

  async probe(signal: AbortSignal): Promise<ProbeReport> {
    return this.tracked(() => probeDvelop(this.client, this.options, signal));
  }

  describeTarget(): string {
    const { baseUrl, repositoryId } = this.options;
    return `d.velop documents at ${baseUrl}, repository ${repositoryId}, as the owner of an API key`;
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.underWay);
    this.client.close();
  }

  /** What cannot be filed as it is (a gap in the data, a value that does not fit) is found here, before anything is written. */
  private async planned(request: FilingRequest, ctx: DeliveryContext): Promise<FilingPlan> {
    if (request.documents.some(({ size }) => size > this.options.limits.documentBytesMax)) throw documentTooLarge();
    return this.ask(ctx, async () => {
      const plan = this.plan(request, filedUnder(request, ctx.key));
      const { source } = await this.client.discovery(ctx.signal);
      if (source === undefined) return plan;
      try {
        for (const [role, name] of ROLES) checkSource(source, name, this.options[role]);
      } catch (error) {
        // Whoever corrects the source expects the next attempt to see it.
        if (error instanceof Unfit) this.client.forget();
        throw error;
      }
      return plan;
    });
  }

  /** One effect: the object is there afterwards, whoever created it. */
  private ensure(name: string, plan: ObjectPlan, ctx: DeliveryContext, create: () => Promise<string>): Promise<Place> {
    const inTurn = (): Promise<Place> =>
      this.ask(ctx, () => this.turns.run(plan.key.value, ctx.signal, () => this.foundOrCreated(plan, ctx, create)));
    return ctx.once(name, { act: inTurn, find: () => this.search(plan, ctx) });
  }

  private async foundOrCreated(plan: ObjectPlan, ctx: DeliveryContext, create: () => Promise<string>): Promise<Place> {
    const present = await this.search(plan, ctx);
    if (present === 'cannotTell') throw ambiguous();
    if (isFound(present)) return present.found;
    let id: string;
    try {
      ctx.signal.throwIfAborted();
      id = await create();
    } catch (error) {
      if (!mayBeTaken(error)) throw asDeliveryError(error, { repeatable: false, signal: ctx.signal });
      const other = await this.search(plan, ctx);
      if (!isFound(other)) throw takenButHidden();
      return other.found;
    }
    return this.settled({ id, title: plan.title }, plan, ctx);
  }

  /**
   * The DMS keeps no key unique, so another process may have created the same object between our search and our creation. Ids are running
   * numbers: the lowest stays, whoever created another one removes it before anything was put into it.
   */
  private async settled(own: Place, plan: ObjectPlan, ctx: DeliveryContext): Promise<Place> {
    const others = (await this.hits(plan, ctx)).filter(({ id }) => id !== own.id).map((hit) => placeOf(hit, plan));
    if (others.length === 0) return own;
    const [first] = inOrderOfCreation([own, ...others]) ?? [];
    if (first === undefined) throw ambiguous();
    if (first.id !== own.id) await this.remove(own.id, ctx);
    return first;
  }

  private async remove(id: string, ctx: DeliveryContext): Promise<void> {
    try {
      await this.client.remove(id, SURPLUS, ctx.signal);
    } catch (error) {
      if (!isNotFound(error)) throw asDeliveryError(error, { repeatable: true, signal: ctx.signal });
    }
  }

  /** Two effects: the document is there with its index data, and the DMS holds all of its bytes. */
  private async ensureDocument(plan: DocumentPlan, vorgangId: string, request: FilingRequest, ctx: DeliveryContext): Promise<string> {
    const { document } = plan;
    const { id } = await this.ensure(`document:${document.key}`, plan, ctx, async () => {
      const contentLocationUri = await this.laidDown(document, ctx);
      return this.client.create({ ...creationOf(plan, vorgangId), filename: plan.title, contentLocationUri }, ctx.signal);
    });
    await ctx.once(`content:${document.key}`, {
      act: async () => {
        if (await this.isComplete(id, document, request, ctx)) return true;
        const contentLocationUri = await this.laidDown(document, ctx);
        const change = { alterationText: SENT_AGAIN, filename: plan.title, contentLocationUri };
        // A new version may be one too many, it is never a second document.
        await this.ask(ctx, () => this.client.replaceContent(id, change, ctx.signal));
        if (!(await this.isComplete(id, document, request, ctx))) throw contentIncomplete();
        return true;
      },
      find: async () => ((await this.isComplete(id, document, request, ctx)) ? { found: true } : 'absent'),
    });
    return id;
  }

  private cabinetOf({ place }: FilingRequest): string | undefined {
    const { parentId, cabinets } = this.options.akte;
    return cabinetFor<string | undefined>(ADAPTER_TYPE, { parent: parentId, cabinets }, place);
  }

  private createDossier(plan: ObjectPlan, parentId: string | undefined, ctx: DeliveryContext): Promise<string> {
    return this.client.create(creationOf(plan, parentId), ctx.signal);
  }

  /** Content without an object harms nobody: the server throws it away. */
  private laidDown(document: DeliverableDocument, ctx: DeliveryContext): Promise<string> {
    return this.ask(ctx, () => this.client.upload(document, ctx.signal));
  }

  private hits(plan: ObjectPlan, ctx: DeliveryContext): Promise<Hit[]> {
    return this.ask(ctx, () => this.client.search(plan, ctx.signal));
  }

  /** Of several dossiers with one key the first counts when the others are empty: what a process left behind that died in a race. */
  private async search(plan: ObjectPlan, ctx: DeliveryContext): Promise<Found<Place>> {
    const hits = await this.hits(plan, ctx);
    const [first, ...surplus] = hits.length > 1 ? (inOrderOfCreation(hits) ?? hits) : hits;
    if (first === undefined) return 'absent';
    if (surplus.length > 0 && (plan.titleProperty === undefined || inOrderOfCreation(hits) === undefined)) return 'cannotTell';
    for (const { id } of surplus) {
      if ((await this.ask(ctx, () => this.client.isEmpty(id, ctx.signal))) !== true) return 'cannotTell';
    }
    return { found: placeOf(first, plan) };
  }

  private async isComplete(
    id: string,
    document: DeliverableDocument,
    { refreshes }: FilingRequest,
    ctx: DeliveryContext,
  ): Promise<boolean> {
    // Content that may have become out of date has to be told from the present one although it is as long.
    const by = refreshes === undefined ? this.options.document.verify : 'content';
    return this.ask(ctx, async () => {
      const stored = await this.client.content(id, by, ctx.signal);
      return stored !== undefined && stored.length === document.size && (stored.sha512 ?? document.sha512) === document.sha512;
    });
  }

  /** For calls that may be made again without harm. */
  private async ask<Answer>(ctx: DeliveryContext, question: () => Promise<Answer>): Promise<Answer> {
    try {
      ctx.signal.throwIfAborted();
      return await question();
    } catch (error) {
      throw asDeliveryError(error, { repeatable: true, signal: ctx.signal });
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

function previewed({ category, key, title, properties }: ObjectPlan): PreviewedObject {
  return { key: key.value, title, class: category, properties: properties.map(({ key: name, values }) => ({ name, values })) };
}

function creationOf({ category, properties }: ObjectPlan, parentId: string | undefined) {
  return { sourceCategory: category, sourceProperties: { properties }, ...(parentId === undefined ? {} : { parentId }) };
}

function placeOf({ id, title }: Hit, plan: ObjectPlan): Place {
  return { id, title: title ?? plan.title };
}

export const adapter = defineAdapter({
  type: ADAPTER_TYPE,
  kind: 'dms',
  title: 'd.velop documents (d.3), also below codia DMS; HAL interface of the DMS app',
  options: DvelopOptions,
  create: (options, environment) => new DvelopDms(options, environment),
});
