// SPDX-License-Identifier: EUPL-1.2
import { mayMove, STEP_TRANSITIONS, type StepState } from '@amtsbote/canonical';
import type { StepAction } from '@amtsbote/ops-api';
import type { StepRow } from '@amtsbote/store';

import type { PlannedStep } from '../routing/laufzettel.js';

/**
 * What a person knows that the hub does not.
 * - `act`: it has not happened, do it without asking the target first
 * - `confirmDone`: it has happened, count it as done
 */
export type Force = 'act' | 'confirmDone';

/** Where a retried step goes. */
export interface RetryMove {
  readonly to: Extract<StepState, 'due' | 'inDoubt' | 'awaiting' | 'done'>;
  /** Effects noted as started are forgotten, so that they are done again instead of asked for. */
  readonly forgetsStarted: boolean;
  /** It goes back to its pickup queue. */
  readonly offers: boolean;
}

/** Why a command cannot be carried out now; `code` is stable and kebab-case. */
export interface Refusal {
  readonly refused: string;
  readonly detail: string;
}

/** What the rules look at. */
export type CommandedStep = Pick<StepRow, 'state' | 'failure' | 'options' | 'dueAt'>;

/** Outcomes after which the target may have acted: it is asked before anything is repeated (law 4). */
const UNCERTAIN = ['outcomeUnknown', 'unexpected'];
/** Failure of a step whose condition cannot be evaluated; evaluating it again gives the same. */
const CONDITION = 'routing/condition';

/** Where a retry leads from the step's state, or why there is nothing to retry. Pure. */
export function retryMove(step: CommandedStep, force?: Force): RetryMove | Refusal {
  const move = moveOf(step, force);
  if ('refused' in move || mayMove(STEP_TRANSITIONS, step.state, move.to)) return move;
  return { refused: 'step-state', detail: `A step that is ${step.state} cannot become ${move.to}.` };
}

function moveOf(step: CommandedStep, force: Force | undefined): RetryMove | Refusal {
  const plain = { forgetsStarted: force === 'act', offers: false };
  if (force === 'confirmDone') {
    if (step.state === 'parked') return { ...plain, to: 'done' };
    return { refused: 'step-state', detail: `Only a parked step can be confirmed as done; this one is ${step.state}.` };
  }
  switch (step.state) {
    case 'parked':
      return parkedMove(step, force);
    case 'retrying':
      return { ...plain, to: 'due' };
    case 'inDoubt':
      return { ...plain, to: force === 'act' ? 'due' : 'inDoubt' };
    case 'awaiting':
      // A payment that is asked for from time to time has a due time; what lies on a pickup queue has none.
      if (step.dueAt !== null && force === undefined) return { ...plain, to: 'awaiting' };
      return { refused: 'step-state', detail: 'The step waits for the outside; there is nothing to retry.' };
    case 'waiting':
    case 'due':
    case 'running':
    case 'done':
    case 'skipped':
    case 'cancelled':
      return { refused: 'step-state', detail: `A step that is ${step.state} has nothing to retry.` };
  }
}

function parkedMove({ failure, options }: CommandedStep, force: Force | undefined): RetryMove | Refusal {
  if (failure?.code === CONDITION && force !== 'act') {
    return { refused: 'condition', detail: 'Its condition cannot be evaluated for this application: skip it, reroute, or force it.' };
  }
  if (options.testRefused === true) {
    return { refused: 'test-submission', detail: 'The queue takes no test submissions: skip the step, or cancel the application.' };
  }
  if (options.pickup === true) return { to: 'awaiting', forgetsStarted: false, offers: true };
  if (force === 'act') return { to: 'due', forgetsStarted: true, offers: false };
  return { to: failure !== null && UNCERTAIN.includes(failure.kind) ? 'inDoubt' : 'due', forgetsStarted: false, offers: false };
}

/** Whether a person may skip it, and if not, why. Pure. */
export function skipRefusal({ state }: Pick<StepRow, 'state'>): Refusal | undefined {
  if (state !== 'skipped' && mayMove(STEP_TRANSITIONS, state, 'skipped')) return undefined;
  const wait = state === 'running' ? ' Wait until the attempt has ended.' : '';
  return { refused: 'step-state', detail: `A step that is ${state} cannot be skipped.${wait}` };
}

