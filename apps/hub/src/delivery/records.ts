// SPDX-License-Identifier: EUPL-1.2
import { Injectable } from '@nestjs/common';

import { House } from '../house/tokens.js';
import { UnitOfWork, type Work } from '../house/unit-of-work.js';
import { StatusKeeper } from '../status/status-keeper.js';
import type { ClaimedStep } from './claims.js';
import type { Verdict } from './decide.js';
import { LeaseLost } from './effects.js';
import type { Outcome } from './outcome.js';
import { LaufzettelProgress } from './progress.js';

/** Writes how an attempt ended: step, attempt, journal, what comes next, in one transaction guarded by the fence. */
@Injectable()
export class AttemptRecords {
  constructor(
    private readonly house: House,
    private readonly unitOfWork: UnitOfWork,
    private readonly status: StatusKeeper,
    private readonly laufzettel: LaufzettelProgress,
  ) {}

  /** @throws LeaseLost when another worker holds the step by now; then nothing is written. */
  async succeeded(step: ClaimedStep, outcome: Outcome): Promise<void> {
    const dueAt = outcome.is === 'awaiting' ? outcome.nextLook : null;
    await this.write(step, { state: outcome.is, dueAt, receipt: outcome.receipt, outcome: outcome.is }, async (work) => {
      await outcome.commit?.(work);
      if (outcome.is === 'done') {
        const { id: stepId, name, kind, instance, applicationId, tenant } = step;
        work.publish({
          type: 'step.completed.v1',
          subject: applicationId,
          tenant,
          causation: stepId,
          data: { applicationId, stepId, name, kind, instance },
        });
      }
    });
  }

  /** @throws LeaseLost */
  async failed(step: ClaimedStep, verdict: Verdict): Promise<void> {
    const dueAt = verdict.to === 'parked' ? null : new Date(this.house.clock.now().getTime() + verdict.pauseMs);
    await this.write(step, { state: verdict.to, dueAt, failure: verdict.failure, outcome: verdict.failure.kind }, async (work) => {
      if (verdict.to !== 'parked') return;
      const { id: stepId, name, kind, instance, applicationId, tenant } = step;
      work.publish({
        type: 'step.parked.v1',
        subject: applicationId,
        tenant,
        causation: stepId,
        data: { applicationId, stepId, name, kind, instance },
      });
    });
  }

  private async write(step: ClaimedStep, end: AttemptEnd, more: (work: Work) => Promise<void>): Promise<void> {
    await this.unitOfWork.run(async (work) => {
      const application = await this.status.lock(work, step.applicationId);
      if (application === undefined) throw new LeaseLost('the application is gone');
      const now = this.house.clock.now();
      const failure = end.failure === undefined ? null : JSON.stringify(end.failure);
      const receipt = end.receipt === undefined ? null : JSON.stringify(end.receipt);
      const held = await work.sql.query<unknown[]>(END, [
        step.id,
        step.fence,
        end.state,
        end.dueAt,
        failure,
        receipt,
        now,
        step.attempt,
        end.outcome,
      ]);
      if (held.length === 0) throw new LeaseLost(`the lease of step ${step.id} is lost`);
      work.note({
        tenant: step.tenant,
        applicationId: step.applicationId,
        stepId: step.id,
        actor: `worker:${this.house.processId}`,
        event: `step.${EVENT[end.state]}`,
        data: { name: step.name, instance: step.instance, attempt: step.attempt, code: end.failure?.code ?? null },
      });
      await more(work);
      await this.laufzettel.advance(work, application, step.id);
    });
  }
}

interface AttemptEnd {
  readonly state: 'done' | 'awaiting' | 'retrying' | 'inDoubt' | 'parked';
  readonly dueAt: Date | null;
  readonly outcome: string;
  readonly receipt?: Outcome['receipt'];
  readonly failure?: Verdict['failure'];
}

const EVENT = { done: 'done', awaiting: 'awaiting', retrying: 'retrying', inDoubt: 'in-doubt', parked: 'parked' } as const;

const END = `
  WITH ended AS (
    UPDATE step SET state = $3, due_at = $4, failure = $5::jsonb, receipt = coalesce($6::jsonb, receipt), lease_owner = NULL, lease_until = NULL,
      changed_at = $7, failures = CASE WHEN $5 IS NULL THEN 0 ELSE failures + 1 END,
      failing_since = CASE WHEN $5 IS NULL THEN NULL ELSE coalesce(failing_since, $7) END
    WHERE id = $1 AND fence = $2 AND state = 'running' RETURNING id),
  recorded AS (
    UPDATE attempt SET ended_at = $7, outcome = $9, failure = $5::jsonb, retry_at = $4 FROM ended WHERE step_id = ended.id AND number = $8)
  SELECT id FROM ended`;
