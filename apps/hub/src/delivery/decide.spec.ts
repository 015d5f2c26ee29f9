// SPDX-License-Identifier: EUPL-1.2
import { DeliveryError } from '@amtsbote/adapter-kit';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { InstanceMissing } from '../house/instances.js';
import { backoff, decide, type FailureHistory, failureOf } from './decide.js';

const policy = { firstMs: 1_000, maxMs: 60_000, giveUpAfterMs: 3_600_000, unexpectedMax: 3 };
const first: FailureHistory = { failures: 1, unexpected: 1, failingForMs: 0, policy, fraction: 0.5 };
const long: FailureHistory = { failures: 50, unexpected: 1, failingForMs: 3_600_000, policy, fraction: 0.5 };

const unavailable = DeliveryError.unavailable('x/down', 'down');
const unknown = DeliveryError.outcomeUnknown('x/answer-lost', 'lost');
const refused = DeliveryError.refused('x/no', 'no');
const untransferable = DeliveryError.untransferable('x/cannot', 'cannot');
const misconfigured = DeliveryError.misconfigured('x/credentials', 'credentials');
const storeAway = Object.assign(new Error('x'), { code: '53300' });
const tooSlow = Object.assign(new Error('x'), { code: '57014' });
const timeOver = Object.assign(new Error('x'), { name: 'TimeoutError' });

describe('decide', () => {
  it.each([
    // what failed, with which history → state, counts against the target, pauses the instance
    ['an unavailable target', unavailable, first, 'retrying', true, false],
    ['a target unavailable for too long', unavailable, long, 'parked', true, false],
    ['an unknown outcome', unknown, first, 'inDoubt', true, false],
    ['an outcome unknown for too long', unknown, long, 'parked', false, false],
    ['a target that cannot tell', DeliveryError.outcomeUnknown('delivery/cannot-tell', 'x'), first, 'parked', false, false],
    ['an adapter whose target cannot tell', DeliveryError.outcomeUnknown('dms-x/cannot-tell', 'x'), first, 'parked', false, false],
    ['a refusal', refused, first, 'parked', false, false],
    ['an application the target has no room for', untransferable, first, 'parked', false, false],
    ['wrong credentials', misconfigured, first, 'parked', false, true],
    ['an instance that is gone', new InstanceMissing('eakte', 'dms'), first, 'parked', false, false],
    ['our own mistake', new TypeError('x'), first, 'inDoubt', false, false],
    ['our own mistake for the third time', new TypeError('x'), { ...first, failures: 3, unexpected: 3 }, 'parked', false, false],
    ['our first mistake after a long outage', new TypeError('x'), { ...first, failures: 40 }, 'inDoubt', false, false],
    ['an attempt whose time is over', timeOver, first, 'inDoubt', false, false],
    ['an attempt whose time is over again and again', timeOver, { ...first, failures: 30 }, 'inDoubt', false, false],
    ['a database of the hub without a free connection', storeAway, { ...first, failures: 30 }, 'inDoubt', false, false],
    [
      'a statement of ours that took too long, again and again',
      tooSlow,
      { ...first, failures: 30, unexpected: 30 },
      'inDoubt',
      false,
      false,
    ],
    ['something that is no error', 'oops', first, 'inDoubt', false, false],
  ] as const)('%s', (_what, error, history, to, countsAgainstTarget, pausesInstance) => {
    expect(decide(error, history)).toMatchObject({ to, countsAgainstTarget, pausesInstance });
  });

  it('pauses before every further attempt, and not at all when a person has it', () => {
    expect(decide(unavailable, first).pauseMs).toBe(750);
    expect(decide(unknown, first).pauseMs).toBe(750);
    expect(decide(refused, first).pauseMs).toBe(0);
  });

  it('waits at least as long as the target asks, at most six hours and the first pause', () => {
    const asked = (retryAfterMs: number): number =>
      decide(DeliveryError.unavailable('x/busy', 'busy', { retryAfterMs }), { ...first, failures: 9 }).pauseMs;
    expect(asked(120_000)).toBe(120_750);
    expect(asked(0)).toBe(750);
    expect(asked(1e12)).toBe(6 * 3_600_000 + 750);
  });
});

describe('failureOf', () => {
  it('keeps what an adapter says', () => {
    const failure = failureOf(DeliveryError.refused('x/no', 'no', { hintKey: 'notPaid', cause: new Error('secret') }));
    expect(failure).toEqual({ kind: 'refused', code: 'x/no', message: 'no', hintKey: 'notPaid' });
  });

  it('does not hold a cancelled statement of ours against the application (57014 counted as our mistake)', () => {
    expect(failureOf(tooSlow)).toMatchObject({ kind: 'outcomeUnknown', code: 'delivery/store-away' });
  });

  it('keeps the text of our own mistakes to itself: it may hold what a citizen wrote', () => {
    const failure = failureOf(Object.assign(new Error('Erika Mustermann'), { name: 'DatabaseError' }));
    expect(failure).toMatchObject({ kind: 'unexpected', code: 'delivery/DatabaseError' });
    expect(JSON.stringify(failure)).not.toContain('Erika');
    expect(failureOf('Erika')).toMatchObject({ code: 'delivery/string' });
  });
});

describe('backoff', () => {
  const policies = fc
    .record({ firstMs: fc.integer({ min: 10, max: 86_400_000 }), maxMs: fc.integer({ min: 10, max: 86_400_000 }) })
    .map((times) => ({ ...policy, ...times }));
  const failures = fc.integer({ min: 1, max: 100_000 });
  const fractions = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

  it('doubles up to its longest pause', () => {
    const pauses = [1, 2, 3, 4, 5, 6, 7, 8, 1_000].map((n) => backoff({ failures: n, policy, fraction: 0 }));
    expect(pauses).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  });

  it('is never longer than configured, and never shorter than half of what it would be without jitter', () => {
    fc.assert(
      fc.property(policies, failures, fractions, (one, n, fraction) => {
        const pause = backoff({ failures: n, policy: one, fraction });
        const full = Math.min(one.firstMs * 2 ** Math.min(n - 1, 30), one.maxMs);
        expect(pause).toBeLessThanOrEqual(one.maxMs);
        expect(pause).toBeGreaterThanOrEqual(Math.floor(full / 2));
        expect(pause).toBeLessThanOrEqual(full);
        expect(Number.isInteger(pause)).toBe(true);
      }),
    );
  });

  it('spreads a thousand steps over the upper half', () => {
    const pauses = Array.from({ length: 1_000 }, (_, n) => backoff({ failures: 3, policy, fraction: n / 1_000 }));
    expect([Math.min(...pauses), Math.max(...pauses)]).toEqual([2_000, 3_998]);
    expect(new Set(pauses).size).toBe(1_000);
  });
});
