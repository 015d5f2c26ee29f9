// SPDX-License-Identifier: EUPL-1.2
/*
 * Terminology
 *   Laufzettel   the plan of steps of one application (a routing slip); rows of the step table
 *   settled      done or skipped: what comes after may go on
 *   activate     move waiting steps on whose predecessors are settled
 */
import { compileCondition, ExpressionError } from '@amtsbote/adapter-kit';
import { type Application, type Failure, STEP_SETTLED, type StepState } from '@amtsbote/canonical';
import type { OfApplication, StepPlan } from '@amtsbote/store';

import type { NewStep } from '../house/changes.js';
import { TEST_SUBMISSION } from './test-submission.js';

/** A step as planning sees it. */
export interface PlannedStep extends StepPlan {
  /** Why it is parked. */
  readonly failure?: Failure | null;
}

/** A planned step as a row; what is due is due at once. */
export function stepRow(step: PlannedStep, { applicationId, tenant }: OfApplication, now: string): NewStep {
  const { id, position, name, kind, instance, options, after, condition, state, failure = null } = step;
  const dueAt = state === 'due' ? now : null;
  return { id, tenant, applicationId, position, name, kind, instance, options, after, condition, state, failure, dueAt, changedAt: now };
}

/** A move of one waiting step. */
export interface Activation {
  readonly step: PlannedStep;
  readonly to: Extract<StepState, 'due' | 'awaiting' | 'skipped' | 'parked'>;
  /** Why it is parked: its condition cannot be evaluated, or a queue does not want it. */
  readonly failure?: Failure;
}

/**
 * Which waiting steps go on now. A step whose condition is false is skipped, which may let the next ones go on at once. Exports that are
 * collected from a pickup queue become `awaiting`: our part is the offer; a test submission that the queue does not want is parked.
 * `application` may be missing when no waiting step has a condition.
 */
export function activate(steps: readonly PlannedStep[], application: Application | null): Activation[] {
  const states = new Map(steps.map((step) => [step.name, step.state]));
  const moves: Activation[] = [];
  for (let moved = true; moved;) {
    moved = false;
    for (const step of steps) {
      if (states.get(step.name) !== 'waiting' || !step.after.every((name) => isSettled(states.get(name)))) continue;
      const move = activationOf(step, application);
      states.set(step.name, move.to);
      moves.push(move);
      moved = true;
    }
  }
  return moves;
}

function isSettled(state: StepState | undefined): boolean {
  return state !== undefined && STEP_SETTLED.includes(state);
}

function activationOf(step: PlannedStep, application: Application | null): Activation {
  try {
    if (step.condition !== null && !holds(step.condition, step, application)) return { step, to: 'skipped' };
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return { step, to: 'parked', failure: { kind: 'misconfigured', code: 'routing/condition', message: error.message.slice(0, 1_000) } };
  }
  if (step.options.pickup !== true) return { step, to: 'due' };
  return step.options.testRefused === true ? { step, to: 'parked', failure: TEST_SUBMISSION } : { step, to: 'awaiting' };
}

function holds(condition: string, { options }: PlannedStep, application: Application | null): boolean {
  if (application === null) throw new Error('a condition without the application it is about');
  return compileCondition(condition)({ application, decision: options.decisionId !== undefined });
}
