// SPDX-License-Identifier: EUPL-1.2
import { DeliveryError } from '@amtsbote/adapter-kit';
import { aDocument, anApplication, EffectMemory, TestDelivery } from '@amtsbote/adapter-kit/testing';
import { adapter } from '@amtsbote/adapters/dms-failing';
import { failingDms } from '@amtsbote/adapters/dms-failing/simulator';
import { describe, expect, it } from '@jest/globals';

/*
 * The suite of DmsPort does not apply: it judges what arrives at a target, and here nothing does. What is judged is what this adapter
 * promises: the failure that was asked for, as often as it was asked for, and a stable receipt afterwards.
 */
const request = { application: anApplication(), documents: [aDocument('Antrag.pdf'), aDocument('Plan.pdf')] };
const failure = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'succeeded',
    (error: unknown) => error,
  );

describe('dms-failing', () => {
  it.each(['unavailable', 'refused', 'misconfigured', 'outcomeUnknown', 'untransferable'] as const)('fails as "%s"', async (mode) => {
    const error = await failure(failingDms({ mode }).file(request, new TestDelivery('filing-1')));
    expect(error).toBeInstanceOf(DeliveryError);
    expect(error).toMatchObject({ kind: mode, code: expect.stringMatching(/^dms-failing\/[a-z-]+$/) });
  });

  it('fails as "unexpected" with an error that is not one of delivery', async () => {
    const error = await failure(failingDms({ mode: 'unexpected' }).file(request, new TestDelivery('filing-1')));
    expect(error).toBeInstanceOf(TypeError);
  });

  it('asks for the configured pause', async () => {
    const error = await failure(failingDms({ mode: 'unavailable', retryAfterMs: 7_000 }).file(request, new TestDelivery('filing-1')));
    expect(error).toMatchObject({ kind: 'unavailable', retryAfterMs: 7_000 });
  });

  it('succeeds after the configured number of attempts, then always with the same receipt', async () => {
    const dms = failingDms({ mode: 'unavailable', failures: 2 });
    const memory = new EffectMemory();
    const outcomes = [];
    for (const attempt of [1, 2, 3, 4]) outcomes.push(await failure(dms.file(request, new TestDelivery('filing-1', memory, attempt))));
    const receipt = {
      akte: { id: 'failing-akte-057110000000', title: 'Akte 057110000000' },
      vorgang: { id: `failing-vorgang-${request.application.id}`, title: 'Vorgang 7KQ4-M2XD-P' },
      documents: request.documents.map(({ key }) => ({ key, id: `failing-filing-1-${key}` })),
    };
    // "succeeded" stands for a call that came through.
    expect(outcomes.map((outcome) => (outcome instanceof DeliveryError ? outcome.kind : outcome))).toEqual([
      'unavailable',
      'unavailable',
      'succeeded',
      'succeeded',
    ]);
    await expect(dms.file(request, new TestDelivery('filing-1', memory, 5))).resolves.toEqual(receipt);
    await expect(dms.file(request, new TestDelivery('filing-1', new EffectMemory(), 3))).resolves.toEqual(receipt);
  });

  it('hangs until the time is over, then leaves the outcome open', async () => {
    const time = new AbortController();
    const call = failure(failingDms({ mode: 'hang' }).file(request, new TestDelivery('filing-1', new EffectMemory(), 1, time.signal)));
    const early = await Promise.race([call, new Promise((resolve) => setTimeout(() => resolve('still waiting'), 30))]);
    expect(early).toBe('still waiting');
    time.abort(new Error('time is over'));
    expect(await call).toMatchObject({ kind: 'outcomeUnknown', code: 'dms-failing/hang' });
  });

  it('cannot tell what became of an attempt, so that the next one is left to a person', async () => {
    const dms = failingDms({ mode: 'cannotTell', failures: 1 });
    const memory = new EffectMemory();
    // A code that ends with cannot-tell would leave it to a person before anybody has asked.
    const lost = { kind: 'outcomeUnknown', code: 'dms-failing/outcome-unknown' };
    expect(await failure(dms.file(request, new TestDelivery('filing-1', memory)))).toMatchObject(lost);
    await expect(dms.find(request, new TestDelivery('filing-1', memory, 2))).resolves.toBe('cannotTell');
    expect(await failure(dms.file(request, new TestDelivery('filing-1', memory, 2)))).toMatchObject({ code: 'test/cannot-tell' });
  });

  it('finds nothing after an unknown outcome, or the filing when it took place anyway', async () => {
    const find = (filedAnyway: boolean) =>
      failingDms({ mode: 'outcomeUnknown', filedAnyway }).find(request, new TestDelivery('filing-1', undefined, 2));
    await expect(find(false)).resolves.toBe('absent');
    await expect(find(true)).resolves.toMatchObject({ found: { vorgang: { id: `failing-vorgang-${request.application.id}` } } });
  });

  it('completes an attempt that failed but took place anyway without acting again', async () => {
    const dms = failingDms({ mode: 'outcomeUnknown', filedAnyway: true });
    const memory = new EffectMemory();
    await failure(dms.file(request, new TestDelivery('filing-1', memory)));
    // It would fail in every attempt: only what is found can come back.
    await expect(dms.file(request, new TestDelivery('filing-1', memory, 2))).resolves.toMatchObject({
      akte: { title: 'Akte 057110000000' },
    });
  });

  it('says in probe and description that it fails on purpose, and how', async () => {
    const dms = failingDms({ mode: 'refused', failures: 3 });
    await expect(dms.probe(AbortSignal.timeout(1_000))).resolves.toMatchObject({ ok: false });
    expect(dms.describeTarget()).toBe('a DMS that fails on purpose (refused, 3 times)');
    await expect(dms.close()).resolves.toBeUndefined();
  });

  it('refuses a failure it does not know', () => {
    expect(adapter.options.safeParse({ mode: 'explodes' }).success).toBe(false);
  });
});
