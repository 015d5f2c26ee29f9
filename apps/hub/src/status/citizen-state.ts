// SPDX-License-Identifier: EUPL-1.2
import { type ApplicationState, type Progress, STEP_SETTLED, type StepKind, type StepState } from '@amtsbote/canonical';

/** What the state of an application depends on. */
export interface Situation {
  readonly completesBy: 'decision' | 'steps';
  readonly routed: boolean;
  readonly decided: boolean;
  /** The citizen has a payment link and has not paid. */
  readonly paymentOpen: boolean;
  readonly steps: readonly { readonly kind: StepKind; readonly state: StepState; readonly forDecision: boolean }[];
}

/** What the citizen may see now. Pure; the table of the six ZBP states in code. */
export function citizenState({ steps, decided, completesBy, routed, paymentOpen }: Situation): ApplicationState {
  const work = steps.filter(({ kind, forDecision }) => kind !== 'status' && !forDecision);
  const settled = (kind: StepKind): boolean => work.some((step) => step.kind === kind && step.state === 'done');
  if (decided) return 'COMPLETED';
  if (routed && completesBy === 'steps' && work.every(({ state }) => STEP_SETTLED.includes(state))) return 'COMPLETED';
  if (paymentOpen) return 'ACTION_REQUIRED';
  if (settled('export')) return 'PROCESSING';
  if (settled('filing') || work.some(({ kind, state }) => kind === 'export' && state === 'awaiting')) return 'RECEIVED';
  return 'SUBMITTED';
}

/** Where an operator has to look. */
export function progressOf(situation: Situation, cancelled: boolean): Progress {
  if (cancelled) return 'cancelled';
  const { steps, routed, completesBy, decided } = situation;
  if (!routed || steps.some(({ state }) => state === 'parked')) return 'parked';
  const settled = steps.every(({ state }) => STEP_SETTLED.includes(state));
  if (settled && completesBy === 'decision' && !decided && isHandedToNobody(situation)) return 'parked';
  return settled && (completesBy === 'steps' || decided) ? 'finished' : 'flowing';
}

/** State and progress of an application in the moment of its receipt: nobody has paid or decided yet. */
export function stateAtReceipt(
  route: Pick<Situation, 'completesBy' | 'routed'>,
  steps: readonly { readonly kind: StepKind; readonly state: StepState }[],
): { state: ApplicationState; progress: Progress } {
  const situation = { ...route, decided: false, paymentOpen: false, steps: steps.map((step) => ({ ...step, forDecision: false })) };
  return { state: citizenState(situation), progress: progressOf(situation, false) };
}

/** With every hand-over skipped nobody will ever send the decision that ends the application: a person has to say how it goes on. */
function isHandedToNobody({ steps }: Situation): boolean {
  const exports = steps.filter(({ kind }) => kind === 'export');
  return exports.length > 0 && exports.every(({ state }) => state === 'skipped');
}
