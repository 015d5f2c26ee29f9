// SPDX-License-Identifier: EUPL-1.2
import { anApplication, anAttachment } from '@amtsbote/adapter-kit/testing';
import { ManualClock, seededRandomness, uuidV7 } from '@amtsbote/platform';
import { describe, expect, it } from '@jest/globals';

import { AktenplanRule, type RouteConfig } from '../config/route-config.js';
import { decisionFilingStep, planSteps, statusStep } from './planner.js';

const ids = uuidV7(new ManualClock(), seededRandomness(1));
const queues = { register: { testSubmissions: false }, trial: { testSubmissions: true } };
const route = {
  name: 'gewerbe',
  match: {},
  completesBy: 'decision',
  payment: { pollMs: 1, pollMaxMs: 1, payWithinMs: 1 },
  steps: [
    { name: 'fee', kind: 'payment', instance: 'epayment', after: [], when: 'amountCents > 0' },
    { name: 'file', kind: 'filing', instance: 'eakte', joins: false, after: ['fee'] },
    { name: 'hand-over', kind: 'pickup', queue: 'register', after: ['file'] },
  ],
} satisfies RouteConfig;
const { size: _size, sha512: _sha512, ...described } = anAttachment('plan.pdf');
const linked = { ...described, state: 'linked', link: 'https://files.example.org/1' } as const;

describe('a Laufzettel', () => {
  it('has the steps of the route, all waiting, in reading order, with ids of their own', () => {
    const steps = planSteps(route, anApplication(), { ids, queues, aktenplan: {} });
    expect(steps.map(({ id: _id, ...step }) => step)).toEqual([
      {
        position: 1,
        name: 'fee',
        kind: 'payment',
        instance: 'epayment',
        options: { payment: { pollMs: 1, pollMaxMs: 1, payWithinMs: 1 } },
        after: [],
        condition: 'amountCents > 0',
        state: 'waiting',
      },
      {
        position: 2,
        name: 'file',
        kind: 'filing',
        instance: 'eakte',
        options: {},
        after: ['fee'],
        condition: null,
        state: 'waiting',
      },
      {
        position: 3,
        name: 'hand-over',
        kind: 'export',
        instance: 'register',
        options: { pickup: true },
        after: ['file'],
        condition: null,
        state: 'waiting',
      },
    ]);
    expect(new Set(steps.map(({ id }) => id)).size).toBe(3);
  });

  it.each([
    ['a queue that wants none', 'register', true, { pickup: true, testRefused: true }],
    ['a queue that wants them', 'trial', true, { pickup: true }],
    ['a queue nobody knows', 'gone', true, { pickup: true, testRefused: true }],
    ['a queue that wants none, when it is none', 'register', false, { pickup: true }],
  ] as const)('remembers of a test submission before %s what it comes to', (_which, queue, test, options) => {
    const handedOver = { ...route, steps: [{ name: 'hand-over', kind: 'pickup', queue, after: [] }] } satisfies RouteConfig;
    expect(planSteps(handedOver, anApplication({ test }), { ids, queues, aktenplan: {} })[0]?.options).toEqual(options);
  });

  it('collects linked attachments before anything else', () => {
    const steps = planSteps(route, anApplication({ attachments: [anAttachment('a.pdf'), linked] }), { ids, queues, aktenplan: {} });
    expect(steps[0]).toMatchObject({ position: 0, name: 'collect', kind: 'collect', instance: 'hub', after: [] });
    expect(steps.slice(1).map(({ after }) => after)).toEqual([['collect'], ['collect', 'fee'], ['collect', 'file']]);
  });

  it('keeps the rule by which it will be filed, whatever the configuration says later', () => {
    const aktenplan = { gewerbe: AktenplanRule.parse({ version: 7, akte: { per: 'year', title: '"Gewerbe"' } }) };
    const filed = {
      ...route,
      steps: [{ name: 'file', kind: 'filing', instance: 'eakte', rule: 'gewerbe', joins: false, after: [] }],
    } satisfies RouteConfig;
    expect(planSteps(filed, anApplication(), { ids, queues, aktenplan })[0]?.options).toEqual({
      rule: {
        ...{ name: 'gewerbe', version: 7, classes: {} },
        akte: { per: 'year', prefix: 'gewerbe', yearly: false, coded: false, title: '"Gewerbe"' },
        vorgang: { title: 'application.publicService.name + " " + application.reference' },
      },
    });
  });

  it('collects nothing when everything came along', () => {
    expect(planSteps(route, anApplication({ attachments: [anAttachment('a.pdf')] }), { ids, queues, aktenplan: {} })).toHaveLength(3);
  });
});

describe('added steps', () => {
  const changedAt = new Date('2026-01-31T10:00:00.000Z');

  it('report one change after the other', () => {
    const first = statusStep(ids, { sequence: 1, state: 'SUBMITTED', changedAt, reportTo: 'portal' });
    const third = statusStep(ids, { sequence: 3, state: 'COMPLETED', changedAt, reportTo: 'portal', decisionId: 'd' });
    expect(first).toMatchObject({ name: 'status-1', after: [], kind: 'status', instance: 'portal' });
    expect(third).toMatchObject({
      name: 'status-3',
      after: ['status-2'],
      options: { decisionId: 'd', status: { state: 'COMPLETED', sequence: 3, changedAt: changedAt.toISOString() } },
    });
    expect(first.options).not.toHaveProperty('decisionId');
  });

  it('file a decision where and after the application was filed', () => {
    expect(decisionFilingStep(ids, { number: 2, instance: 'eakte', after: 'file', decisionId: 'd' })).toMatchObject({
      name: 'file-decision-2',
      kind: 'filing',
      instance: 'eakte',
      after: ['file'],
      options: { decisionId: 'd' },
    });
  });
});