/** What a person may do with a step now; the rules above decide again when it is done. */
export function actionsOf(step: CommandedStep): StepAction[] {
  const actions: StepAction[] = [];
  if (!('refused' in retryMove(step))) actions.push('retry');
  const forced = retryMove(step, 'act');
  if (!('refused' in forced) && !forced.offers && step.state !== 'retrying') actions.push('forceAct');
  if (!('refused' in retryMove(step, 'confirmDone'))) actions.push('confirmDone');
  if (skipRefusal(step) === undefined) actions.push('skip');
  return actions;
}

/** A step as rerouting sees it. */
export type ReroutedStep = Pick<StepRow, 'id' | 'name' | 'kind' | 'instance' | 'options' | 'state' | 'receipt' | 'position'>;

/** What another route does to a Laufzettel. */
export interface Reroute<Step extends ReroutedStep> {
  /** Rows that stay; open ones take over place, predecessors, condition and options of the new plan. */
  readonly kept: readonly { readonly step: Step; readonly planned: PlannedStep }[];
  /** Open rows that end. */
  readonly cancelled: readonly Step[];
  /** Rows whose name is needed by a new one. */
  readonly renamed: readonly { readonly step: Step; readonly name: string }[];
  readonly added: readonly PlannedStep[];
}

/**
 * Compares a Laufzettel with the plan of another route. What is done, running or skipped by a person stays, found again by its name, so that
 * nothing is delivered twice. An open step that would go to the same instance stays too: its id is the target's key against doubles.
 * Reports to the citizen and filings of decisions belong to no route and are left alone. Pure.
 */
export function planReroute<Step extends ReroutedStep>(steps: readonly Step[], planned: readonly PlannedStep[]): Reroute<Step> {
  const routed = steps.filter(
    ({ kind, options }) => kind !== 'status' && options.decisionId === undefined && options.refreshes === undefined,
  );
  const byName = new Map(routed.map((step) => [step.name, step]));
  const kept: { step: Step; planned: PlannedStep }[] = [];
  const added: PlannedStep[] = [];
  for (const plan of planned) {
    const step = byName.get(plan.name);
    if (step !== undefined && stays(step, plan)) kept.push({ step, planned: plan });
    else added.push(plan);
  }
  const names = new Set(steps.map(({ name }) => name));
  const keptIds = new Set(kept.map(({ step }) => step.id));
  const renamed = routed
    .filter(({ id, name }) => !keptIds.has(id) && added.some((plan) => plan.name === name))
    .map((step) => ({ step, name: freeName(step.name, names) }));
  const ends = ({ state }: Step): boolean => mayMove(STEP_TRANSITIONS, state, 'cancelled') && !isEnd(state);
  const replaced = routed.filter((step) => !keptIds.has(step.id) && ends(step));
  const gone = new Set(replaced.map(({ id }) => id));
  // What would have been brought up to date is not filed there any more.
  const cancelled = [...replaced, ...steps.filter((step) => gone.has(step.options.refreshes ?? '') && ends(step))];
  return { kept, cancelled, renamed, added };
}

function stays(step: ReroutedStep, plan: PlannedStep): boolean {
  switch (step.state) {
    case 'done':
    case 'running':
      return true;
    case 'skipped':
      // A person's skip leaves a receipt; a condition of the old route says nothing about the new one.
      return step.receipt !== null;
    case 'cancelled':
      return false;
    case 'waiting':
    case 'due':
    case 'awaiting':
    case 'retrying':
    case 'inDoubt':
    case 'parked':
      return step.kind === plan.kind && step.instance === plan.instance && step.options.pickup === plan.options.pickup;
  }
}

function isEnd(state: StepState): boolean {
  return state === 'done' || state === 'skipped' || state === 'cancelled';
}

/** `file` → `file-replaced-1`: still a name as the bus knows them. */
function freeName(name: string, taken: Set<string>): string {
  for (let number = 1; ; number += 1) {
    const candidate = `${name.slice(0, 40)}-replaced-${number}`;
    if (taken.has(candidate)) continue;
    taken.add(candidate);
    return candidate;
  }
}
