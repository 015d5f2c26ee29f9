// SPDX-License-Identifier: EUPL-1.2
import { requestType, type StepState } from '@amtsbote/canonical';
import { returning, StepRow, stepsOf } from '@amtsbote/store';
import { Injectable } from '@nestjs/common';

import type { Work } from '../house/unit-of-work.js';
import { activate, type Activation, type PlannedStep } from '../routing/laufzettel.js';
import { type LockedApplication, StatusKeeper } from '../status/status-keeper.js';

/** Moves an application's Laufzettel on, inside the transaction of whatever happened. */
@Injectable()
export class LaufzettelProgress {
  constructor(private readonly status: StatusKeeper) {}

  /**
   * Activates what may go on, then lets the status keeper look; a report it wants is activated in turn.
   * The application has to be locked by this transaction. `news` is a decision that has to be reported even when the state stays.
   */
  async advance(work: Work, application: LockedApplication, cause: string, news?: { decisionId: string }): Promise<void> {
    await this.activateSteps(work, application, cause);
    const report = await this.status.review(work, application, cause, news);
    if (report === undefined) return;
    await insertSteps(work, application, [report]);
    await this.activateSteps(work, application, cause);
  }

  private async activateSteps(work: Work, application: LockedApplication, cause: string): Promise<void> {
    const rows = await stepsOf(work.sql, { applicationId: application.id, tenant: application.tenant });
    for (const activation of activate(rows, application.document)) await applyActivation(work, application, activation, cause);
  }
}

/** Adds steps to a Laufzettel. */
export async function insertSteps(
  work: Work,
  { id, tenant }: Pick<LockedApplication, 'id' | 'tenant'>,
  steps: readonly PlannedStep[],
): Promise<void> {
  if (steps.length > 0) await work.sql.query(INSERT_STEPS, [id, tenant, work.house.clock.now(), JSON.stringify(steps)]);
}

/** Writes one activation and sends the trigger that belongs to it. */
async function applyActivation(
  work: Work,
  { id: applicationId, tenant }: LockedApplication,
  { step, to, failure }: Activation,
  cause: string,
): Promise<void> {
  const now = work.house.clock.now();
  const because = failure === undefined ? null : JSON.stringify(failure);
  const moved = await returning(work.sql, MOVE, [step.id, tenant, to, to === 'due' ? now : null, because, now]);
  if (moved.length === 0) return;
  if (to === 'due') requestStep(work, { ...step, applicationId, tenant }, cause);
  if (to === 'awaiting') await offer(work, { ...step, applicationId, tenant });
  if (to === 'skipped')
    work.note({ tenant, applicationId, stepId: step.id, actor: cause, event: 'step.skipped', data: { name: step.name, by: 'condition' } });
  if (to !== 'parked') return;
  const { id: stepId, name, kind, instance } = step;
  work.note({ tenant, applicationId, stepId, actor: cause, event: 'step.parked', data: { name, code: failure?.code ?? '' } });
  work.publish({
    type: 'step.parked.v1',
    subject: applicationId,
    tenant,
    causation: cause,
    data: { applicationId, stepId, name, kind, instance },
  });
}

/** Publishes the trigger of a due step. */
export function requestStep(
  work: Work,
  step: Pick<StepRow, 'id' | 'name' | 'kind' | 'instance' | 'applicationId' | 'tenant'>,
  cause: string,
): void {
  const { id: stepId, name, kind, instance, applicationId, tenant } = step;
  work.publish({
    type: requestType(kind),
    subject: applicationId,
    tenant,
    causation: cause,
    data: { applicationId, stepId, name, kind, instance },
  });
}

/**
 * Puts an application on its pickup queue; doing it again offers a rejected or withdrawn one anew, behind what was offered meanwhile: a
 * Fachverfahren that polls with a cursor would never see it in its old place.
 */
export async function offer(
  work: Work,
  step: { id: string; applicationId: string; tenant: string; instance: string; name: string },
): Promise<void> {
  await work.sql.query(OFFER, [step.id, step.tenant, step.instance, step.applicationId, work.house.clock.now()]);
  work.note({
    tenant: step.tenant,
    applicationId: step.applicationId,
    stepId: step.id,
    actor: `queue:${step.instance}`,
    event: 'pickup.offered',
    data: { queue: step.instance },
  });
}

/** States from which an operator or the runner may still move a step on. */
export const OPEN_STATES: readonly StepState[] = ['waiting', 'due', 'awaiting', 'retrying', 'inDoubt', 'parked'];

/** Columns of a planned step as they come in JSON; also used by the intake's single statement. */
export const PLANNED_STEP =
  'id uuid, position int, name text, kind text, instance text, options jsonb, after text[], condition text, state text';

const INSERT_STEPS = `
  INSERT INTO step (id, tenant, application_id, position, name, kind, instance, options, after, condition, state, changed_at)
  SELECT s.id, $2, $1, s.position, s.name, s.kind, s.instance, s.options, s.after, s.condition, s.state, $3
  FROM jsonb_to_recordset($4::jsonb) AS s(${PLANNED_STEP})`;

const MOVE = `
  UPDATE step SET state = $3, due_at = $4, failure = $5::jsonb, changed_at = $6
  WHERE id = $1 AND tenant = $2 AND state = 'waiting' RETURNING id`;

const OFFER = `
  INSERT INTO pickup_item (id, tenant, queue, application_id, state, offered_at) VALUES ($1, $2, $3, $4, 'offered', $5)
  ON CONFLICT (id) DO UPDATE SET seq = DEFAULT, state = 'offered', queue = excluded.queue, lease_id = NULL, lease_until = NULL, offered_at = excluded.offered_at, settled_at = NULL
  WHERE pickup_item.state <> 'acknowledged'`;
