// SPDX-License-Identifier: EUPL-1.2
import type { FailureKind, StepState } from '@amtsbote/canonical';
import { describe, expect, it } from '@jest/globals';

import type { PlannedStep } from '../routing/laufzettel.js';
import { actionsOf, type CommandedStep, type Force, planReroute, type ReroutedStep, retryMove, skipRefusal } from './command-rules.js';

const failing = (kind: FailureKind, code = 'dms-x/what'): CommandedStep['failure'] => ({ kind, code, message: 'm' });
const step = (more: Partial<CommandedStep> = {}): CommandedStep => ({
  state: 'parked',
  failure: failing('refused'),
  options: {},
  dueAt: null,
  ...more,
});

describe('retrying a step', () => {
  const rows: [what: string, step: CommandedStep, force: Force | undefined, to: StepState | 'refused'][] = [
    ['parked after a refusal', step(), undefined, 'due'],
    ['parked while its instance was misconfigured', step({ failure: failing('misconfigured') }), undefined, 'due'],
    ['parked because nobody can tell whether it happened', step({ failure: failing('outcomeUnknown') }), undefined, 'inDoubt'],
    ['parked after our own mistake', step({ failure: failing('unexpected') }), undefined, 'inDoubt'],
    [
      'parked with an unknown outcome, of which a person knows it did not happen',
      step({ failure: failing('outcomeUnknown') }),
      'act',
      'due',
    ],
    [
      'parked with an unknown outcome, of which a person knows it happened',
      step({ failure: failing('outcomeUnknown') }),
      'confirmDone',
      'done',
    ],
    ['given back by the Fachverfahren', step({ options: { pickup: true } }), undefined, 'awaiting'],
    ['of a test submission, before a queue that wants none', step({ options: { pickup: true, testRefused: true } }), undefined, 'refused'],
    ['of a test submission, before such a queue, forced', step({ options: { pickup: true, testRefused: true } }), 'act', 'refused'],
    ['with a condition that cannot be evaluated', step({ failure: failing('misconfigured', 'routing/condition') }), undefined, 'refused'],
    ['with such a condition, forced', step({ failure: failing('misconfigured', 'routing/condition') }), 'act', 'due'],
    ['retrying', step({ state: 'retrying' }), undefined, 'due'],
    ['in doubt', step({ state: 'inDoubt' }), undefined, 'inDoubt'],
    ['in doubt, forced', step({ state: 'inDoubt' }), 'act', 'due'],
    ['in doubt, confirmed before it was asked', step({ state: 'inDoubt' }), 'confirmDone', 'refused'],
    ['awaiting a payment', step({ state: 'awaiting', dueAt: new Date(0) }), undefined, 'awaiting'],
    ['awaiting its collection', step({ state: 'awaiting' }), undefined, 'refused'],
    ...(['waiting', 'due', 'running', 'done', 'skipped', 'cancelled'] as const).map(
      (state): [string, CommandedStep, undefined, 'refused'] => [state, step({ state }), undefined, 'refused'],
    ),
  ];
  it.each(rows)('%s', (_what, candidate, force, to) => {
    const move = retryMove(candidate, force);
    expect('refused' in move ? 'refused' : move.to).toBe(to);
  });

  it('forgets effects that were only started when a person says they did not happen, and only then', () => {
    expect(retryMove(step({ failure: failing('outcomeUnknown') }), 'act')).toMatchObject({ forgetsStarted: true });
    expect(retryMove(step({ failure: failing('outcomeUnknown') }))).toMatchObject({ forgetsStarted: false });
  });
});

describe('skipping a step', () => {
  it.each(['waiting', 'due', 'awaiting', 'retrying', 'inDoubt', 'parked'] as const)('is possible while it is %s', (state) => {
    expect(skipRefusal({ state })).toBeUndefined();
  });
  it.each(['running', 'done', 'skipped', 'cancelled'] as const)('is refused while it is %s', (state) => {
    expect(skipRefusal({ state })).toMatchObject({ refused: 'step-state' });
  });
});

