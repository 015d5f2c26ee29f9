// SPDX-License-Identifier: EUPL-1.2
import type { Readable } from 'node:stream';

import type { DeliveryContext } from '../context.js';
import { cabinetFor } from '../filing-place.js';
import { type Found, isFound } from '../found.js';
import type { FilingPreview, FilingReceipt, FilingRequest, HeldDocument } from '../ports/dms.js';
import { folderOwnerIn, type StoredDocument } from '../stored-names.js';
import { FolderFailures } from './folder-failures.js';
import type { FolderKeeper, Segments } from './folder-keeper.js';
import { CHECKSUM_FILE, CONTENTS_FILE, type FilingPlan, PART_NAME, partName, previewOfPlan } from './folder-plan.js';

/** What is previewed is not called: nothing ends it. */
const NEVER = new AbortController().signal;

/** How one adapter files into folders. */
export interface FolderFilingSettings {
  /** Type of the adapter, first part of its error codes. */
  readonly adapter: string;
  /** Where the folders of Akten are, as an operator wrote it: the one cabinet of the instance. */
  readonly cabinet: string;
  readonly plan: (request: FilingRequest, actKey: string) => FilingPlan;
  readonly documentBytesMax: number;
  /** How a stored document is compared with the one sent: by its length, or by reading it back. */
  readonly verify: 'length' | 'content';
  /** A failure of the keeper in the words of the house. */
  readonly asDeliveryError: (error: unknown, call: { repeatable: boolean; signal: AbortSignal }) => unknown;
}

/** What is to lie under a name, and how to open it. */
interface Content {
  readonly size: number;
  /** Empty = only its length is compared. */
  readonly sha512: string;
  readonly mediaType: string;
  open(): Promise<Readable | string>;
}

/** Files into a tree of folders: Akte > Vorgang > files, with a list of contents in each Vorgang. The same for every server that keeps files. */
export class FolderFiling {
  private readonly failures: FolderFailures;

  constructor(private readonly settings: FolderFilingSettings) {
    this.failures = new FolderFailures(settings.adapter);
  }

  async file(request: FilingRequest, keeper: FolderKeeper, ctx: DeliveryContext): Promise<FilingReceipt> {
    const act = new FolderAct(this.planned(request, ctx.key, ctx.signal), keeper, ctx, this.settings, this.failures);
    return act.file();
  }

  async find(request: FilingRequest, keeper: FolderKeeper, ctx: DeliveryContext): Promise<Found<FilingReceipt>> {
    const act = new FolderAct(this.planned(request, ctx.key, ctx.signal), keeper, ctx, this.settings, this.failures);
    return act.find();
  }

  /** Reads every document from its place, for the filing proof. */
  async readBack(request: FilingRequest, keeper: FolderKeeper, ctx: DeliveryContext): Promise<readonly HeldDocument[]> {
    const act = new FolderAct(this.planned(request, ctx.key, ctx.signal), keeper, ctx, this.settings, this.failures);
    return act.readBack();
  }

  /** What filing would do, without the server. */
  preview(request: FilingRequest, actKey: string): FilingPreview {
    return previewOfPlan(this.planned(request, actKey, NEVER), this.settings.cabinet);
  }

  /** A gap in the data, a cabinet that is not there and a document above the limit are found here, before anything is written. */
  private planned(request: FilingRequest, actKey: string, signal: AbortSignal): FilingPlan {
    const { adapter, plan, documentBytesMax, asDeliveryError } = this.settings;
    if (request.documents.some(({ size }) => size > documentBytesMax)) throw this.failures.documentTooLarge();
    cabinetFor(adapter, { parent: '', cabinets: {} }, request.place);
    try {
      signal.throwIfAborted();
      return plan(request, actKey);
    } catch (error) {
      throw asDeliveryError(error, { repeatable: true, signal });
    }
  }
}

/** One filing with one plan. */
class FolderAct {
  constructor(
    private readonly plan: FilingPlan,
    private readonly keeper: FolderKeeper,
    private readonly ctx: DeliveryContext,
    private readonly settings: FolderFilingSettings,
    private readonly failures: FolderFailures,
  ) {}

