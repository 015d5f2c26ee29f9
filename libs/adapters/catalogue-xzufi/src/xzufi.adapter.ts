// SPDX-License-Identifier: EUPL-1.2
import {
  type AdapterEnvironment,
  type CatalogueMode,
  type CataloguePage,
  CataloguePort,
  defineAdapter,
  DeliveryError,
  type DocumentHead,
  type IncomingDocument,
  type ProbeReport,
  type ReadingHelp,
  type WrittenPiece,
} from '@amtsbote/adapter-kit';
import type { CatalogueChange, Clock } from '@amtsbote/canonical';

import { ADAPTER_TYPE, asDeliveryError, documentFinding, documentRefused, noSource, refused } from './xzufi.errors.js';
import { FileSource, FolderSource } from './xzufi.folder.client.js';
import { IndexSource } from './xzufi.index.client.js';
import { XmlFault } from './xzufi.limits.client.js';
import { PageMaker } from './xzufi.mapping.js';
import { XzufiOptions, type XzufiSource } from './xzufi.options.js';
import { ParserPool } from './xzufi.pool.client.js';
import { PvogSource } from './xzufi.pvog.client.js';
import { readDocument, type ReaderSettings, type Schemas } from './xzufi.reader.client.js';
import { checkSchema } from './xzufi.schema.client.js';
import type { DocumentSource, SourceDocument } from './xzufi.sources.client.js';
import { writeMessage } from './xzufi.writer.client.js';

/** What a read goes with. */
interface Way {
  readonly pool: ParserPool;
  readonly settings: ReaderSettings;
  readonly signal: AbortSignal;
}

/** Reads and writes service catalogues in XZuFi. */
class XzufiCatalogue extends CataloguePort {
  private readonly source: DocumentSource | undefined;
  private readonly schemas: Schemas;

  constructor(
    private readonly options: XzufiOptions,
    private readonly environment: AdapterEnvironment,
  ) {
    super();
    this.source = sourceOf(options.source, environment.clock);
    const { '2.2.0': older, '2.3.1': newer } = options.schemas;
    this.schemas = { ...(older === undefined ? {} : { '2.2.0': older }), ...(newer === undefined ? {} : { '2.3.1': newer }) };
  }

  describeTarget(): string {
    return `${this.environment.instance}: XZuFi from ${this.source?.description ?? 'documents that are brought'}`;
  }

  async *changesSince(cursor: string | null, signal: AbortSignal, help: ReadingHelp = {}): AsyncGenerator<CataloguePage> {
    const pool = new ParserPool(this.options.threads, help.treatment);
    try {
      yield* this.pagesOf(cursor, { pool, settings: this.settingsFor(help), signal });
    } catch (error) {
      throw asDeliveryError(error, signal);
    } finally {
      await pool.close();
    }
  }

  async *read(
    { name, stream, bytesTotal, mode }: IncomingDocument,
    signal: AbortSignal,
    help: ReadingHelp = {},
  ): AsyncGenerator<CataloguePage> {
    const pool = new ParserPool(this.options.threads, help.treatment);
    const pages = new PageMaker(mode, { documentsTotal: 1, ...(bytesTotal === undefined ? {} : { bytesTotal }) });
    try {
      signal.throwIfAborted();
      for await (const part of readDocument({ name, stream }, this.settingsFor(help), pool, signal)) yield pages.page(part);
      refuseEmptySnapshot(mode, pages);
      yield pages.closing(name, { cursor: null, isLast: true });
    } catch (error) {
      stream.destroy();
      throw error instanceof XmlFault ? documentRefused(error, name) : asDeliveryError(error, signal);
    } finally {
      await pool.close();
    }
  }

  async *write(
    head: DocumentHead,
    changes: Iterable<CatalogueChange> | AsyncIterable<CatalogueChange>,
    signal: AbortSignal,
  ): AsyncGenerator<WrittenPiece> {
    yield* writeMessage(head, changes, this.options.write.version, signal);
  }

