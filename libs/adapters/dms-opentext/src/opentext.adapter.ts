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

import { OpentextClient } from './opentext.client.js';
import {
  ADAPTER_TYPE,
  ambiguous,
  asDeliveryError,
  contentIncomplete,
  documentTooLarge,
  mayBeTaken,
  otherKind,
  reserved,
} from './opentext.errors.js';
import { compileMapping, creationOf, type DocumentPlan, type FilingPlan, KIND, type ObjectPlan } from './opentext.mapping.js';
import { OpentextOptions } from './opentext.options.js';
import { cabinetOf, probeOpentext } from './opentext.probe.client.js';

/** What is remembered of an object: its id and the name a clerk sees. */
type Place = { id: string; title: string };

/** What is previewed is not called: nothing ends it. */
const NEVER = new AbortController().signal;

/** Files into folders of Content Server: Akte and Vorgang as folders, each document with its content. Names are unique in a folder. */
class OpentextDms extends DmsPort {
  private readonly client: OpentextClient;
  private readonly plan: (request: FilingRequest, actKey: string) => FilingPlan;
  /** Spares the server creations that are bound to be refused. */
  private readonly turns = new OneAtATime();
  private readonly underWay = new Set<Promise<unknown>>();

  constructor(
    private readonly options: OpentextOptions,
    environment: AdapterEnvironment,
  ) {
    super();
    this.client = new OpentextClient(options, environment.clock, environment.randomness);
    this.plan = compileMapping(options);
  }

