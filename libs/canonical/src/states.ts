// SPDX-License-Identifier: EUPL-1.2
import { z } from 'zod';

/**
 * What the citizen sees, in the six words of the ZBP (Zentrales Bürgerpostfach). The hub knows an application from SUBMITTED on.
 */
export const ApplicationState = z.enum(['INITIATED', 'SUBMITTED', 'RECEIVED', 'PROCESSING', 'ACTION_REQUIRED', 'COMPLETED']);
export type ApplicationState = z.infer<typeof ApplicationState>;

/** Legal moves of an application, as data: printable and testable. COMPLETED is the end. */
export const APPLICATION_TRANSITIONS: Readonly<Record<ApplicationState, readonly ApplicationState[]>> = {
  INITIATED: ['SUBMITTED'],
  SUBMITTED: ['ACTION_REQUIRED', 'RECEIVED', 'PROCESSING', 'COMPLETED'],
  ACTION_REQUIRED: ['SUBMITTED', 'RECEIVED', 'PROCESSING', 'COMPLETED'],
  RECEIVED: ['ACTION_REQUIRED', 'PROCESSING', 'COMPLETED'],
  PROCESSING: ['ACTION_REQUIRED', 'COMPLETED'],
  COMPLETED: [],
};

/**
 * Where the operator has to look: `flowing` needs nobody, `parked` needs a person, `finished` is the terminal success. `shadow` came in through
 * the form system that is not in charge of a parallel run: it is kept for comparison and delivered nowhere until a person says so.
 */
export const Progress = z.enum(['flowing', 'parked', 'finished', 'cancelled', 'shadow']);
export type Progress = z.infer<typeof Progress>;

/** What a step does; decides which port and which message type carry it. */
export const StepKind = z.enum(['collect', 'payment', 'filing', 'export', 'share', 'status']);
export type StepKind = z.infer<typeof StepKind>;

/**
 * - `waiting`: for the steps named in `after`
 * - `due`: may be claimed from its due time on
 * - `running`: claimed with a lease and a fencing token
 * - `awaiting`: our part is done, the outside has to act (the citizen pays, the Fachverfahren collects)
 * - `retrying`: failed in a way that passes; claimed again from its due time on
 * - `inDoubt`: the target may or may not have acted; it is asked (find) before anything else
 * - `parked`: in front of a person, never lost
 * - `done`, `skipped`, `cancelled`: ends
 */
export const StepState = z.enum(['waiting', 'due', 'running', 'awaiting', 'retrying', 'inDoubt', 'parked', 'done', 'skipped', 'cancelled']);
export type StepState = z.infer<typeof StepState>;

/** Legal moves of a step, as data. */
export const STEP_TRANSITIONS: Readonly<Record<StepState, readonly StepState[]>> = {
  waiting: ['due', 'awaiting', 'skipped', 'cancelled', 'parked'],
  due: ['running', 'awaiting', 'skipped', 'cancelled', 'parked'],
  running: ['done', 'awaiting', 'retrying', 'inDoubt', 'parked', 'due'],
  awaiting: ['running', 'done', 'parked', 'skipped', 'cancelled', 'due'],
  retrying: ['running', 'due', 'skipped', 'cancelled', 'parked'],
  inDoubt: ['running', 'due', 'skipped', 'cancelled', 'parked'],
  parked: ['due', 'inDoubt', 'skipped', 'cancelled', 'done', 'awaiting'],
  done: [],
  skipped: [],
  cancelled: [],
};

/** Ends of a step that let the steps after it go on. */
export const STEP_SETTLED: readonly StepState[] = ['done', 'skipped'];

/** Whether data-given transitions allow the move; staying is always allowed. */
export function mayMove<State extends string>(transitions: Readonly<Record<State, readonly State[]>>, from: State, to: State): boolean {
  return from === to || transitions[from].includes(to);
}
