// SPDX-License-Identifier: EUPL-1.2
import { ManualClock } from '@amtsbote/platform';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { GroupCommit, type GroupLimits, WaitedTooLong } from './group-commit.js';

const LIMITS: GroupLimits = { atOnceMax: 1, membersMax: 4, weightMax: 100, slowMs: 100, waitMsMax: 1_000 };
/** Nobody is gathered unless a test is about it. */
const atOnce = (act: () => void): void => act();

/** A store whose statements end when the test says so. */
function aStore(
  limits: Partial<GroupLimits> = {},
  isOutcomeUnknown: (error: unknown) => boolean = () => false,
  soon: ((act: () => void) => void) | undefined = atOnce,
) {
  const clock = new ManualClock();
  const calls: { items: readonly string[]; end: () => void; fail: (error: Error) => void }[] = [];
  const storeAll = (items: readonly string[]): Promise<string[]> =>
    new Promise((resolve, reject) => {
      calls.push({ items, end: () => resolve(items.map((item) => `stored ${item}`)), fail: reject });
    });
  const groups = new GroupCommit(storeAll, isOutcomeUnknown, { ...LIMITS, ...limits }, clock, soon);
  return { clock, calls, groups, asked: () => calls.map(({ items }) => items) };
}

const settled = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a group commit', () => {
  it('stores one that comes alone at once', async () => {
    const { calls, groups } = aStore();
    const stored = groups.store('a', 1);
    expect(calls.map(({ items }) => items)).toEqual([['a']]);
    calls[0]?.end();
    await expect(stored).resolves.toBe('stored a');
  });

  it('answers nobody before the statement with this very item has ended', async () => {
    const { calls, groups } = aStore();
    const answered: string[] = [];
    for (const item of ['a', 'b', 'c']) void groups.store(item, 1).then((result) => answered.push(result));
    calls[0]?.end();
    await settled();
    expect(answered).toEqual(['stored a']);
    calls[1]?.end();
    await settled();
    expect(answered).toEqual(['stored a', 'stored b', 'stored c']);
  });

  it('stores together who comes meanwhile, in the order in which they came, within members and weight', async () => {
    const { calls, groups, asked } = aStore();
    for (const item of ['a', 'b', 'c', 'd', 'e', 'f']) void groups.store(item, 1);
    for (const item of ['g', 'h']) void groups.store(item, 60);
    void groups.store('i', 1_000);
    void groups.store('j', 1);
    for (let call = 0; call < 6; call += 1) {
      calls[call]?.end();
      await settled();
    }
    expect(asked()).toEqual([['a'], ['b', 'c', 'd', 'e'], ['f', 'g'], ['h'], ['i'], ['j']]);
  });

  it('has no more groups under way than allowed', async () => {
    const { calls, groups } = aStore({ atOnceMax: 2, membersMax: 1 });
    for (const item of ['a', 'b', 'c']) void groups.store(item, 1);
    expect(calls).toHaveLength(2);
    calls[1]?.end();
    await settled();
    expect(calls).toHaveLength(3);
  });

  it('stores together all that arrived in the same turn of the event loop, the first of them too', async () => {
    const { groups, asked } = aStore({}, () => false, setImmediate);
    for (const item of ['a', 'b', 'c']) void groups.store(item, 1);
    expect(asked()).toEqual([]);
    await settled();
    expect(asked()).toEqual([['a', 'b', 'c']]);
  });

  it('begins a group beside another when it is half of what it may be, not before', () => {
    const { groups, asked } = aStore({ atOnceMax: 2, membersMax: 6 });
    for (const item of ['a', 'b', 'c']) void groups.store(item, 1);
    expect(asked()).toEqual([['a']]);
    void groups.store('d', 1);
    expect(asked()).toEqual([['a'], ['b', 'c', 'd']]);
  });

  it('lets nobody stand behind a group that is slow', async () => {
    const { clock, groups, asked } = aStore({ atOnceMax: 2, membersMax: 6 });
    void groups.store('waits for a lock', 1);
    void groups.store('b', 1);
    clock.advance(99);
    await settled();
    expect(asked()).toEqual([['waits for a lock']]);
    clock.advance(1);
    await settled();
    expect(asked()).toEqual([['waits for a lock'], ['b']]);
  });

  it('lets one that cannot be stored fail alone, and nobody wait for it', async () => {
    const { calls, groups, asked } = aStore();
    void groups.store('first', 1);
    const outcomes = Promise.allSettled(['a', 'bad', 'c'].map((item) => groups.store(item, 1)));
    calls[0]?.end();
    await settled();
    void groups.store('later', 1);
    calls[1]?.fail(new Error('violates a constraint'));
    await settled();
    expect(asked().slice(2)).toEqual([['a'], ['bad'], ['c'], ['later']]);
    calls[3]?.fail(new Error('violates a constraint'));
    calls[2]?.end();
    calls[4]?.end();
    await expect(outcomes).resolves.toMatchObject([
      { value: 'stored a' },
      { reason: { message: 'violates a constraint' } },
      { value: 'stored c' },
    ]);
  });

  it('tries nobody again when nobody knows whether the group was stored', async () => {
    const { calls, groups } = aStore({}, () => true);
    void groups.store('first', 1);
    const outcomes = Promise.allSettled(['a', 'b'].map((item) => groups.store(item, 1)));
    calls[0]?.end();
    await settled();
    calls[1]?.fail(new Error('Connection terminated'));
    await expect(outcomes).resolves.toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
    expect(calls).toHaveLength(2);
  });

  it('dismisses, unstored, whoever waited too long, and goes on with the others', async () => {
    const { clock, calls, groups, asked } = aStore();
    void groups.store('first', 1);
    const late = groups.store('late', 1);
    clock.advance(600);
    void groups.store('in time', 1);
    clock.advance(600);
    calls[0]?.end();
    await expect(late).rejects.toThrow(WaitedTooLong);
    expect(asked()).toEqual([['first'], ['in time']]);
  });

  it('tells everybody exactly what became of the own item, whatever fails', async () => {
    const items = fc.array(fc.record({ weight: fc.integer({ min: 1, max: 150 }), isBad: fc.boolean() }), { maxLength: 40 });
    const limits = fc.record({ atOnceMax: fc.integer({ min: 1, max: 3 }), membersMax: fc.integer({ min: 1, max: 8 }) });
    await fc.assert(
      fc.asyncProperty(items, limits, fc.scheduler(), async (wanted, limit, scheduler) => {
        const stored: number[] = [];
        const storeAll = (group: readonly number[]): Promise<string[]> =>
          scheduler.schedule(Promise.resolve()).then(() => {
            if (group.some((item) => wanted[item]?.isBad)) throw new Error('bad');
            stored.push(...group);
            return group.map((item) => `stored ${item}`);
          });
        const clock = new ManualClock();
        const groups = new GroupCommit(storeAll, () => false, { ...LIMITS, ...limit }, clock, atOnce);
        const outcomes = Promise.allSettled(wanted.map(({ weight }, item) => groups.store(item, weight)));
        await scheduler.waitFor(outcomes);
        const good = wanted.flatMap(({ isBad }, item) => (isBad ? [] : [item]));
        expect([...stored].sort((a, b) => a - b)).toEqual(good);
        expect((await outcomes).map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : 'failed'))).toEqual(
          wanted.map(({ isBad }, item) => (isBad ? 'failed' : `stored ${item}`)),
        );
      }),
    );
  });
});
