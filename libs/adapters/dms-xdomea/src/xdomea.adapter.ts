// SPDX-License-Identifier: EUPL-1.2
import {
  cabinetFor,
  defineAdapter,
  type DeliveryContext,
  DmsPort,
  type FilingPreview,
  type FilingReceipt,
  type FilingRequest,
  type FolderKeeper,
  type Found,
  nameHash,
  partName,
  type ProbeReport,
} from '@amtsbote/adapter-kit';
import { xsdSchema } from '@amtsbote/adapter-kit/xsd';

import { type Drop, dropOf } from './xdomea.drop.client.js';
import {
  ADAPTER_TYPE,
  asDeliveryError,
  contentIncomplete,
  documentTooLarge,
  messageGone,
  nameTaken,
  schemaViolated,
} from './xdomea.errors.js';
import { compileMapping, type MessagePlan, previewOfPlan } from './xdomea.mapping.js';
import { XdomeaOptions } from './xdomea.options.js';
import { type Package, packageOf } from './xdomea.package.client.js';

/** What is previewed is not called: nothing ends it. */
const NEVER = new AbortController().signal;

/** A message ready to be sent. */
interface Ready {
  readonly plan: MessagePlan;
  readonly content: Package;
  /** Name of the ZIP. */
  readonly name: string;
}

/** Hands filings to a DMS as xdomea messages: one ZIP for each act, complete and at once in an agreed folder. */
class XdomeaDms extends DmsPort {
  private readonly drop: Drop;
  private readonly plan: (request: FilingRequest, actKey: string) => MessagePlan;

  constructor(private readonly options: XdomeaOptions) {
    super();
    this.drop = dropOf(options.drop);
    this.plan = compileMapping(options);
  }

  async file(request: FilingRequest, ctx: DeliveryContext): Promise<FilingReceipt> {
    return this.drop.during(ctx.signal, async (folder) => {
      const ready = await this.ready(request, ctx);
      const { part } = await ctx.once('upload', {
        act: async () => ({ part: await this.upload(ready, folder, ctx) }),
        find: () => this.findUploaded(ready, folder, ctx),
      });
      await ctx.once('drop', {
        act: () => this.dropNow(ready, part, folder, ctx),
        find: () => this.findDropped(ready, part, folder, ctx),
      });
      if (ctx.attempt > 1) await this.sweep(folder, ctx);
      return receiptOf(ready.plan);
    });
  }

  async find(request: FilingRequest, ctx: DeliveryContext): Promise<Found<FilingReceipt>> {
    return this.drop.during(ctx.signal, async (folder) => {
      const ready = await this.ready(request, ctx);
      // Not there may also mean: imported already. Only the memory of the effects can tell, see `findDropped`.
      return (await this.isThere(ready, folder, ctx)) ? { found: receiptOf(ready.plan) } : 'absent';
    });
  }

  preview(request: FilingRequest, actKey: string): FilingPreview {
    try {
      return previewOfPlan(this.planned(request, actKey));
    } catch (error) {
      throw asDeliveryError(error, { repeatable: true, signal: NEVER });
    }
  }

  async probe(signal: AbortSignal): Promise<ProbeReport> {
    const { schema } = this.options;
    const { ok, checks } = await this.drop.probe(signal);
    if (schema === undefined) return { ok, checks };
    const name = `schema ${schema.entry}`;
    try {
      await xsdSchema(schema);
      return { ok, checks: [...checks, { name, ok: true, detail: 'can be used' }] };
    } catch (error) {
      return { ok: false, checks: [...checks, { name, ok: false, detail: error instanceof Error ? error.message : 'failed' }] };
    }
  }

  describeTarget(): string {
    return `xdomea ${this.options.version} (${this.options.message}) in the ${this.drop.description}`;
  }

  async close(): Promise<void> {
    await this.drop.close();
  }

  /** A gap in the data, a document above the limit and a message that its schema refuses are found here, before anything is written. */
  private async ready(request: FilingRequest, ctx: DeliveryContext): Promise<Ready> {
    const { schema } = this.options;
    return this.ask(ctx, async () => {
      const plan = this.planned(request, ctx.key);
      const violation = schema === undefined ? undefined : (await xsdSchema(schema)).violationIn(plan.xml);
      if (violation !== undefined) throw schemaViolated(violation);
      return { plan, content: await packageOf(plan), name: `${plan.stem}.zip` };
    });
  }

  private planned(request: FilingRequest, actKey: string): MessagePlan {
    if (request.documents.some(({ size }) => size > this.options.limits.documentBytesMax)) throw documentTooLarge();
    // One folder takes the messages of all Akten: where they go is the DMS' own.
    cabinetFor(ADAPTER_TYPE, { parent: '', cabinets: {} }, request.place);
    return this.plan(request, actKey);
  }

