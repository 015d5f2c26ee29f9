// SPDX-License-Identifier: EUPL-1.2
import { type CataloguePage, type CataloguePort, DeliveryError, type ReadingHelp } from '@amtsbote/adapter-kit';
import { Injectable } from '@nestjs/common';

import type { CatalogueSourceConfig } from '../../config/hub-config.js';
import { Instances } from '../../house/instances.js';
import { House } from '../../house/tokens.js';
import { type Batch, Batches } from './batch.js';
import { Recalling } from './recalling.js';
import { treat } from './refining.js';
import type { Run } from './run.js';
import { Staging } from './staging.js';

/** What is written of changes is made where they are read. */
const TREATMENT = { module: new URL('./refining.js', import.meta.url).href, treat };

/** Reads a source into the run's stage: one batch is written while the next one is read. */
@Injectable()
export class Reading {
  constructor(
    private readonly house: House,
    private readonly instances: Instances,
    private readonly staging: Staging,
    private readonly recalling: Recalling,
  ) {}

  /**
   * Reads to the end, from the last saved cursor where there is one.
   * @throws DeliveryError of the adapter, also `refused` for a read that ended without its last page; RunLost, RunCancelled.
   */
  async read(run: Run, source: CatalogueSourceConfig, signal: AbortSignal): Promise<void> {
    const goesOn = run.cursor !== null && run.kind === 'sync' && (await this.staging.isIntact(run));
    if (goesOn) await this.staging.rewind(run);
    else await this.staging.begin(run);
    const { port } = this.instances.get(source.instance, 'catalogue');
    const cursor = goesOn ? run.cursor : run.startCursor;
    const batches = goesOn
      ? new Batches(run.cursorPosition, run.progressBase ?? undefined, await this.staging.documentsOf(run))
      : new Batches(0, undefined);
    const isFirstFill = await this.isFirstFill(run);
    // Of a source that has nothing yet nothing can be recognised.
    const help = isFirstFill ? { treatment: TREATMENT } : { treatment: TREATMENT, recall: this.recalling.of(run) };
    await this.stage(run, await this.pagesOf(port, run, { cursor, help }, signal), batches, { ...source, isFirstFill }, signal);
  }

  private async pagesOf(
    port: CataloguePort,
    run: Run,
    { cursor, help }: { cursor: string | null; help: ReadingHelp },
    signal: AbortSignal,
  ): Promise<AsyncIterable<CataloguePage>> {
    if (run.upload === null) return port.changesSince(cursor, signal, help);
    const { blob, name, bytes, mode } = run.upload;
    return port.read({ name, stream: await this.house.blobs.open(blob), bytesTotal: bytes, mode }, signal, help);
  }

  private async stage(
    run: Run,
    pages: AsyncIterable<CataloguePage>,
    batches: Batches,
    source: Pick<CatalogueSourceConfig, 'leaseMs'> & { readonly isFirstFill: boolean },
    signal: AbortSignal,
  ): Promise<void> {
    const save = (batch: Batch): Promise<void> => this.staging.save(run, batch, source);
    let saving: Promise<void> = Promise.resolve();
    let isComplete = false;
    for await (const page of pages) {
      signal.throwIfAborted();
      const batch = batches.add(page);
      isComplete = page.isLast;
      if (batch === undefined) continue;
      await saving;
      saving = save(batch);
      // Whoever waits for it next finds the error.
      saving.catch(() => undefined);
      if (isComplete) break;
    }
    await saving;
    signal.throwIfAborted();
    if (!isComplete)
      throw DeliveryError.refused('catalogue/incomplete', 'The source ended before its last page: nothing of it is taken over.');
  }

  private async isFirstFill(run: Run): Promise<boolean> {
    const [row] = await this.house.database.query<unknown[]>('SELECT 1 FROM catalogue_version WHERE source_no = $1 LIMIT 1', [
      run.sourceNo,
    ]);
    return row === undefined;
  }
}
