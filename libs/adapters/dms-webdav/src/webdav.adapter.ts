// SPDX-License-Identifier: EUPL-1.2
import type { Readable } from 'node:stream';

import {
  type AdapterEnvironment,
  type AnswerPage,
  cabinetFor,
  defineAdapter,
  type DeliveryContext,
  DmsOutboxPort,
  type FilingPreview,
  type FilingReceipt,
  type FilingRequest,
  folderOwnerIn,
  type Found,
  isFound,
  type Outbox,
  type ProbeReport,
  type StoredDocument,
  type WaitingAnswer,
} from '@amtsbote/adapter-kit';

import { type Segments, WebdavClient } from './webdav.client.js';
import { ADAPTER_TYPE, asDeliveryError, contentIncomplete, documentTooLarge, folderTaken, nameTaken, notAFolder } from './webdav.errors.js';
import { compileMapping, CONTENTS_FILE, type FilingPlan, PART_NAME, partName, previewOfPlan } from './webdav.mapping.js';
import { WebdavOptions } from './webdav.options.js';
import { WebdavOutbox } from './webdav.outbox.client.js';
import { probeWebdav } from './webdav.probe.client.js';

/** What is previewed is not called: nothing ends it. */
const NEVER = new AbortController().signal;

/** What is to lie under a name, and how to open it. */
interface Content {
  readonly size: number;
  readonly sha512: string;
  readonly mediaType: string;
  open(): Promise<Readable | string>;
}

/** Files into folders of a WebDAV server: Akte > Vorgang > files, with a list of contents in each Vorgang. */
class WebdavDms extends DmsOutboxPort {
  override readonly outbox: Outbox | null;
  private readonly answers: WebdavOutbox | undefined;
  private readonly client: WebdavClient;
  private readonly plan: (request: FilingRequest, actKey: string) => FilingPlan;
  private readonly underWay = new Set<Promise<unknown>>();

  constructor(
    private readonly options: WebdavOptions,
    environment: AdapterEnvironment,
  ) {
    super();
    this.client = new WebdavClient(options, environment.clock);
    this.plan = compileMapping(options);
    this.answers = options.outbox === undefined ? undefined : new WebdavOutbox(this.client, options.outbox);
    this.outbox = this.answers?.shape ?? null;
  }

  async file(request: FilingRequest, ctx: DeliveryContext): Promise<FilingReceipt> {
    return this.tracked(async () => {
      const plan = await this.planned(request, ctx);
      await this.ensureFolder('akte', [plan.akte], ctx);
      await this.ensureFolder('vorgang', [plan.akte, plan.vorgang], ctx);
      if (plan.folder.length > 2) await this.ensureFolder('folder', plan.folder, ctx);
      await this.ensureContents(plan, ctx);
      for (const document of plan.documents) await this.ensureDocument(plan, document, ctx);
      if (ctx.attempt > 1) await this.sweep(plan, ctx);
      return this.receiptOf(plan);
    });
  }

  async find(request: FilingRequest, ctx: DeliveryContext): Promise<Found<FilingReceipt>> {
    return this.tracked(async () => {
      const plan = await this.planned(request, ctx);
      const contents = await this.findContents(plan, ctx);
      if (!isFound(contents)) return contents;
      for (const { document, storedAs } of plan.documents) {
        if (!(await this.isThere([...plan.folder, storedAs], document, ctx))) return 'absent';
      }
      return { found: this.receiptOf(plan) };
    });
  }

  preview(request: FilingRequest, actKey: string): FilingPreview {
    try {
      // One cabinet per instance: its folder.
      cabinetFor(ADAPTER_TYPE, { parent: '', cabinets: {} }, request.place);
      return previewOfPlan(this.plan(request, actKey), this.options.baseUrl);
    } catch (error) {
      throw asDeliveryError(error, { repeatable: true, signal: NEVER });
    }
  }

  async list(from: string | null, signal: AbortSignal): Promise<AnswerPage> {
    return this.collecting(signal, (outbox) => outbox.list(from, signal));
  }

  async read(answer: WaitingAnswer, signal: AbortSignal): Promise<Readable | 'gone'> {
    return this.collecting(signal, (outbox) => outbox.read(answer, signal));
  }

