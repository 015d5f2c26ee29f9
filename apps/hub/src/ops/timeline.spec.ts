// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from '@jest/globals';

import { withoutNames } from './redaction.js';
import { mergeTimeline, type TimelineSources } from './timeline.js';

const at = (second: number): Date => new Date(Date.UTC(2026, 0, 31, 10, 0, second));
const NOTHING: TimelineSources = {
  journal: [],
  steps: [{ id: 'step-1', name: 'file' }],
  attempts: [],
  effects: [],
  payments: [],
  pickups: [],
  decisions: [],
  messages: [],
  deadLetters: [],
};

describe('a timeline', () => {
  it('is one line of time over all sources, causes before what they led to', () => {
    const entries = mergeTimeline({
      ...NOTHING,
      journal: [
        { seq: '1', at: at(1), actor: 'endpoint:a', event: 'application.submitted', stepId: null, data: {} },
        { seq: '2', at: at(3), actor: 'worker:w', event: 'step.done', stepId: 'step-1', data: {} },
        { seq: '3', at: at(3), actor: 'worker:w', event: 'application.state-changed', stepId: null, data: {} },
      ],
      attempts: [
        { stepId: 'step-1', number: 1, owner: 'w', startedAt: at(2), endedAt: at(3), outcome: 'done', failure: null, retryAt: null },
      ],
      effects: [{ stepId: 'step-1', name: 'vorgang', state: 'done', receipt: { id: '7' }, startedAt: at(2), doneAt: at(3) }],
      decisions: [{ id: 'd', outcome: 'granted', documents: ['Bescheid.pdf'], receivedAt: at(3) }],
      messages: [{ id: 'm', type: 'status.requested.v1', deliveries: 0, availableAt: at(3) }],
      deadLetters: [{ id: 'l', type: 'status.requested.v1', reason: 'r', deliveries: 10, diedAt: at(0) }],
    });
    expect(entries.map(({ event, step }) => (step === undefined ? event : `${event} ${step}`))).toEqual([
      'message.dead',
      'application.submitted',
      'attempt.ended file',
      'effect.done file',
      'decision.stored',
      'step.done file',
      'application.state-changed',
      'message.waiting',
    ]);
    expect(entries[2]?.data).toMatchObject({ number: 1, outcome: 'done', durationMs: 1_000 });
  });
  it('says of an attempt that never ended that it runs', () => {
    const [entry] = mergeTimeline({
      ...NOTHING,
      attempts: [{ stepId: 'gone', number: 1, owner: 'w', startedAt: at(2), endedAt: null, outcome: null, failure: null, retryAt: null }],
    });
    expect(entry).toMatchObject({ event: 'attempt.running', data: { durationMs: null } });
    expect(entry).not.toHaveProperty('step');
  });
  it('shows of receipts ids and times, not titles and links', () => {
    const receipt = {
      akte: { id: '1', title: 'Akte Mustermann' },
      documents: [{ key: 'form', id: '2', title: 'x' }],
      payUrl: 'https://p',
      at: 't',
    };
    expect(withoutNames(receipt)).toEqual({ akte: { id: '1' }, documents: [{ key: 'form', id: '2' }], at: 't' });
    expect(withoutNames(null)).toBeNull();
  });
});
