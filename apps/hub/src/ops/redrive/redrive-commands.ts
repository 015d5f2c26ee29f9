// SPDX-License-Identifier: EUPL-1.2
import { Waker } from '@amtsbote/bus';
import type { RedriveFilter, RedriveJobView, RedrivePreview, RedriveState, RedriveWhat } from '@amtsbote/ops-api';
import { Injectable } from '@nestjs/common';

import { House } from '../../house/tokens.js';
import { UnitOfWork, type Work } from '../../house/unit-of-work.js';
import { ProblemError } from '../../http/problem.js';
import type { Operator } from '../operator.js';
import { checkFilter, tenantsOf } from './redrive-filter.js';
import { RedriveJobs } from './redrive-jobs.js';

/** Jobs that may be under way or paused at the same time. */
const OPEN_MAX = 50;

/** What is to be redriven, and how. */
export interface RedriveOrder {
  readonly what: RedriveWhat;
  readonly filter: RedriveFilter<Date>;
  readonly reason: string;
  readonly ratePerSecond: number;
  /** Whether targets that could not tell are asked again. */
  readonly uncertain: boolean;
}

type Turn = 'pause' | 'resume' | 'cancel';
const TURNS: Readonly<Record<Turn, { from: readonly RedriveState[]; to: RedriveState; event: string }>> = {
  pause: { from: ['running'], to: 'paused', event: 'redrive.paused' },
  resume: { from: ['paused'], to: 'running', event: 'redrive.resumed' },
  cancel: { from: ['running', 'paused'], to: 'cancelled', event: 'redrive.cancelled' },
};

/** What operators do with bulk redrives; nobody reaches further than the operator's tenants (law 11). */
@Injectable()
export class RedriveCommands {
  constructor(
    private readonly house: House,
    private readonly jobs: RedriveJobs,
    private readonly unitOfWork: UnitOfWork,
    private readonly waker: Waker,
  ) {}

  /** Tells what would be redriven; changes nothing. @throws ProblemError 400, 404 */
  async preview({ tenants: reach }: Operator, what: RedriveWhat, filter: RedriveFilter<Date>): Promise<RedrivePreview<Date>> {
    checkFilter(what, filter);
    return this.jobs.preview({ what, filter, tenants: tenantsOf(filter, reach), until: this.house.clock.now() });
  }

  /** Asks for a job. @throws ProblemError 400, 404, 409 */
  async start({ actor, tenants: reach }: Operator, order: RedriveOrder): Promise<RedriveJobView<Date>> {
    const { what, filter, uncertain } = order;
    checkFilter(what, filter);
    const chosen = { what, filter, tenants: tenantsOf(filter, reach), until: this.house.clock.now() };
    const found = await this.jobs.preview(chosen);
    const matched = found.matched + (uncertain ? found.uncertain : 0);
    if (matched === 0) throw nothingFits(found.uncertain);
    const id = this.house.ids.uuid();
    await this.unitOfWork.run(async (work) => {
      if ((await this.jobs.openCount(work.sql)) >= OPEN_MAX)
        throw new ProblemError(409, 'too-many-redrives', `${OPEN_MAX} redrives are under way or paused: end one of them first.`);
      const { reason, ratePerSecond } = order;
      await this.jobs.add(work.sql, { ...chosen, id, uncertain, ratePerSecond, actor, reason, matched });
      this.note(work, chosen.tenants, actor, 'redrive.started', { job: id, what, matched, uncertain, reason });
    });
    this.waker.nudge();
    this.house.log.info('redrive.started', { job: id, actor, what, matched });
    return this.get(id, reach);
  }

  /** @throws ProblemError 404, 409 */
  async turn({ actor, tenants: reach }: Operator, id: string, to: Turn, reason: string): Promise<RedriveJobView<Date>> {
    const job = await this.get(id, reach);
    const turn = TURNS[to];
    await this.unitOfWork.run(async (work) => {
      if (!(await this.jobs.turn(work.sql, id, { ...turn, by: actor, reason })))
        throw new ProblemError(409, 'redrive-state', `Only a redrive that is ${turn.from.join(' or ')} can become ${turn.to}.`);
      this.note(work, job.tenants, actor, turn.event, { job: id, reason });
    });
    this.waker.nudge();
    this.house.log.info(turn.event, { job: id, actor });
    return this.get(id, reach);
  }

  async list({ tenants }: Operator, limit: number): Promise<RedriveJobView<Date>[]> {
    return this.jobs.list(tenants, limit);
  }

  /** @throws ProblemError 404, also for jobs that reach further than the operator */
  async get(id: string, reach: readonly string[] | null): Promise<RedriveJobView<Date>> {
    const job = await this.jobs.find(id, reach);
    if (job === undefined) throw new ProblemError(404, 'unknown-redrive', 'There is no such redrive.');
    return job;
  }

  /** One entry for each municipality it concerns: an entry belongs to a tenant. */
  private note(
    work: Work,
    tenants: readonly string[] | null,
    actor: string,
    event: string,
    data: Readonly<Record<string, string | number | boolean>>,
  ): void {
    for (const tenant of tenants ?? Object.keys(this.house.loaded.config.tenants))
      work.note({ tenant, applicationId: null, stepId: null, actor, event, data });
  }
}

function nothingFits(uncertain: number): ProblemError {
  const detail =
    uncertain === 0
      ? 'Nothing fits.'
      : `Only what nobody can tell about fits (${uncertain}): look at it one by one, or ask the targets again with uncertain.`;
  return new ProblemError(409, 'nothing-fits', detail, { uncertain });
}