  async probe(signal: AbortSignal): Promise<ProbeReport> {
    const looks: [name: string, look: () => Promise<string>][] = [
      ['source', async () => (this.source === undefined ? 'takes documents that are brought' : this.source.look(signal))],
      ...Object.entries(this.schemas).map(([version, schema]): [string, () => Promise<string>] => [
        `schema ${version}`,
        async () => checkSchema(schema).then(() => schema.entry),
      ]),
    ];
    const checks: { name: string; ok: boolean; detail: string }[] = [];
    for (const [name, look] of looks) {
      const outcome = await look().then(
        (detail) => ({ ok: true, detail }),
        (error: unknown) => ({ ok: false, detail: sentenceOf(asDeliveryError(error, signal)) }),
      );
      checks.push({ name, ...outcome });
    }
    return { ok: checks.every(({ ok }) => ok), checks };
  }

  async close(): Promise<void> {
    this.source?.close();
  }

  private settingsFor({ recall }: ReadingHelp): ReaderSettings {
    return { limits: this.options.limits, schemas: this.schemas, ...(recall === undefined ? {} : { recall }) };
  }

  private async *pagesOf(cursor: string | null, way: Way): AsyncGenerator<CataloguePage> {
    const { signal } = way;
    signal.throwIfAborted();
    if (this.source === undefined) throw noSource();
    const { mode, documents, documentsTotal, bytesTotal, findings, cursor: unchanged } = await this.source.read(cursor, signal);
    const totals = { ...(documentsTotal === undefined ? {} : { documentsTotal }), ...(bytesTotal === undefined ? {} : { bytesTotal }) };
    const pages = new PageMaker(mode, totals);
    if (findings.length > 0)
      yield pages.page({ document: { name: ADAPTER_TYPE }, changes: [], objects: 0, findings, unknownParts: 0, bytesRead: 0 });
    let isEnded = false;
    for await (const document of documents) {
      // A read that goes on has had its objects before.
      yield* this.pagesOfDocument(document, pages, way, cursor === null ? mode : 'increments');
      isEnded = document.isLast;
    }
    if (!isEnded) yield pages.closing(ADAPTER_TYPE, { cursor: unchanged, isLast: true });
  }

  private async *pagesOfDocument(
    document: SourceDocument,
    pages: PageMaker,
    { pool, settings, signal }: Way,
    mode: CatalogueMode,
  ): AsyncGenerator<CataloguePage> {
    const { name, cursor, isLast } = document;
    try {
      const stream = await document.open(signal);
      if (stream !== undefined) for await (const part of readDocument({ name, stream }, settings, pool, signal)) yield pages.page(part);
    } catch (error) {
      if (!(error instanceof XmlFault)) throw error;
      if (this.options.invalidDocuments === 'reject') throw documentRefused(error, name);
      const page = pages.withdrawal(name, documentFinding(error, name), { cursor, isLast });
      if (isLast) refuseEmptySnapshot(mode, pages);
      yield page;
      return;
    }
    if (isLast) refuseEmptySnapshot(mode, pages);
    yield pages.closing(name, { cursor, isLast });
  }
}

function sourceOf(source: XzufiSource, clock: Clock): DocumentSource | undefined {
  switch (source.type) {
    case 'none':
      return undefined;
    case 'file':
      return new FileSource(source.path, source.mode);
    case 'folder':
      return new FolderSource(source.path, source.mode);
    case 'index':
      return new IndexSource(source, clock);
    case 'pvog':
      return new PvogSource(source, clock);
  }
}

/** Whoever took an empty snapshot would delete everything. */
function refuseEmptySnapshot(mode: CatalogueMode, pages: PageMaker): void {
  if (mode === 'snapshot' && pages.objectsTaken === 0) throw refused('empty');
}

function sentenceOf(error: unknown): string {
  return error instanceof DeliveryError ? error.message : 'the probe failed inside the hub';
}

/** Service catalogues in XZuFi 2.2.0 and 2.3.1, from files, indexes, the PVOG's Bereitstelldienst, or brought by whoever has them. */
export const adapter = defineAdapter({
  type: ADAPTER_TYPE,
  kind: 'catalogue',
  title: 'Service catalogue in XZuFi 2.2.0 and 2.3.1 (2.1.0 read best effort), PVOG Bereitstelldienst v3',
  options: XzufiOptions,
  create: (options, environment) => new XzufiCatalogue(options, environment),
});
