// SPDX-License-Identifier: EUPL-1.2
import type { FailureKind } from '@amtsbote/canonical';

import { EffectMemory, TestDelivery } from '../delivery-context.js';
import { describe, expect, it } from '../jest.js';
import { aFiling, DmsBench } from './bench.js';
import { type DmsContractFixture, type DmsFault, WRITES_MIN } from './fixture.js';

/** Fault of a target that does not act → the kinds that say so. */
const FROM_THE_START: readonly (readonly [DmsFault, readonly FailureKind[]])[] = [
  ['down', ['unavailable']],
  ['error500', ['unavailable']],
  ['throttled', ['unavailable']],
  ['garbage', ['unavailable']],
  ['unauthorised', ['misconfigured']],
  ['refuses', ['refused']],
];
/** Faults that may strike in the middle: a connection that breaks at a write leaves the outcome open. */
const AT_A_WRITE: readonly DmsFault[] = ['down', 'error500', 'throttled', 'garbage'];
/** Longest time an adapter may take to let go after an abort, in milliseconds. */
const ABORT_MS_MAX = 2_000;

/** What an adapter does when its target does not do what it should. */
export function faultTests(fixture: DmsContractFixture): void {
  const writesMin = fixture.writesMin ?? WRITES_MIN;
  const possible = (fault: DmsFault): boolean => fixture.impossible?.[fault] === undefined;

  describe('a target that does not cooperate', () => {
    const bench = new DmsBench(fixture);

    it.each(FROM_THE_START.filter(([fault]) => possible(fault)))(
      '"%s": the failure says %p and the next attempt succeeds',
      async (fault, kinds) => {
        const request = aFiling();
        const memory = new EffectMemory();
        bench.target.misbehave(fault);
        const error = await bench.failureOf(bench.file(request, new TestDelivery('filing-1', memory)));
        expect(kinds).toContain(error.kind);
        if (fault === 'throttled') expect(error.retryAfterMs).toBe(2_000);
        bench.target.heal();
        await bench.expectFiledOnce(request, await bench.resume(request, 'filing-1', memory));
      },
    );

    it.each(AT_A_WRITE.filter(possible))('"%s" at any one write: retryable, and nothing is lost or doubled', async (fault) => {
      const request = aFiling();
      for (let write = 1; write <= writesMin; write += 1) {
        await bench.restart();
        const memory = new EffectMemory();
        bench.target.misbehave(fault, { write });
        const error = await bench.failureOf(bench.file(request, new TestDelivery('filing-1', memory)));
        expect(['unavailable', 'outcomeUnknown']).toContain(error.kind);
        bench.target.heal();
        await bench.expectFiledOnce(request, await bench.resume(request, 'filing-1', memory));
      }
    });

    it.each([undefined, { write: Math.min(2, writesMin) }])('lets go of a target that hangs when its time is over (%p)', async (at) => {
      const request = aFiling();
      const memory = new EffectMemory();
      const time = new AbortController();
      bench.target.misbehave('hangs', at);
      const call = bench.failureOf(bench.file(request, new TestDelivery('filing-1', memory, 1, time.signal)));
      await new Promise((resolve) => setTimeout(resolve, 150));
      const aborted = performance.now();
      time.abort(new Error('time is over'));
      const error = await call;
      expect(performance.now() - aborted).toBeLessThan(ABORT_MS_MAX);
      expect(['unavailable', 'outcomeUnknown']).toContain(error.kind);
      bench.target.heal();
      await bench.expectFiledOnce(request, await bench.resume(request, 'filing-1', memory));
    });

    it('does nothing when its time is already over', async () => {
      const before = await bench.contents();
      const over = AbortSignal.abort(new Error('time is over'));
      await bench.failureOf(bench.file(aFiling(), new TestDelivery('filing-1', new EffectMemory(), 1, over)));
      expect(await bench.contents()).toEqual(before);
    });
  });

  describe('an answer that is lost', () => {
    const bench = new DmsBench(fixture);

    it('after any one write is an unknown outcome; the next attempt finds what is there and completes it', async () => {
      const request = aFiling();
      for (let write = 1; write <= writesMin; write += 1) {
        await bench.restart();
        const memory = new EffectMemory();
        bench.target.misbehave('answerLost', { write });
        const error = await bench.failureOf(bench.file(request, new TestDelivery('filing-1', memory)));
        expect(error.kind).toBe('outcomeUnknown');
        bench.target.heal();
        await bench.expectFiledOnce(request, await bench.resume(request, 'filing-1', memory));
      }
    });

    if (possible('cannotTell')) {
      it('is left to a person when the target cannot tell: nothing more is written', async () => {
        const request = aFiling();
        const memory = new EffectMemory();
        bench.target.misbehave('answerLost', { write: 3 });
        await bench.failureOf(bench.file(request, new TestDelivery('filing-1', memory)));
        bench.target.heal();
        bench.target.misbehave('cannotTell');
        const before = await bench.contents();
        const error = await bench.failureOf(bench.resume(request, 'filing-1', memory));
        expect({ kind: error.kind, code: error.code }).toEqual({ kind: 'outcomeUnknown', code: 'test/cannot-tell' });
        await expect(bench.port().find(request, new TestDelivery('filing-1'))).resolves.toBe('cannotTell');
        expect(await bench.contents()).toEqual(before);
      });
    }
  });

  it('gives a reason for every fault its target cannot have', () => {
    expect(Object.values(fixture.impossible ?? {}).filter((reason) => reason.trim().length < 20)).toEqual([]);
  });
}