  async file(request: FilingRequest, ctx: DeliveryContext): Promise<FilingReceipt> {
    return this.tracked(async () => {
      const plan = await this.planned(request, ctx);
      const cabinet = await this.ask(ctx, () => cabinetOf(this.client, this.parentOf(request), ctx.signal));
      const akte = await this.ensureFolder('akte', plan.akte, cabinet, ctx);
      const vorgang = await this.ensureFolder('vorgang', plan.vorgang, akte.id, ctx);
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
      const cabinet = await this.ask(ctx, () => cabinetOf(this.client, this.parentOf(request), ctx.signal));
      const akte = await this.search(plan.akte, KIND.folder, cabinet, ctx);
      if (!isFound(akte)) return akte;
      const vorgang = await this.search(plan.vorgang, KIND.folder, akte.found.id, ctx);
      if (!isFound(vorgang)) return vorgang;
      const documents: { key: string; id: string }[] = [];
      for (const each of plan.documents) {
        const filed = await this.search(each, KIND.document, vorgang.found.id, ctx);
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
      const parent = this.parentOf(request);
      return {
        cabinet: 'id' in parent ? parent.id : parent.path,
        akte: previewed(akte),
        vorgang: previewed(vorgang),
        documents: documents.map((each) => ({ ...previewed(each), document: each.document.key })),
      };
    } catch (error) {
      throw asDeliveryError(error, { repeatable: true, signal: NEVER });
    }
  }

  async probe(signal: AbortSignal): Promise<ProbeReport> {
    return this.tracked(() => probeOpentext(this.client, this.options, signal));
  }

  describeTarget(): string {
    const { baseUrl, username } = this.options;
    return `OpenText Content Server at ${baseUrl}, as ${username}`;
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.underWay);
    this.client.close();
  }

  /** A gap in the data and a document above the limit are found here, before anything is written. */
  private async planned(request: FilingRequest, ctx: DeliveryContext): Promise<FilingPlan> {
    if (request.documents.some(({ size }) => size > this.options.limits.documentBytesMax)) throw documentTooLarge();
    return this.ask(ctx, async () => this.plan(request, filedUnder(request, ctx.key)));
  }

  private parentOf({ place }: FilingRequest): OpentextOptions['akte']['parent'] {
    return cabinetFor(ADAPTER_TYPE, this.options.akte, place);
  }

  private ensureFolder(name: string, plan: ObjectPlan, parentId: string, ctx: DeliveryContext): Promise<Place> {
    const create = (): Promise<string> => this.client.createFolder(creationOf(plan, parentId), ctx.signal);
    return this.ensure(name, plan, { type: KIND.folder, parentId }, ctx, create);
  }

  /** One effect: the object is there afterwards, whoever created it. */
  private ensure(
    name: string,
    plan: ObjectPlan,
    { type, parentId }: { type: number; parentId: string },
    ctx: DeliveryContext,
    create: () => Promise<string>,
  ): Promise<Place> {
    const search = (): Promise<Found<Place>> => this.search(plan, type, parentId, ctx);
    const act = async (): Promise<Place> => {
      const present = await search();
      if (present === 'cannotTell') throw ambiguous();
      if (isFound(present)) return present.found;
      try {
        ctx.signal.throwIfAborted();
        return { id: await create(), title: plan.name };
      } catch (error) {
        // Another process may have been faster between our search and our creation: names are unique in a folder.
        const other = mayBeTaken(error) ? await search() : 'absent';
        if (isFound(other)) return other.found;
        throw asDeliveryError(error, { repeatable: false, signal: ctx.signal });
      }
    };
    const inTurn = (): Promise<Place> => this.ask(ctx, () => this.turns.run(`${parentId}/${plan.name}`, ctx.signal, act));
    return ctx.once(name, { act: inTurn, find: search });
  }

  /** Two effects: the document is there with its index data, and Content Server holds all of its bytes. */
  private async ensureDocument(plan: DocumentPlan, vorgangId: string, request: FilingRequest, ctx: DeliveryContext): Promise<string> {
    const { document } = plan;
    const create = (): Promise<string> => this.client.createDocument(creationOf(plan, vorgangId), document, ctx.signal);
    const { id } = await this.ensure(`document:${document.key}`, plan, { type: KIND.document, parentId: vorgangId }, ctx, create);
    await ctx.once(`content:${document.key}`, {
      act: async () => {
        if (await this.isComplete(id, document, request, ctx)) return true;
        if ((await this.ask(ctx, () => this.client.node(id, ctx.signal))).reserved === true) throw reserved();
        // A new version may be one too many, it is never a second document.
        await this.ask(ctx, () => this.client.addVersion(id, document, ctx.signal));
        if (!(await this.isComplete(id, document, request, ctx))) throw contentIncomplete();
        return true;
      },
      find: async () => ((await this.isComplete(id, document, request, ctx)) ? { found: true } : 'absent'),
    });
    return id;
  }

  private async search(plan: ObjectPlan, type: number, parentId: string, ctx: DeliveryContext): Promise<Found<Place>> {
    const nodes = await this.ask(ctx, () => this.client.children(parentId, plan.name, ctx.signal));
    const [first, second] = nodes;
    if (second !== undefined) return 'cannotTell';
    if (first === undefined) return 'absent';
    if (first.type !== type) throw otherKind();
    return { found: { id: first.id, title: first.name } };
  }

  private async isComplete(
    id: string,
    document: DeliverableDocument,
    { refreshes }: FilingRequest,
    ctx: DeliveryContext,
  ): Promise<boolean> {
    return this.ask(ctx, async () => {
      if ((await this.client.length(id, ctx.signal)) !== document.size) return false;
      // Content that may have become out of date has to be told from the present one although it is as long.
      if (this.options.document.verify === 'length' && refreshes === undefined) return true;
      const { length, sha512 } = await this.client.measure(id, ctx.signal);
      return length === document.size && sha512 === document.sha512;
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

function previewed({ name, key, categories }: ObjectPlan): PreviewedObject {
  const attributes = Object.values(categories).flatMap((each) => Object.entries(each));
  return {
    ...{ key, title: name, class: Object.keys(categories).join(', ') },
    properties: attributes.map(([attribute, value]) => ({ name: attribute, values: typeof value === 'string' ? [value] : value })),
  };
}

export const adapter = defineAdapter({
  type: ADAPTER_TYPE,
  kind: 'dms',
  title: 'OpenText Content Server, REST; not verified at an installation',
  options: OpentextOptions,
  create: (options, environment) => new OpentextDms(options, environment),
});
