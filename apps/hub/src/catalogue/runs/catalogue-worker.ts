// SPDX-License-Identifier: EUPL-1.2
import { Injectable } from '@nestjs/common';

import type { Background } from '../../house/lifecycle.js';
import { House } from '../../house/tokens.js';
import { Forgetting } from '../history/forgetting.js';
import { CatalogueCleaning } from './cleaning.js';
import { Execution, Stopping } from './execution.js';
import type { Run } from './run.js';
import { RunStore } from './run-store.js';
import { Schedule } from './schedule.js';

/** Runs at the same time in one process: each keeps a core busy. */
const PARALLEL_MAX = 2;
const CLEANING_ROUND_MS = 60_000;
const POLL_MS = 1_000;

/** Works at runs in the background: asks for those that are due, claims, executes, cleans up. */
@Injectable()
export class CatalogueWorker implements Background {
  private readonly stop = new AbortController();
  private readonly underWay = new Set<Promise<void>>();
  private loop: Promise<void> | undefined;
  private cleanedAt = 0;

  constructor(
    private readonly house: House,
    private readonly runs: RunStore,
    private readonly schedule: Schedule,
    private readonly execution: Execution,
    private readonly cleaning: CatalogueCleaning,
    private readonly forgetting: Forgetting,
  ) {}

  start(): void {
    if (Object.keys(this.house.loaded.config.catalogue.sources).length > 0) this.loop ??= this.work();
  }

  async finish(): Promise<void> {
    this.stop.abort(new Stopping('the process stops'));
    await this.loop;
    await this.idle();
  }

  /** Resolves when no run is under way here. */
  async idle(): Promise<void> {
    await Promise.all(this.underWay);
  }

  /** One round. @returns how many runs it has begun. */
  async round(): Promise<number> {
    await this.schedule.round();
    await this.clean();
    let begun = 0;
    while (this.underWay.size < PARALLEL_MAX && !this.stop.signal.aborted) {
      const run = await this.claim();
      if (run === undefined) break;
      this.begin(run);
      begun += 1;
    }
    return begun;
  }

  private async claim(): Promise<Run | undefined> {
    const { sources } = this.house.loaded.config.catalogue;
    // Of sources with different leases the shortest: it is prolonged by its own before it ends.
    const leaseMs = Math.min(...Object.values(sources).map((source) => source.leaseMs));
    return this.runs.claim(Object.keys(sources), leaseMs);
  }

  private begin(run: Run): void {
    const source = this.house.loaded.config.catalogue.sources[run.source];
    if (source === undefined) throw new Error('a run of an unknown source was claimed');
    const work = this.execution
      .execute(run, source, this.stop.signal)
      .catch((error: unknown) => this.house.log.error('catalogue.run-broken', error, { run: run.id }))
      .finally(() => this.underWay.delete(work));
    this.underWay.add(work);
  }

  private async clean(): Promise<void> {
    const now = this.house.clock.now().getTime();
    if (now - this.cleanedAt < CLEANING_ROUND_MS) return;
    await this.cleaning.round();
    // While there is more to forget, the next round goes on with it.
    if (!(await this.forgetting.round())) this.cleanedAt = now;
  }

  private async work(): Promise<void> {
    while (!this.stop.signal.aborted) {
      try {
        await this.round();
      } catch (error) {
        this.house.log.error('catalogue.round-failed', error);
      }
      await this.house.clock.sleep(Math.min(POLL_MS, this.house.loaded.config.sweepMs), this.stop.signal).catch(() => undefined);
    }
  }
}