  /** Sends the ZIP under a hidden name of this attempt. @returns that name. */
  private async upload(ready: Ready, folder: FolderKeeper, ctx: DeliveryContext): Promise<string> {
    const part = partName(ctx.key, PART, ctx.attempt);
    // The house may have forgotten what the folder has not.
    if (await this.isThere(ready, folder, ctx)) return part;
    const { size } = ready.content;
    await this.ask(ctx, () => folder.write([part], { size, mediaType: 'application/zip', body: ready.content.open() }));
    const kept = await this.ask(ctx, () => folder.look([part], 'file'));
    if (kept?.size !== size) {
      await this.ask(ctx, () => folder.remove([part]));
      throw contentIncomplete();
    }
    return part;
  }

  /** What an attempt sent that died before it was written down. One that died while it sent is begun anew, beside what it left. */
  private async findUploaded({ content }: Ready, folder: FolderKeeper, ctx: DeliveryContext): Promise<Found<{ part: string }>> {
    for (const part of await this.parts(folder, ctx)) {
      const there = await this.ask(ctx, () => folder.look([part], 'file'));
      if (there?.size === content.size) return { found: { part } };
    }
    return 'absent';
  }

  /** One step: before it nothing is there for the DMS, after it everything. */
  private async dropNow(ready: Ready, part: string, folder: FolderKeeper, ctx: DeliveryContext): Promise<true> {
    if (!(await this.isThere(ready, folder, ctx))) {
      const dropped = await this.call(ctx, false, () => folder.rename([part], [ready.name]));
      if (dropped) return true;
      // Another owner of this act was faster, and the DMS may have been faster still.
      if (!(await this.isThere(ready, folder, ctx))) throw messageGone();
    }
    await this.ask(ctx, () => folder.remove([part]));
    return true;
  }

  /** After a lost answer: still under its hidden name, there under its own, or neither: then it may have been imported already. */
  private async findDropped(ready: Ready, part: string, folder: FolderKeeper, ctx: DeliveryContext): Promise<Found<true>> {
    if (await this.isThere(ready, folder, ctx)) return { found: true };
    return (await this.ask(ctx, () => folder.look([part], 'file'))) === undefined ? 'cannotTell' : 'absent';
  }

  /** @throws DeliveryError when something else has this name. */
  private async isThere({ name, content }: Ready, folder: FolderKeeper, ctx: DeliveryContext): Promise<boolean> {
    const there = await this.ask(ctx, () => folder.look([name], 'file'));
    if (there === undefined) return false;
    if (there.isFolder || there.size !== content.size) throw nameTaken();
    return true;
  }

  /** What attempts of this act that died left. */
  private async sweep(folder: FolderKeeper, ctx: DeliveryContext): Promise<void> {
    for (const name of await this.parts(folder, ctx)) await this.ask(ctx, () => folder.remove([name]));
  }

  /** Hidden names of this act. */
  private async parts(folder: FolderKeeper, ctx: DeliveryContext): Promise<string[]> {
    const ours = `.amtsbote-${nameHash(`${ctx.key}/${PART}`, 16)}-`;
    return (await this.ask(ctx, () => folder.list([]))).filter((name) => name.startsWith(ours));
  }

  /** A call that changes nothing for the DMS, or that may be made again. */
  private ask<Answer>(ctx: DeliveryContext, question: () => Promise<Answer>): Promise<Answer> {
    return this.call(ctx, true, question);
  }
  private async call<Answer>(ctx: DeliveryContext, repeatable: boolean, question: () => Promise<Answer>): Promise<Answer> {
    try {
      ctx.signal.throwIfAborted();
      return await question();
    } catch (error) {
      throw asDeliveryError(error, { repeatable, signal: ctx.signal });
    }
  }
}

/** What a hidden file is a part of. */
const PART = 'message';

function receiptOf({ akte, vorgang, files }: MessagePlan): FilingReceipt {
  return {
    akte: { id: akte.id, title: akte.title },
    vorgang: { id: vorgang.id, title: vorgang.title },
    documents: files.map(({ document, shown }) => ({ key: document.key, id: shown.id })),
  };
}

export const adapter = defineAdapter({
  type: ADAPTER_TYPE,
  kind: 'dms',
  title: 'xdomea messages in a folder (3.0.0 and 4.0.0; 0605, 0101)',
  options: XdomeaOptions,
  create: (options) => new XdomeaDms(options),
});
