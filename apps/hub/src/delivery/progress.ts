// SPDX-License-Identifier: EUPL-1.2
import { requestType, type StepState } from '@amtsbote/canonical';
import { affected, prepared, situationOf, type StepRow } from '@amtsbote/store';
import { Injectable } from '@nestjs/common';

import { insertSteps } from '../house/changes.js';
import type { Work } from '../house/unit-of-work.js';
import { activate, type Activation, type PlannedStep, stepRow } from '../routing/laufzettel.js';
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
    const { id, tenant } = application;
    const { steps, payments, decisions, application: document } = await situationOf(work.sql, { applicationId: id, tenant });
    const first = activate(steps, document);
    const moved = afterMoves(steps, first);
    const report = this.status.review(work, application, { steps: moved, payments, decisions }, cause, news);
    const added = report === undefined ? [] : [report];
    const second = report === undefined ? [] : activate([...moved, ...added], document);
    const isAdded = ({ step }: Activation): boolean => step.id === report?.id;
    addSteps(work, application, afterMoves(added, second));
    addMoves(work, application, [...first, ...second.filter((move) => !isAdded(move))]);
    for (const activation of [...first, ...second]) await announce(work, application, activation, cause);
  }
}

/** The steps as they are once the activations have happened. */
function afterMoves<Step extends PlannedStep>(steps: readonly Step[], moves: readonly Activation[]): Step[] {
  const states = new Map(moves.map(({ step, to }) => [step.id, to]));
  return steps.map((step) => ({ ...step, state: states.get(step.id) ?? step.state }));
}

function addSteps(work: Work, { id, tenant }: LockedApplication, steps: readonly PlannedStep[]): void {
  const now = work.house.clock.now().toISOString();
  work.steps.push(...steps.map((step) => stepRow(step, { applicationId: id, tenant }, now)));
}

function addMoves(work: Work, { tenant }: LockedApplication, activations: readonly Activation[]): void {
  const now = work.house.clock.now();
  for (const { step, to, failure = null } of activations) {
    work.moves.push({ id: step.id, tenant, state: to, dueAt: to === 'due' ? now : null, failure });
  }
}

/** Adds steps to a Laufzettel at once, so that what follows in this transaction finds them. */
export async function plantSteps(
  work: Work,
  { id, tenant }: Pick<LockedApplication, 'id' | 'tenant'>,
  steps: readonly PlannedStep[],
): Promise<void> {
  if (steps.length === 0) return;
  const now = work.house.clock.now().toISOString();
  await work.sql.query(PLANT, [JSON.stringify(steps.map((step) => stepRow(step, { applicationId: id, tenant }, now)))]);
}

/** Sends what belongs to one activation: the trigger, the offer, the journal entry. */
async function announce(
  work: Work,
  { id: applicationId, tenant }: LockedApplication,
  { step, to, failure }: Activation,
  cause: string,
): Promise<void> {
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
 * Puts an application on its pickup queue; doing it again offers a rejected or withdrawn one anew, behind what was offered meanwhile.
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

/** Takes an application off its pickup queue; whoever holds it there is told so when it comes back. */
export async function withdraw(work: Work, step: { id: string; applicationId: string; tenant: string; instance: string }): Promise<void> {
  if ((await affected(work.sql, WITHDRAW, [step.id, step.tenant, work.house.clock.now()])) === 0) return;
  work.note({
    tenant: step.tenant,
    applicationId: step.applicationId,
    stepId: step.id,
    actor: `queue:${step.instance}`,
    event: 'pickup.withdrawn',
    data: { queue: step.instance },
  });
}

/** States from which an operator or the runner may still move a step on. */
export const OPEN_STATES: readonly StepState[] = ['waiting', 'due', 'awaiting', 'retrying', 'inDoubt', 'parked'];

const PLANT = insertSteps('$1');

const WITHDRAW =
  "UPDATE pickup_item SET state = 'withdrawn', settled_at = $3 WHERE id = $1 AND tenant = $2 AND state IN ('offered', 'leased', 'rejected')";

const OFFER = prepared(`
  INSERT INTO pickup_item (id, tenant, queue, application_id, state, offered_at) VALUES ($1, $2, $3, $4, 'offered', $5)
  ON CONFLICT (id) DO UPDATE SET seq = DEFAULT, state = 'offered', queue = excluded.queue, lease_id = NULL, lease_until = NULL, offered_at = excluded.offered_at, settled_at = NULL
  WHERE pickup_item.state <> 'acknowledged'`);