  async file(): Promise<FilingReceipt> {
    const { plan } = this;
    await this.ensureFolder('akte', [plan.akte]);
    await this.ensureFolder('vorgang', [plan.akte, plan.vorgang]);
    if (plan.folder.length > 2) await this.ensureFolder('folder', plan.folder);
    await this.ensureContents();
    if (plan.checksums !== undefined) await this.ensureChecksums(plan.checksums);
    for (const document of plan.documents) await this.ensureDocument(document);
    if (this.ctx.attempt > 1) await this.sweep();
    return this.receipt();
  }

  async find(): Promise<Found<FilingReceipt>> {
    const contents = await this.findContents();
    if (!isFound(contents)) return contents;
    for (const { document, storedAs } of this.plan.documents) {
      if (!(await this.isThere([...this.plan.folder, storedAs], document))) return 'absent';
    }
    return { found: this.receipt() };
  }

  async readBack(): Promise<HeldDocument[]> {
    const held: HeldDocument[] = [];
    for (const { document, storedAs } of this.plan.documents) {
      const at = [...this.plan.folder, storedAs];
      const there = await this.ask(() => this.keeper.look(at, 'file'));
      const sha512 = there === undefined ? undefined : await this.ask(() => this.keeper.hash(at));
      // Gone between the two questions is gone.
      const content = there === undefined || sha512 === undefined ? null : { size: there.size ?? document.size, sha512 };
      held.push({ key: document.key, id: this.keeper.pathOf(at), content });
    }
    return held;
  }

  private receipt(): FilingReceipt {
    const place = (at: Segments): { id: string; title: string } => ({ id: this.keeper.pathOf(at), title: at.at(-1) ?? '' });
    return {
      akte: place([this.plan.akte]),
      vorgang: place([this.plan.akte, this.plan.vorgang]),
      documents: this.plan.documents.map(({ document, storedAs }) => ({
        key: document.key,
        id: this.keeper.pathOf([...this.plan.folder, storedAs]),
      })),
    };
  }

  /** One effect: the folder is there afterwards, whoever made it. The name is the key: the server itself lets nobody make it twice. */
  private async ensureFolder(name: string, at: Segments): Promise<void> {
    const isThere = async (): Promise<boolean> => {
      const there = await this.ask(() => this.keeper.look(at, 'folder'));
      if (there?.isFolder === false) throw this.failures.notAFolder();
      return there !== undefined;
    };
    await this.ctx.once(name, {
      act: async () => {
        if (await isThere()) return true;
        const made = await this.write(() => this.keeper.makeFolder(at));
        if (!made && !(await isThere())) throw this.failures.notAFolder();
        return true;
      },
      find: async () => ((await isThere()) ? { found: true } : 'absent'),
    });
  }

  /** One effect: the folder says what will lie in it and whose it is, before anything does. */
  private async ensureContents(): Promise<void> {
    await this.ctx.once('contents', {
      act: async () => {
        if (isFound(await this.findContents())) return true;
        await this.place('contents', textContent(this.plan.contents, 'application/json'), [...this.plan.folder, CONTENTS_FILE]);
        // Also when another attempt of this act, or another application, was faster.
        if (!isFound(await this.findContents())) throw this.failures.contentIncomplete();
        return true;
      },
      find: () => this.findContents(),
    });
  }

  /** @throws DeliveryError when the folder belongs to another application. */
  private async findContents(): Promise<Found<true>> {
    const present = await this.ask(() => this.keeper.read([...this.plan.folder, CONTENTS_FILE]));
    if (present === undefined) return 'absent';
    if (present.toString('utf8') === this.plan.contents) return { found: true };
    const [there, ours] = [folderOwnerIn(present), folderOwnerIn(this.plan.contents)];
    if (there === undefined || there.application !== ours?.application || there.act !== ours.act) throw this.failures.folderTaken();
    // Index data that the configuration changed meanwhile, or that a clerk corrected, stay as they are.
    return { found: true };
  }

