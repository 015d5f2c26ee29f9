// SPDX-License-Identifier: EUPL-1.2
import { DeliveryError } from '@amtsbote/adapter-kit';
import type { Failure } from '@amtsbote/canonical';
import type { RunCounts } from '@amtsbote/ops-api';
import { crashPoint } from '@amtsbote/platform';
import { Injectable } from '@nestjs/common';

import type { CatalogueSourceConfig } from '../../config/hub-config.js';
import { House } from '../../house/tokens.js';
import { Applying } from './applying.js';
import { CatalogueCleaning } from './cleaning.js';
import { compare } from './comparing.js';
import { Reading } from './reading.js';
import { type Run, RunCancelled, RunLost } from './run.js';
import { RunStore } from './run-store.js';
import { Staging } from './staging.js';

/** The process is being stopped: the run is handed back. */
export class Stopping extends Error {
  override readonly name = 'Stopping';
}

/** Carries one claimed run as far as it goes: to its end, to where a person decides, or back into the queue. */
@Injectable()
export class Execution {
  constructor(
    private readonly house: House,
    private readonly runs: RunStore,
    private readonly staging: Staging,
    private readonly reading: Reading,
    private readonly applying: Applying,
    private readonly cleaning: CatalogueCleaning,
  ) {}

  /** Never throws but for failures of the database: what happens to a run is in its row. */
  async execute(claimed: Run, source: CatalogueSourceConfig, stop: AbortSignal): Promise<void> {
    crashPoint('catalogue.claimed');
    const ending = new AbortController();
    const signal = AbortSignal.any([ending.signal, stop]);
    const heartbeat = this.keep(claimed, source, ending, signal);
    try {
      if (claimed.cancelRequested) throw new RunCancelled('the run was cancelled');
      await this.carry(claimed, source, signal);
    } catch (error) {
      // A source that is told to stop fails in its own words.
      await this.settle(claimed, source, signal.aborted ? signal.reason : error);
    } finally {
      ending.abort(new RunLost('over'));
      await heartbeat;
    }
    const ended = await this.runs.find(claimed.id);
    if (ended !== undefined) {
      this.house.log.info('catalogue.run', { run: ended.id, source: ended.source, state: ended.state, failure: ended.failure?.code });
      await this.cleaning.after(ended);
    }
  }

  private async carry(claimed: Run, source: CatalogueSourceConfig, signal: AbortSignal): Promise<void> {
    let run = claimed;
    if (run.state === 'comparing' && run.kind !== 'rollback' && !(await this.staging.isIntact(run))) {
      // The database crashed, and the stage with it.
      await this.runs.move(run, { state: 'reading', cursor: null });
      run = await this.reread(run);
    }
    if (run.state === 'reading') {
      await this.reading.read(run, source, signal);
      crashPoint('catalogue.read');
      run = await this.reread(run);
    }
    if (run.state === 'comparing') {
      await this.compare(run);
      crashPoint('catalogue.compared');
      run = await this.reread(run);
    }
    signal.throwIfAborted();
    if (run.state !== 'applying') return;
    await this.applying.apply(run, source);
    crashPoint('catalogue.applied');
  }

  private async compare(run: Run): Promise<void> {
    await this.house.database.transaction(async (sql) => {
      await sql.query('SET LOCAL statement_timeout = 0');
      await sql.query("SET LOCAL work_mem = '128MB'");
      const [head] = await sql.query<{ version: number }[]>('SELECT version FROM catalogue_head');
      const counts = await compare(sql, run);
      if (run.kind !== 'rollback' && run.mode === 'snapshot' && isEmpty(counts))
        throw DeliveryError.refused('catalogue/empty-snapshot', 'The source holds nothing: an empty catalogue is not taken over.');
      await this.runs.move(run, { state: 'applying', counts: JSON.stringify(counts), base_version: head?.version ?? 0 }, sql);
    });
  }

  private async reread(run: Run): Promise<Run> {
    const fresh = await this.runs.find(run.id);
    if (fresh?.fence !== run.fence) throw new RunLost('the run was taken over');
    return fresh;
  }

  /** Prolongs the lease while the run goes on, and ends it when it may not go on. */
  private async keep(run: Run, { leaseMs }: CatalogueSourceConfig, ending: AbortController, signal: AbortSignal): Promise<void> {
    do {
      try {
        await this.runs.renew(run, leaseMs);
      } catch (error) {
        if (error instanceof RunLost || error instanceof RunCancelled) {
          ending.abort(error);
          return;
        }
        this.house.log.warn('catalogue.lease-not-renewed', { run: run.id });
      }
    } while (await this.sleeps(leaseMs / 3, signal));
  }

  private async sleeps(ms: number, signal: AbortSignal): Promise<boolean> {
    return this.house.clock.sleep(ms, signal).then(
      () => true,
      () => false,
    );
  }

  private async settle(run: Run, source: CatalogueSourceConfig, error: unknown): Promise<void> {
    try {
      if (error instanceof RunLost) return;
      if (error instanceof Stopping) await this.runs.move(run, { lease_owner: null, lease_until: null });
      else if (error instanceof RunCancelled) await this.runs.end(run, 'cancelled');
      else await this.failed(run, source, error);
    } catch (lost) {
      if (!(lost instanceof RunLost)) throw lost;
    }
  }

  private async failed(run: Run, source: CatalogueSourceConfig, error: unknown): Promise<void> {
    const failure = failureOf(error);
    const mayPass = !(error instanceof DeliveryError) || error.kind === 'unavailable';
    if (!(error instanceof DeliveryError)) this.house.log.error('catalogue.run-failed', error, { run: run.id, source: run.source });
    if (!mayPass || run.failures >= source.retries) {
      await this.runs.end(run, 'failed', failure);
      return;
    }
    const pause = (error instanceof DeliveryError ? error.retryAfterMs : undefined) ?? source.retryMs * 2 ** run.failures;
    const dueAt = new Date(this.house.clock.now().getTime() + pause);
    await this.runs.move(run, {
      failure: JSON.stringify(failure),
      failures: run.failures + 1,
      due_at: dueAt,
      lease_owner: null,
      lease_until: null,
    });
  }
}

function isEmpty({ added, changed, unchanged }: RunCounts): boolean {
  return added + changed + unchanged === 0;
}

function failureOf(error: unknown): Failure {
  if (error instanceof DeliveryError) return error.toFailure();
  return { kind: 'unavailable', code: 'catalogue/unexpected', message: 'An error inside the hub; its log has the details.' };
}
