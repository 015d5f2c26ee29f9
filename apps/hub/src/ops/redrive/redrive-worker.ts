// SPDX-License-Identifier: EUPL-1.2
import { PostgresQueue, Waker } from '@amtsbote/bus';
import { isStoreTrouble } from '@amtsbote/store';
import { Injectable } from '@nestjs/common';

import { StepCommands } from '../../delivery/step-commands.js';
import type { Background } from '../../house/lifecycle.js';
import { House } from '../../house/tokens.js';
import { UnitOfWork } from '../../house/unit-of-work.js';
import { ProblemError } from '../../http/problem.js';
import { type HeldJob, JobStopped, type RedriveItem, RedriveJobs } from './redrive-jobs.js';

/** A job whose worker died is taken over after this; longer than the longest pause between two items. */
const LEASE_MS = 12_000;
/** Jobs at the same time in one process: a slow one must not hold up the others. */
const PARALLEL_MAX = 8;
const BATCH = 100;
const POLL_MS = 1_000;
const KEEP_MS = 90 * 24 * 60 * 60_000;
const FORGET_ROUND_MS = 60 * 60_000;

/**
 * Works at redrives in the background: one owner for each, under a lease. An item and what is counted of it are one transaction that only the owner of
 * a running job can commit: after a crash the job goes on behind the last item, and when a pause was answered nothing more happens.
 */
@Injectable()
export class RedriveWorker implements Background {
  private readonly stop = new AbortController();
  private readonly underWay = new Set<Promise<void>>();
  private loop: Promise<void> | undefined;
  private forgottenAt = 0;

  constructor(
    private readonly house: House,
    private readonly jobs: RedriveJobs,
    private readonly steps: StepCommands,
    private readonly unitOfWork: UnitOfWork,
    private readonly waker: Waker,
  ) {}

  start(): void {
    this.loop ??= this.work();
  }

  async finish(): Promise<void> {
    this.stop.abort();
    await this.loop;
    await this.idle();
  }

  /** Resolves when no job is under way here. */
  async idle(): Promise<void> {
    await Promise.all(this.underWay);
  }

  /** One round. @returns how many jobs it has begun. */
  async round(): Promise<number> {
    await this.forget();
    let begun = 0;
    while (this.underWay.size < PARALLEL_MAX && !this.stop.signal.aborted) {
      const job = await this.jobs.claim(LEASE_MS);
      if (job === undefined) break;
      this.begin(job);
      begun += 1;
    }
    return begun;
  }

  private begin(job: HeldJob): void {
    const work = this.execute(job)
      .catch((error: unknown) => {
        if (!(error instanceof JobStopped)) this.house.log.error('redrive.broken-off', error, { job: job.id });
      })
      .finally(() => this.underWay.delete(work));
    this.underWay.add(work);
  }

  private async execute(job: HeldJob): Promise<void> {
    for (;;) {
      const items = await this.jobs.next(job, BATCH);
      if (items.length === 0) {
        await this.jobs.finish(job);
        this.house.log.info('redrive.done', { job: job.id });
        return;
      }
      for (const item of items) {
        await this.redrive(job, item);
        if (await this.pace(job)) continue;
        await this.jobs.release(job);
        return;
      }
    }
  }

  /** @returns false when the process stops. */
  private async pace({ ratePerSecond }: HeldJob): Promise<boolean> {
    return this.house.clock.sleep(1_000 / ratePerSecond, this.stop.signal).then(
      () => true,
      () => false,
    );
  }

  /** @throws JobStopped; whatever the store throws, and then the job is taken up again when its lease is over. */
  private async redrive(job: HeldJob, item: RedriveItem): Promise<void> {
    try {
      if (job.what === 'steps') await this.retryStep(job, item);
      else await this.sendAgain(job, item);
    } catch (error) {
      if (error instanceof JobStopped || isStoreTrouble(error)) throw error;
      const isRefused = error instanceof ProblemError && error.status < 500;
      // One item that breaks something must not keep the job from all others.
      if (!isRefused) this.house.log.error('redrive.item-failed', error, { job: job.id, item: item.id });
      await this.jobs.refuse(job, item, isRefused ? error.code : 'unexpected', LEASE_MS);
    }
  }

  private async retryStep(job: HeldJob, item: RedriveItem): Promise<void> {
    const commander = { actor: job.actor, tenants: [item.tenant] };
    await this.steps.retry(commander, item.id, {
      reason: job.reason,
      bulk: job.id,
      within: async (work, step) => {
        // Retried by somebody and parked again since then, perhaps for another reason: not what the operator looked at.
        if (step.state !== 'parked' || step.changedAt >= job.untilAt) throw changedMeanwhile();
        await this.jobs.settle(work.sql, job, item, LEASE_MS);
      },
    });
  }

  private async sendAgain(job: HeldJob, item: RedriveItem): Promise<void> {
    await this.unitOfWork.run(async (work) => {
      const [letter] = await work.sql.query<Letter[]>(LETTER, [item.id, item.tenant]);
      if (letter === undefined || letter.diedAt >= job.untilAt) throw changedMeanwhile();
      await this.jobs.settle(work.sql, job, item, LEASE_MS);
      await new PostgresQueue(work.sql, work.house.clock).redrive([item.tenant], [item.id]);
      work.note({
        tenant: item.tenant,
        applicationId: letter.subject,
        stepId: null,
        actor: job.actor,
        event: 'message.redriven',
        data: { message: item.id, type: letter.type, reason: job.reason, bulk: job.id },
      });
    });
    this.waker.nudge();
  }

  private async forget(): Promise<void> {
    const now = this.house.clock.now().getTime();
    if (now - this.forgottenAt < FORGET_ROUND_MS) return;
    this.forgottenAt = now;
    await this.jobs.forget(new Date(now - KEEP_MS));
  }

  private async work(): Promise<void> {
    while (!this.stop.signal.aborted) {
      try {
        await this.round();
      } catch (error) {
        this.house.log.error('redrive.round-failed', error);
      }
      await this.house.clock.sleep(Math.min(POLL_MS, this.house.loaded.config.sweepMs), this.stop.signal).catch(() => undefined);
    }
  }
}

interface Letter {
  readonly type: string;
  /** Application id. */
  readonly subject: string;
  readonly diedAt: Date;
}

function changedMeanwhile(): ProblemError {
  return new ProblemError(409, 'changed-meanwhile', 'It has been changed since the redrive was asked for.');
}

const LETTER = 'SELECT type, subject, died_at AS "diedAt" FROM dead_letter WHERE id = $1 AND tenant = $2 FOR UPDATE';