describe('what a person may do', () => {
  it.each([
    ['parked', ['retry', 'forceAct', 'confirmDone', 'skip']],
    ['retrying', ['retry', 'skip']],
    ['inDoubt', ['retry', 'forceAct', 'skip']],
    ['due', ['skip']],
    ['running', []],
    ['done', []],
  ] as const)('with a step that is %s', (state, actions) => {
    expect(actionsOf(step({ state }))).toEqual(actions);
  });
});

describe('rerouting', () => {
  const row = (name: string, state: StepState, more: Partial<ReroutedStep> = {}): ReroutedStep => ({
    id: `id-${name}`,
    name,
    kind: 'filing',
    instance: 'eakte',
    options: {},
    state,
    receipt: null,
    position: 1,
    ...more,
  });
  const plan = (name: string, more: Partial<PlannedStep> = {}): PlannedStep => ({
    id: `new-${name}`,
    position: 1,
    name,
    kind: 'filing',
    instance: 'eakte',
    options: {},
    after: [],
    condition: null,
    state: 'waiting',
    ...more,
  });
  const shown = (steps: readonly ReroutedStep[], planned: readonly PlannedStep[]): Record<string, string[]> => {
    const { kept, cancelled, renamed, added } = planReroute(steps, planned);
    return {
      kept: kept.map(({ step: { name } }) => name),
      cancelled: cancelled.map(({ name }) => name),
      renamed: renamed.map(({ name }) => name),
      added: added.map(({ name }) => name),
    };
  };

  it.each(['done', 'running'] as const)('keeps what is %s, wherever the new route would send it', (state) => {
    expect(shown([row('file', state)], [plan('file', { instance: 'other' })])).toEqual({
      kept: ['file'],
      cancelled: [],
      renamed: [],
      added: [],
    });
  });
  it('keeps an open step that goes to the same instance: its id is the key against doubles', () => {
    expect(shown([row('file', 'parked')], [plan('file')])).toMatchObject({ kept: ['file'], added: [] });
  });
  it('replaces an open step that goes elsewhere, and frees its name', () => {
    expect(shown([row('file', 'retrying')], [plan('file', { instance: 'other' })])).toEqual({
      kept: [],
      cancelled: ['file'],
      renamed: ['file-replaced-1'],
      added: ['file'],
    });
  });
  it('frees a name that was freed before under another number', () => {
    const steps = [row('file-replaced-1', 'cancelled'), row('file', 'due')];
    expect(shown(steps, [plan('file', { instance: 'other' })])).toMatchObject({ renamed: ['file-replaced-2'] });
  });
  it('cancels open steps that the new route does not have, and leaves finished ones', () => {
    expect(shown([row('file', 'done'), row('hand-over', 'awaiting')], [plan('copy')])).toEqual({
      kept: [],
      cancelled: ['hand-over'],
      renamed: [],
      added: ['copy'],
    });
  });
  it('keeps what a person skipped, and plans anew what a condition skipped', () => {
    expect(shown([row('fee', 'skipped', { receipt: { skippedBy: 'admin:a' } })], [plan('fee')])).toMatchObject({
      kept: ['fee'],
      added: [],
    });
    expect(shown([row('fee', 'skipped')], [plan('fee')])).toMatchObject({ kept: [], renamed: ['fee-replaced-1'], added: ['fee'] });
  });
  it('keeps the refreshing of a filing that stays, and ends that of one which goes elsewhere', () => {
    const refresh = row('refresh-filing-1', 'waiting', { options: { refreshes: row('file', 'done').id } });
    expect(shown([row('file', 'done'), refresh], [plan('file')])).toMatchObject({ kept: ['file'], cancelled: [], added: [] });
    expect(shown([row('file', 'retrying'), refresh], [plan('file', { instance: 'other' })])).toMatchObject({
      cancelled: ['file', 'refresh-filing-1'],
    });
  });
  it('leaves reports to the citizen and filings of decisions alone', () => {
    const steps = [row('status-1', 'due', { kind: 'status' }), row('file-decision-1', 'due', { options: { decisionId: 'd' } })];
    expect(shown(steps, [plan('file')])).toEqual({ kept: [], cancelled: [], renamed: [], added: ['file'] });
  });
});
