// SPDX-License-Identifier: EUPL-1.2
import { anApplication, aPaymentDemand } from '@amtsbote/adapter-kit/testing';
import type { Application, StepState } from '@amtsbote/canonical';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { activate, type PlannedStep } from './laufzettel.js';

function aStep(name: string, more: Partial<PlannedStep> = {}): PlannedStep {
  const common = { position: 1, kind: 'filing', instance: 'eakte', options: {}, after: [], condition: null, state: 'waiting' } as const;
  return { id: name, name, ...common, ...more };
}
const moves = (steps: readonly PlannedStep[], application: Application = anApplication()): string[] =>
  activate(steps, application).map(({ step, to }) => `${step.name} ${to}`);

describe('activate', () => {
  it('lets everything begin that waits for nobody', () => {
    expect(moves([aStep('a'), aStep('b')])).toEqual(['a due', 'b due']);
  });

  it.each([
    ['done', ['b due']],
    ['skipped', ['b due']],
    ...(['waiting', 'due', 'running', 'awaiting', 'retrying', 'inDoubt', 'parked', 'cancelled'] as const).map(
      (state) => [state, []] as const,
    ),
  ] as [StepState, string[]][])('after a step that is %s: %j', (state, expected) => {
    const after = aStep('b', { after: ['a'] });
    const going = state === 'waiting' ? [aStep('a', { state, after: ['never'] }), after] : [aStep('a', { state }), after];
    expect(moves(going)).toEqual(expected);
  });

  it('waits for all that a step comes after', () => {
    const c = aStep('c', { after: ['a', 'b'] });
    expect(moves([aStep('a', { state: 'done' }), aStep('b', { state: 'running' }), c])).toEqual([]);
    expect(moves([aStep('a', { state: 'done' }), aStep('b', { state: 'skipped' }), c])).toEqual(['c due']);
  });

  it('never begins what comes after something that is not there', () => {
    expect(moves([aStep('a', { after: ['nowhere'] })])).toEqual([]);
  });

  it('skips what has a false condition, and what follows goes on at once, in whatever order steps are listed', () => {
    const chain = [
      aStep('a', { condition: 'amountCents > 0' }),
      aStep('b', { after: ['a'], condition: 'amountCents > 0' }),
      aStep('c', { after: ['b'] }),
    ];
    expect(moves(chain)).toEqual(['a skipped', 'b skipped', 'c due']);
    expect(moves([...chain].reverse()).sort()).toEqual(['a skipped', 'b skipped', 'c due']);
    expect(moves(chain, anApplication({ payment: aPaymentDemand() }))).toEqual(['a due']);
  });

  it('evaluates a condition when the turn comes, not before', () => {
    const steps = [aStep('a', { state: 'running' }), aStep('b', { after: ['a'], condition: 'application.payment.purpose == "x"' })];
    expect(moves(steps)).toEqual([]);
  });

  it('parks what has a condition that cannot be evaluated, says which, and lets nothing follow', () => {
    const steps = [aStep('a', { condition: 'application.payment.purpose == "x"' }), aStep('b', { after: ['a'] })];
    const [move, ...more] = activate(steps, anApplication());
    expect(move).toMatchObject({ to: 'parked', failure: { kind: 'misconfigured', code: 'routing/condition' } });
    expect(move?.failure?.message).toContain('application.payment.purpose == "x"');
    expect(more).toEqual([]);
  });

  it('offers what is collected instead of making it due', () => {
    expect(moves([aStep('a', { kind: 'export', options: { pickup: true } })])).toEqual(['a awaiting']);
  });

  it('parks a test submission before a queue that does not want it, unless it is skipped', () => {
    const refused = aStep('a', { kind: 'export', options: { pickup: true, testRefused: true } });
    const [move] = activate([refused], anApplication());
    expect(move).toMatchObject({ to: 'parked', failure: { kind: 'refused', code: 'delivery/test-submission' } });
    expect(moves([{ ...refused, condition: 'application.test == false' }], anApplication({ test: true }))).toEqual(['a skipped']);
  });

  it('tells conditions whether a decision is handled', () => {
    expect(moves([aStep('a', { condition: 'decision' })])).toEqual(['a skipped']);
    expect(moves([aStep('a', { condition: 'decision', options: { decisionId: 'd' } })])).toEqual(['a due']);
  });

  it('ends for every plan, moves no step twice, and only those that wait', () => {
    const plans = fc.integer({ min: 1, max: 12 }).chain((count) =>
      fc.tuple(
        ...Array.from({ length: count }, (_, n) =>
          fc.record({
            after: fc.subarray(Array.from({ length: count }, (_unused, other) => `s${other}`).filter((name) => name !== `s${n}`)),
            condition: fc.constantFrom(null, 'true', 'false'),
            state: fc.constantFrom<StepState>('waiting', 'waiting', 'done', 'parked', 'skipped'),
          }),
        ),
      ),
    );
    fc.assert(
      fc.property(plans, (plan) => {
        const steps = plan.map((step, n) => aStep(`s${n}`, step));
        const names = activate(steps, anApplication()).map(({ step }) => step.name);
        expect(new Set(names).size).toBe(names.length);
        for (const name of names) expect(steps.find((step) => step.name === name)?.state).toBe('waiting');
      }),
    );
  });
});
