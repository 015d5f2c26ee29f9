// SPDX-License-Identifier: EUPL-1.2
import {
  defineAdapter,
  type DeliveryContext,
  ExportPort,
  type ExportReceipt,
  type ExportRequest,
  folderOwnerIn,
  type Found,
  type ProbeReport,
  type StoredDocument,
} from '@amtsbote/adapter-kit';
import { type OpenSession, SftpConnections } from '@amtsbote/adapter-kit/sftp';

import {
  ADAPTER_TYPE,
  asDeliveryError,
  contentIncomplete,
  documentTooLarge,
  folderTaken,
  partGone,
  saysFailure,
} from './file-drop.errors.js';
import { compileMapping, type DropPlan, partPath, partPrefix } from './file-drop.mapping.js';
import { FileDropOptions } from './file-drop.options.js';

/** Puts each application as one folder where a Fachverfahren looks: complete and at once, or not at all. */
class FileDrop extends ExportPort {
  private readonly plan: (request: ExportRequest, actKey: string) => DropPlan;
  private readonly connections: SftpConnections;

  constructor(private readonly options: FileDropOptions) {
    super();
    this.plan = compileMapping(options);
    this.connections = new SftpConnections(options);
  }

  async deliver(request: ExportRequest, ctx: DeliveryContext): Promise<ExportReceipt> {
    return this.connections.during(ctx.signal, async (connect) => {
      const plan = await this.planned(request, ctx);
      const { part } = await ctx.once('upload', {
        act: async () => ({ part: await this.upload(plan, await this.repeatable(ctx, connect), ctx) }),
        // An attempt that died while it sent is begun anew, beside what it left: nobody looks at a hidden folder.
        find: async () => 'absent',
      });
      return ctx.once('drop', {
        act: async () => this.drop(plan, part, await this.repeatable(ctx, connect), ctx),
        find: async () => this.findDropped(plan, part, await this.repeatable(ctx, connect), ctx),
      });
    });
  }

  async find(request: ExportRequest, ctx: DeliveryContext): Promise<Found<ExportReceipt>> {
    return this.connections.during(ctx.signal, async (connect) => {
      const plan = await this.planned(request, ctx);
      const there = await this.ownFolder(plan, await this.repeatable(ctx, connect), ctx);
      // Not there may also mean: collected already. Only the memory of the effects can tell, see `findDropped`.
      return there ? { found: { id: plan.final } } : 'absent';
    });
  }

  async probe(signal: AbortSignal): Promise<ProbeReport> {
    const name = 'folder';
    const { directory } = this.options;
    try {
      return await this.connections.during(signal, async (connect) => {
        const there = await (await connect()).look(directory);
        if (there?.isFolder === true) return { ok: true, checks: [{ name, ok: true, detail: 'is there' }] };
        return { ok: false, checks: [{ name, ok: false, detail: there === undefined ? 'is not there' : 'is a file' }] };
      });
    } catch (error) {
      const failure = asDeliveryError(error, { repeatable: true, signal });
      return { ok: false, checks: [{ name, ok: false, detail: failure instanceof Error ? failure.message : 'failed' }] };
    }
  }

  describeTarget(): string {
    const { username, host, port, directory } = this.options;
    return `folder ${directory} at sftp://${username}@${host}:${port}`;
  }

  async close(): Promise<void> {
    await this.connections.close();
  }

  /** A document above the limit and an application without a name for its folder are found here, before anything is written. */
  private async planned(request: ExportRequest, ctx: DeliveryContext): Promise<DropPlan> {
    if (request.documents.some(({ size }) => size > this.options.limits.documentBytesMax)) throw documentTooLarge();
    return this.repeatable(ctx, async () => this.plan(request, ctx.key));
  }

  /** Sends everything into a hidden folder of this attempt. @returns its path. */
  private async upload(plan: DropPlan, session: OpenSession, ctx: DeliveryContext): Promise<string> {
    const part = partPath(this.options.directory, ctx.key, ctx.attempt);
    await this.repeatable(ctx, () => session.makeFolder(part));
    for (const document of plan.documents) await this.send(part, document, session, ctx);
    for (const { name, text } of plan.lists) await this.repeatable(ctx, () => session.write(`${part}/${name}`, text));
    if (ctx.attempt > 1) await this.repeatable(ctx, () => this.sweep(part, session, ctx));
    return part;
  }

  private async send(part: string, { document, storedAs }: StoredDocument, session: OpenSession, ctx: DeliveryContext): Promise<void> {
    const path = `${part}/${storedAs}`;
    const stream = await document.open();
    try {
      const written = await this.repeatable(ctx, () => session.write(path, stream));
      const kept = await this.repeatable(ctx, () => session.look(path));
      if (written !== document.size || kept?.size !== document.size) throw contentIncomplete();
    } finally {
      stream.destroy();
    }
  }

  /** One step: before it nothing is there for the Fachverfahren, after it everything. */
  private async drop(plan: DropPlan, part: string, session: OpenSession, ctx: DeliveryContext): Promise<{ id: string }> {
    if (await this.ownFolder(plan, session, ctx)) return { id: plan.final };
    try {
      await this.call(ctx, false, () => session.rename(part, plan.final));
    } catch (error) {
      if (!saysFailure(error)) throw error;
      // Somebody was faster with this name, or what was to get it is gone.
      if (await this.ownFolder(plan, session, ctx)) return { id: plan.final };
      if ((await this.repeatable(ctx, () => session.look(part))) === undefined) throw partGone();
      throw error;
    }
    return { id: plan.final };
  }

  /** After a lost answer: still under its hidden name, there under its own, or neither: then it may have been collected already. */
  private async findDropped(plan: DropPlan, part: string, session: OpenSession, ctx: DeliveryContext): Promise<Found<{ id: string }>> {
    if (await this.ownFolder(plan, session, ctx)) return { found: { id: plan.final } };
    return (await this.repeatable(ctx, () => session.look(part))) === undefined ? 'cannotTell' : 'absent';
  }

  /** @throws DeliveryError when something else has the name. */
  private async ownFolder(plan: DropPlan, session: OpenSession, ctx: DeliveryContext): Promise<boolean> {
    const there = await this.repeatable(ctx, () => session.look(plan.final));
    if (there === undefined) return false;
    const contents = there.isFolder ? await this.repeatable(ctx, () => session.read(plan.contents)) : undefined;
    const owner = contents === undefined ? undefined : folderOwnerIn(contents);
    if (owner?.act === ctx.key) return true;
    throw folderTaken();
  }

  /** What attempts that died left of this hand-over. */
  private async sweep(part: string, session: OpenSession, ctx: DeliveryContext): Promise<void> {
    const { directory } = this.options;
    const names = await session.list(directory);
    const left = names.filter((name) => name.startsWith(partPrefix(ctx.key)) && `${directory}/${name}` !== part);
    for (const name of left) await session.removeFolder(`${directory}/${name}`);
  }

  /** A call that changes nothing for the Fachverfahren, or that may be made again. */
  private repeatable<Answer>(ctx: DeliveryContext, question: () => Promise<Answer>): Promise<Answer> {
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

export const adapter = defineAdapter({
  type: ADAPTER_TYPE,
  kind: 'export',
  title: 'Folder of a Fachverfahren on an SFTP server (SSH, SFTP version 3)',
  options: FileDropOptions,
  create: (options) => new FileDrop(options),
});