  /** One effect: the documents can be checked without the hub. Whatever has the name lies in a folder of this act and stays. */
  private async ensureChecksums(text: string): Promise<void> {
    const at = [...this.plan.folder, CHECKSUM_FILE];
    const isThere = async (): Promise<boolean> => (await this.ask(() => this.keeper.look(at, 'file'))) !== undefined;
    await this.ctx.once('checksums', {
      act: async () => {
        if (await isThere()) return true;
        const isPlaced = await this.place('checksums', textContent(text, 'text/plain'), at);
        if (!isPlaced && !(await isThere())) throw this.failures.contentIncomplete();
        return true;
      },
      find: async () => ((await isThere()) ? { found: true } : 'absent'),
    });
  }

  /** One effect: the document lies there, complete, under its name. Until then it has another one. */
  private async ensureDocument({ document, storedAs }: StoredDocument): Promise<void> {
    const at = [...this.plan.folder, storedAs];
    await this.ctx.once(`document:${document.key}`, {
      act: async () => {
        if (await this.isThere(at, document)) return true;
        if (await this.place(document.key, document, at)) return true;
        if (!(await this.isThere(at, document))) throw this.failures.contentIncomplete();
        return true;
      },
      find: async () => ((await this.isThere(at, document)) ? { found: true } : 'absent'),
    });
  }

  /**
   * Sends under a name of this attempt alone, looks at what the server kept, and then gives it its name.
   * @returns false when the name is taken, the server kept something else, or another attempt that was done swept the part away.
   */
  private async place(what: string, content: Content, at: Segments): Promise<boolean> {
    const part = [...this.plan.folder, partName(this.ctx.key, what, this.ctx.attempt)];
    const { size, mediaType } = content;
    await this.write(async () => this.keeper.write(part, { size, mediaType, body: await content.open() }));
    const kept = await this.ask(() => this.keeper.look(part, 'file'));
    const isWhole = kept?.size === size && (content.sha512 === '' || (await this.hasSameBytes(part, content)));
    if (isWhole && (await this.write(() => this.keeper.rename(part, at)))) return true;
    await this.discard(part);
    return false;
  }

  /** @throws DeliveryError when something else has this name. */
  private async isThere(at: Segments, content: Pick<Content, 'size' | 'sha512'>): Promise<boolean> {
    const there = await this.ask(() => this.keeper.look(at, 'file'));
    if (there === undefined) return false;
    if (there.size === content.size && (await this.hasSameBytes(at, content))) return true;
    throw this.failures.nameTaken();
  }

  private async hasSameBytes(at: Segments, { sha512 }: Pick<Content, 'sha512'>): Promise<boolean> {
    if (this.settings.verify === 'length') return true;
    return (await this.ask(() => this.keeper.hash(at))) === sha512;
  }

  /** Parts that earlier attempts left. One that its late owner still sends is missed by nobody: the document is there. */
  private async sweep(): Promise<void> {
    const names = await this.ask(() => this.keeper.list(this.plan.folder));
    for (const name of names.filter((one) => PART_NAME.test(one))) await this.discard([...this.plan.folder, name]);
  }

  private discard(at: Segments): Promise<void> {
    return this.ask(() => this.keeper.remove(at));
  }

  /** A call that changes nothing, or that may be made again. */
  private ask<Answer>(question: () => Promise<Answer>): Promise<Answer> {
    return this.call(true, question);
  }
  private write<Answer>(act: () => Promise<Answer>): Promise<Answer> {
    return this.call(false, act);
  }
  private async call<Answer>(repeatable: boolean, question: () => Promise<Answer>): Promise<Answer> {
    const { signal } = this.ctx;
    try {
      signal.throwIfAborted();
      return await question();
    } catch (error) {
      throw this.settings.asDeliveryError(error, { repeatable, signal });
    }
  }
}

function textContent(text: string, mediaType: string): Content {
  return { size: Buffer.byteLength(text), sha512: '', mediaType, open: async () => text };
}
