// SPDX-License-Identifier: EUPL-1.2
import type { PullSourceView, PullView, ReconciliationView } from '@amtsbote/ops-api';
import { describe, expect, it } from '@jest/globals';

import { renderBooks, renderHeld, renderPulls } from './render.js';

const NOW = new Date('2026-01-31T10:00:00.000Z');
const source: PullSourceView = {
  source: '940000',
  state: 'waiting',
  dueAt: '2026-01-31T10:01:00.000Z',
  endedAt: '2026-01-31T09:58:00.000Z',
  succeededAt: '2026-01-31T09:58:00.000Z',
  failure: null,
  failedAt: null,
  failures: 0,
  accepted: 12,
  known: 0,
  acknowledged: 11,
  refused: 1,
  acceptedAt: null,
  delayMs: null,
  held: { retrying: 0, unacknowledged: 1, kept: 1, told: 0 },
  oldestHeldAt: null,
};
const pull: PullView = {
  endpoint: 'hundesteuer',
  type: 'forms-form-solutions',
  tenant: '057110000000',
  target: 'Form-Solutions',
  paused: false,
  pausedReason: null,
  pausedBy: null,
  breaker: 'closed',
  openUntil: null,
  lastFailure: null,
  sources: [source],
  reconciliation: null,
  mayPause: true,
};
const failure = { kind: 'unavailable', code: 'forms-form-solutions/unreachable', message: 'Not reached.' } as const;

describe('endpoints that fetch', () => {
  it('are shown with what waits, for whom, and since when it works', () => {
    expect(renderPulls([pull], NOW)).toMatch(/hundesteuer +940000 +waiting +2 min ago +12 +1 waiting, 1 for a person +–/);
    expect(renderPulls([], NOW)).toBe('No endpoint fetches submissions.');
  });

  it.each([
    [{ paused: true, pausedBy: 'hub' }, {}, 'paused by hub'],
    [{ breaker: 'open' as const }, {}, 'circuit open'],
    [{}, { failures: 3, failure }, 'waiting, failed 3×'],
  ])('say why they do not fetch', (more, moreOfSource, expected) => {
    expect(renderPulls([{ ...pull, ...more, sources: [{ ...source, ...moreOfSource }] }], NOW)).toContain(expected);
  });
});

describe('what is held', () => {
  it('is shown with place and reason', () => {
    const refused = { kind: 'refused', code: 'intake/base64-invalid', message: 'The content is not base64. (/pdf)' } as const;
    const one = {
      source: '940000',
      submissionId: 'AS_1',
      state: 'kept',
      failure: refused,
      attempts: 2,
      submittedAt: null,
      firstAt: '',
      dueAt: null,
      document: null,
      vorgang: null,
    } as const;
    expect(renderHeld([one])).toMatch(/940000 +AS_1 +kept +2× +– +intake\/base64-invalid: The content is not base64\. \(\/pdf\)/);
    expect(renderHeld([])).toBe('Nothing is held.');
  });
});

describe('compared books', () => {
  it('name what differs in the newest comparison', () => {
    const run: ReconciliationView = {
      id: '1',
      state: 'done',
      failure: null,
      sinceAt: '',
      untilAt: '',
      startedAt: '2026-01-31T09:00:00.000Z',
      endedAt: null,
      booked: 12,
      matched: 10,
      fetched: 1,
      missing: 1,
      surplus: 1,
      fetchedIds: ['a'],
      missingIds: ['b'],
      surplusIds: ['c'],
    };
    const text = renderBooks([run, { ...run, state: 'failed', failure }]);
    expect(text).toMatch(/done +12 +10 +1 +1 +1/);
    expect(text).toContain('failed: forms-form-solutions/unreachable');
    expect(text.split('\n').slice(-3)).toEqual(['  fetched: a', '  missing here: b', '  missing there: c']);
    expect(renderBooks([])).toBe('The books were not compared yet.');
  });
});
