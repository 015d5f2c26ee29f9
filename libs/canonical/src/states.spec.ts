// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from '@jest/globals';

import { APPLICATION_TRANSITIONS, ApplicationState, mayMove, STEP_SETTLED, STEP_TRANSITIONS, StepState } from './states.js';

/** Everything that can be reached from a state. */
function reachable<State extends string>(transitions: Readonly<Record<State, readonly State[]>>, from: State): Set<State> {
  const seen = new Set<State>();
  const open: State[] = [from];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const to of transitions[next]) {
      if (!seen.has(to)) open.push(to);
      seen.add(to);
    }
  }
  return seen;
}

describe('moves of an application', () => {
  it('lead from its beginning to every state, and from every state to its end', () => {
    expect([...reachable(APPLICATION_TRANSITIONS, 'INITIATED')].sort()).toEqual(
      ApplicationState.options.filter((state) => state !== 'INITIATED').sort(),
    );
    for (const state of ApplicationState.options.filter((one) => one !== 'COMPLETED'))
      expect(reachable(APPLICATION_TRANSITIONS, state)).toContain('COMPLETED');
  });

  it('never lead back from its end, and never back behind the office that works on it', () => {
    expect(APPLICATION_TRANSITIONS.COMPLETED).toEqual([]);
    expect(mayMove(APPLICATION_TRANSITIONS, 'PROCESSING', 'RECEIVED')).toBe(false);
    expect(mayMove(APPLICATION_TRANSITIONS, 'RECEIVED', 'SUBMITTED')).toBe(false);
    expect(mayMove(APPLICATION_TRANSITIONS, 'ACTION_REQUIRED', 'SUBMITTED')).toBe(true);
  });

  it('allow staying', () => {
    for (const state of ApplicationState.options) expect(mayMove(APPLICATION_TRANSITIONS, state, state)).toBe(true);
  });
});

describe('moves of a step', () => {
  const ends = StepState.options.filter((state) => STEP_TRANSITIONS[state].length === 0);

  it('end where it is done, skipped or cancelled', () => {
    expect([...ends].sort()).toEqual(['cancelled', 'done', 'skipped']);
    for (const state of STEP_SETTLED) expect(ends).toContain(state);
  });

  it('reach every state from the beginning, and done from every state that is no end', () => {
    expect([...reachable(STEP_TRANSITIONS, 'waiting')].sort()).toEqual(StepState.options.filter((state) => state !== 'waiting').sort());
    for (const state of StepState.options) if (!ends.includes(state)) expect(reachable(STEP_TRANSITIONS, state)).toContain('done');
  });

  it('let a person stop it in every state but while it runs', () => {
    for (const state of StepState.options) {
      const open = state !== 'running' && !ends.includes(state);
      expect([state, mayMove(STEP_TRANSITIONS, state, 'cancelled')]).toEqual([state, open || state === 'cancelled']);
      expect([state, mayMove(STEP_TRANSITIONS, state, 'skipped')]).toEqual([state, open || state === 'skipped']);
    }
  });

  it('bring it in front of a person from every open state: parked, never lost', () => {
    for (const state of StepState.options) if (!ends.includes(state)) expect(mayMove(STEP_TRANSITIONS, state, 'parked')).toBe(true);
  });

  it('never repeat what is in doubt without asking: only a claim, a person or an end follows', () => {
    expect([...STEP_TRANSITIONS.inDoubt].sort()).toEqual(['cancelled', 'due', 'parked', 'running', 'skipped']);
  });
});