  /** May be made again: what was moved is not there any more. */
  async acknowledge(answer: WaitingAnswer, signal: AbortSignal): Promise<void> {
    return this.collecting(signal, (outbox) => outbox.acknowledge(answer, signal));
  }

  async probe(signal: AbortSignal): Promise<ProbeReport> {
    return this.tracked(() => probeWebdav(this.client, signal));
  }

  describeTarget(): string {
    return `WebDAV folder ${this.options.baseUrl}, as ${this.options.username}`;
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.underWay);
    this.client.close();
  }

  /** A gap in the data and a document above the limit are found here, before anything is written. */
  private async planned(request: FilingRequest, ctx: DeliveryContext): Promise<FilingPlan> {
    if (request.documents.some(({ size }) => size > this.options.limits.documentBytesMax)) throw documentTooLarge();
    cabinetFor(ADAPTER_TYPE, { parent: '', cabinets: {} }, request.place);
    return this.ask(ctx, async () => this.plan(request, ctx.key));
  }

  private receiptOf(plan: FilingPlan): FilingReceipt {
    const place = (at: Segments): { id: string; title: string } => ({ id: this.client.decodedPath(at), title: at.at(-1) ?? '' });
    return {
      akte: place([plan.akte]),
      vorgang: place([plan.akte, plan.vorgang]),
      documents: plan.documents.map(({ document, storedAs }) => ({
        key: document.key,
        id: this.client.decodedPath([...plan.folder, storedAs]),
      })),
    };
  }

  /** One effect: the folder is there afterwards, whoever made it. The name is the key: the server itself lets nobody make it twice. */
  private async ensureFolder(name: string, at: Segments, ctx: DeliveryContext): Promise<void> {
    const isThere = async (): Promise<boolean> => {
      const resource = await this.ask(ctx, () => this.client.look(at, 'folder', ctx.signal));
      if (resource?.isCollection === false) throw notAFolder();
      return resource !== undefined;
    };
    await ctx.once(name, {
      act: async () => {
        if (await isThere()) return true;
        const made = await this.write(ctx, () => this.client.makeFolder(at, ctx.signal));
        if (!made && !(await isThere())) throw notAFolder();
        return true;
      },
      find: async () => ((await isThere()) ? { found: true } : 'absent'),
    });
  }

  /** One effect: the folder says what will lie in it and whose it is, before anything does. */
  private async ensureContents(plan: FilingPlan, ctx: DeliveryContext): Promise<void> {
    const at = [...plan.folder, CONTENTS_FILE];
    const content = {
      size: Buffer.byteLength(plan.contents),
      sha512: '',
      mediaType: 'application/json',
      open: async () => plan.contents,
    };
    await ctx.once('contents', {
      act: async () => {
        if (isFound(await this.findContents(plan, ctx))) return true;
        await this.place(plan, 'contents', content, at, ctx);
        // Also when another attempt of this act, or another application, was faster.
        if (!isFound(await this.findContents(plan, ctx))) throw contentIncomplete();
        return true;
      },
      find: () => this.findContents(plan, ctx),
    });
  }

  /** @throws DeliveryError when the folder belongs to another application. */
  private async findContents(plan: FilingPlan, ctx: DeliveryContext): Promise<Found<true>> {
    const present = await this.ask(ctx, () => this.client.read([...plan.folder, CONTENTS_FILE], ctx.signal));
    if (present === undefined) return 'absent';
    if (present.toString('utf8') === plan.contents) return { found: true };
    const [there, ours] = [folderOwnerIn(present), folderOwnerIn(plan.contents)];
    if (there === undefined || there.application !== ours?.application || there.act !== ours.act) throw folderTaken();
    // Index data that the configuration changed meanwhile, or that a clerk corrected, stay as they are.
    return { found: true };
  }

  /** One effect: the document lies there, complete, under its name. Until then it has another one. */
  private async ensureDocument(plan: FilingPlan, { document, storedAs }: StoredDocument, ctx: DeliveryContext): Promise<void> {
    const at = [...plan.folder, storedAs];
    await ctx.once(`document:${document.key}`, {
      act: async () => {
        if (await this.isThere(at, document, ctx)) return true;
        if (await this.place(plan, document.key, document, at, ctx)) return true;
        if (!(await this.isThere(at, document, ctx))) throw contentIncomplete();
        return true;
      },
      find: async () => ((await this.isThere(at, document, ctx)) ? { found: true } : 'absent'),
    });
  }

  /**
   * Sends under a name of this attempt alone, looks at what the server kept, and then gives it its name.
   * @returns false when the name is taken, the server kept something else, or another attempt that was done swept the part away.
   */
  private async place(plan: FilingPlan, what: string, content: Content, at: Segments, ctx: DeliveryContext): Promise<boolean> {
    const part = [...plan.folder, partName(ctx.key, what, ctx.attempt)];
    const { size, mediaType } = content;
    await this.write(ctx, async () => this.client.write(part, { size, mediaType, body: await content.open() }, ctx.signal));
    const kept = await this.ask(ctx, () => this.client.look(part, 'file', ctx.signal));
    const isWhole = kept?.length === size && (content.sha512 === '' || (await this.hasSameBytes(part, content, ctx)));
    if (isWhole && (await this.write(ctx, () => this.client.rename(part, at, false, ctx.signal)))) return true;
    await this.discard(part, ctx);
    return false;
  }

  /** @throws DeliveryError when something else has this name. */
  private async isThere(at: Segments, content: Pick<Content, 'size' | 'sha512'>, ctx: DeliveryContext): Promise<boolean> {
    const resource = await this.ask(ctx, () => this.client.look(at, 'file', ctx.signal));
    if (resource === undefined) return false;
    if (resource.length === content.size && (await this.hasSameBytes(at, content, ctx))) return true;
    throw nameTaken();
  }

  private async hasSameBytes(at: Segments, { sha512 }: Pick<Content, 'sha512'>, ctx: DeliveryContext): Promise<boolean> {
    if (this.options.verify === 'length') return true;
    return (await this.ask(ctx, () => this.client.hash(at, ctx.signal))) === sha512;
  }

  /** Parts that earlier attempts left. One that its late owner still sends is missed by nobody: the document is there. */
  private async sweep(plan: FilingPlan, ctx: DeliveryContext): Promise<void> {
    const names = await this.ask(ctx, () => this.client.list(plan.folder, ctx.signal));
    for (const name of names.filter((one) => PART_NAME.test(one))) await this.discard([...plan.folder, name], ctx);
  }

  private discard(at: Segments, ctx: DeliveryContext): Promise<void> {
    return this.ask(ctx, () => this.client.remove(at, ctx.signal));
  }

  private async collecting<Result>(signal: AbortSignal, act: (outbox: WebdavOutbox) => Promise<Result>): Promise<Result> {
    const { answers } = this;
    if (answers === undefined) throw new Error('no outbox is configured');
    return this.tracked(async () => {
      try {
        signal.throwIfAborted();
        return await act(answers);
      } catch (error) {
        throw asDeliveryError(error, { repeatable: true, signal });
      }
    });
  }

  /** A call that changes nothing, or that may be made again. */
  private ask<Answer>(ctx: DeliveryContext, question: () => Promise<Answer>): Promise<Answer> {
    return this.call(ctx, true, question);
  }
  private write<Answer>(ctx: DeliveryContext, act: () => Promise<Answer>): Promise<Answer> {
    return this.call(ctx, false, act);
  }
  private async call<Answer>(ctx: DeliveryContext, repeatable: boolean, question: () => Promise<Answer>): Promise<Answer> {
    try {
      ctx.signal.throwIfAborted();
      return await question();
    } catch (error) {
      throw asDeliveryError(error, { repeatable, signal: ctx.signal });
    }
  }

  private async tracked<Result>(run: () => Promise<Result>): Promise<Result> {
    const work = run();
    this.underWay.add(work);
    try {
      return await work;
    } finally {
      this.underWay.delete(work);
    }
  }
}

export const adapter = defineAdapter({
  type: ADAPTER_TYPE,
  kind: 'dms',
  title: 'WebDAV (RFC 4918): Apache, Nextcloud and others',
  options: WebdavOptions,
  create: (options, environment) => new WebdavDms(options, environment),
});
