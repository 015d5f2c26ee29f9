// SPDX-License-Identifier: EUPL-1.2
import type { StepKind, StepState } from '@amtsbote/canonical';
import { describe, expect, it } from '@jest/globals';

import { citizenState, progressOf, type Situation } from './citizen-state.js';

/** `fee:done file:running hand-over:awaiting`, with `!` before steps of a decision. */
const KINDS: Readonly<Record<string, StepKind>> = {
  fee: 'payment',
  file: 'filing',
  hand: 'export',
  push: 'export',
  tell: 'status',
  get: 'collect',
};
function situation(steps: string, more: Partial<Situation> = {}): Situation {
  return {
    completesBy: 'decision',
    routed: true,
    decided: false,
    paymentOpen: false,
    steps: steps
      .split(' ')
      .filter((word) => word !== '')
      .map((word) => {
        const [name = '', state] = word.replace('!', '').split(':');
        return { kind: KINDS[name] ?? 'filing', state: state as StepState, forDecision: word.startsWith('!') };
      }),
    ...more,
  };
}
const bySteps = { completesBy: 'steps' } as const;

describe('what the citizen sees', () => {
  it.each([
    ['SUBMITTED', 'fee:due file:waiting hand:waiting', {}],
    ['SUBMITTED', 'fee:parked file:waiting hand:waiting', {}],
    ['SUBMITTED', 'get:running file:waiting', {}],
    ['SUBMITTED', '', { routed: false }],
    ['SUBMITTED', '', { routed: false, completesBy: 'steps' }],
    ['SUBMITTED', 'fee:done file:retrying hand:waiting', {}],
    ['SUBMITTED', 'tell:done', {}],
    ['ACTION_REQUIRED', 'fee:awaiting file:waiting', { paymentOpen: true }],
    ['ACTION_REQUIRED', 'fee:awaiting file:done hand:done', { paymentOpen: true }],
    ['RECEIVED', 'fee:done file:done hand:waiting', {}],
    ['RECEIVED', 'fee:skipped hand:awaiting', {}],
    ['RECEIVED', 'file:done push:retrying', {}],
    ['PROCESSING', 'fee:done file:done hand:done', {}],
    ['PROCESSING', 'file:parked push:done', {}],
    ['COMPLETED', 'fee:done file:done hand:done', { decided: true }],
    ['COMPLETED', 'file:parked hand:awaiting', { decided: true, paymentOpen: true }],
    ['COMPLETED', 'fee:skipped file:done', bySteps],
    ['COMPLETED', 'file:done tell:retrying !file:due', bySteps],
    ['RECEIVED', 'file:done push:running', bySteps],
    ['RECEIVED', 'file:done !file:done', {}],
    ['SUBMITTED', 'file:retrying !file:done', {}],
  ] as [string, string, Partial<Situation>][])('%s for %j %j', (state, steps, more) => {
    expect(citizenState(situation(steps, more))).toBe(state);
  });
});

describe('where an operator has to look', () => {
  it.each([
    ['parked', '', { routed: false }],
    ['parked', 'fee:done file:parked', {}],
    ['parked', 'file:done hand:done tell:parked', { decided: true }],
    ['flowing', 'fee:awaiting file:waiting', {}],
    ['flowing', 'file:done hand:done', {}],
    ['flowing', 'file:done hand:done !file:due', { decided: true }],
    ['flowing', 'file:done tell:retrying', bySteps],
    ['finished', 'file:done hand:done tell:done !file:done', { decided: true }],
    ['finished', 'fee:skipped file:done', bySteps],
  ] as [string, string, Partial<Situation>][])('%s for %j %j', (progress, steps, more) => {
    expect(progressOf(situation(steps, more), false)).toBe(progress);
  });

  it('is nowhere once it is cancelled', () => {
    expect(progressOf(situation('file:parked'), true)).toBe('cancelled');
  });
});
