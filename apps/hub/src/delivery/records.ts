// SPDX-License-Identifier: EUPL-1.2
import { prepared } from '@amtsbote/store';
import { Injectable } from '@nestjs/common';

import { House } from '../house/tokens.js';
import { UnitOfWork, type Work } from '../house/unit-of-work.js';
import { LOCKED, type LockedApplication } from '../status/status-keeper.js';
import type { FinishedEffect } from './beginnings.js';
import type { ClaimedStep } from './claims.js';
import type { Verdict } from './decide.js';
import { finishEffects, LeaseLost } from './effects.js';
import type { Outcome } from './outcome.js';
import { LaufzettelProgress } from './progress.js';

/** Writes how an attempt ended: step, attempt, journal, what comes next, in one transaction guarded by the fence. */
@Injectable()
export class AttemptRecords {
  constructor(
    private readonly house: House,
    private readonly unitOfWork: UnitOfWork,
    private readonly laufzettel: LaufzettelProgress,
  ) {}

  /**
   * @returns the steps that are due because of it.
   * @throws LeaseLost when another worker holds the step by now; then nothing is written.
   */
  async succeeded(step: ClaimedStep, outcome: Outcome, effects: readonly FinishedEffect[] = []): Promise<readonly DueStep[]> {
    const dueAt = outcome.is === 'awaiting' ? outcome.nextLook : null;
    return this.write(step, { state: outcome.is, dueAt, receipt: outcome.receipt, outcome: outcome.is, effects }, async (work) => {
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
  async failed(step: ClaimedStep, verdict: Verdict, effects: readonly FinishedEffect[] = []): Promise<void> {
    const dueAt = verdict.to === 'parked' ? null : new Date(this.house.clock.now().getTime() + verdict.pauseMs);
    await this.write(step, { state: verdict.to, dueAt, failure: verdict.failure, outcome: verdict.failure.kind, effects }, async (work) => {
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

  private async write(step: ClaimedStep, end: AttemptEnd, more: (work: Work) => Promise<void>): Promise<readonly DueStep[]> {
    return this.unitOfWork.run(async (work) => {
      const application = await this.end(work, step, end);
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
      return dueBy(work);
    });
  }

  /** Locks the application, then ends step and attempt, in one statement. @throws LeaseLost */
  private async end(work: Work, step: ClaimedStep, end: AttemptEnd): Promise<LockedApplication> {
    const failure = end.failure === undefined ? null : JSON.stringify(end.failure);
    const receipt = end.receipt === undefined ? null : JSON.stringify(end.receipt);
    const now = this.house.clock.now();
    const { id, fence, tenant, applicationId, attempt } = step;
    const effects = JSON.stringify(end.effects);
    const [row] = await work.sql.query<(LockedApplication & { held: boolean })[]>(END, [
      id,
      fence,
      end.state,
      end.dueAt,
      failure,
      receipt,
      now,
      attempt,
      end.outcome,
      tenant,
      applicationId,
      effects,
    ]);
    if (row?.held !== true) throw new LeaseLost(`the lease of step ${id} is lost`);
    return row;
  }
}

/** A step that was requested: where, and which. */
export interface DueStep {
  readonly instance: string;
  readonly stepId: string;
}

/** What the triggers among the messages of a transaction are about. */
function dueBy({ messages }: Work): DueStep[] {
  return messages.flatMap(({ type, data }) =>
    type.endsWith('.requested.v1') && 'stepId' in data ? [{ instance: data.instance, stepId: data.stepId }] : [],
  );
}

interface AttemptEnd {
  readonly state: 'done' | 'awaiting' | 'retrying' | 'inDoubt' | 'parked';
  readonly dueAt: Date | null;
  readonly outcome: string;
  readonly effects: readonly FinishedEffect[];
  readonly receipt?: Outcome['receipt'];
  readonly failure?: Verdict['failure'];
}

const EVENT = { done: 'done', awaiting: 'awaiting', retrying: 'retrying', inDoubt: 'in-doubt', parked: 'parked' } as const;

/** For the simulation's model of the store. */
export const END = prepared(`
  WITH app AS MATERIALIZED (SELECT ${LOCKED} FROM application WHERE id = $11 AND tenant = $10 FOR UPDATE),
  held AS (
    UPDATE step SET state = $3, due_at = $4, failure = $5::jsonb, receipt = coalesce($6::jsonb, step.receipt), lease_owner = NULL, lease_until = NULL,
      changed_at = $7, failures = CASE WHEN $5 IS NULL THEN 0 ELSE step.failures + 1 END,
      unexpected = CASE WHEN $5 IS NULL THEN 0 WHEN $9 = 'unexpected' THEN step.unexpected + 1 ELSE step.unexpected END,
      failing_since = CASE WHEN $5 IS NULL THEN NULL ELSE coalesce(step.failing_since, $7) END
    FROM app WHERE step.id = $1 AND step.tenant = app.tenant AND step.application_id = app.id AND step.fence = $2 AND step.state = 'running'
    RETURNING step.id),
  finished AS (${finishEffects('$12', '$2')}),
  recorded AS (
    UPDATE attempt SET ended_at = $7, outcome = $9, failure = $5::jsonb, retry_at = $4 FROM held WHERE step_id = held.id AND number = $8)
  SELECT app.*, EXISTS (SELECT FROM held) AS held FROM app`);
