// SPDX-License-Identifier: EUPL-1.2
import type { Found } from '@amtsbote/adapter-kit';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { startHouse, type TestHouse } from '../../../../test/support/house.js';
import { Beginnings } from './beginnings.js';
import { LeaseLost, StoredDelivery } from './effects.js';

describe('a stored delivery', () => {
  let house: TestHouse;
  beforeEach(async () => {
    house = await startHouse();
  });
  afterEach(async () => house.close());

  /** The context of the next attempt; an attempt before it is left to die. */
  const attempt = async (signal = new AbortController().signal): Promise<StoredDelivery> => {
    house.clock.advance(30_000);
    await house.claims.recover();
    const [step] = await house.claims.claim('eakte', 1, 20_000);
    if (step === undefined) throw new Error('nothing to claim');
    return new StoredDelivery(house.house, new Beginnings(house.house), step, signal);
  };
  /** An effect that counts; `found` is what the target says. */
  const anEffect = (found: Found<{ id: string }> = 'absent') => {
    const calls = { act: 0, find: 0 };
    return {
      calls,
      act: async () => ({ id: `made-${(calls.act += 1)}` }),
      find: async () => {
        calls.find += 1;
        return found;
      },
    };
  };
  const dying = { act: () => Promise.reject(new Error('the process died')), find: async () => 'absent' as const };

  it('has the step as its key and counts attempts', async () => {
    const id = await house.submit();
    const first = await attempt();
    expect([first.key, first.attempt]).toEqual([(await house.steps(id))['file']?.id, 1]);
    expect((await attempt()).attempt).toBe(2);
  });

  it('acts once and remembers the receipt over attempts, without asking the target', async () => {
    await house.submit();
    const effect = anEffect();
    const first = await attempt();
    await expect(first.once('vorgang', effect)).resolves.toEqual({ id: 'made-1' });
    await expect(first.once('vorgang', effect)).resolves.toEqual({ id: 'made-1' });
    await expect(first.once('document:1', dying)).rejects.toThrow('died');
    const next = await attempt();
    await expect(next.once('vorgang', effect)).resolves.toEqual({ id: 'made-1' });
    await expect(next.once('vorgang', effect)).resolves.toEqual({ id: 'made-1' });
    expect(effect.calls).toEqual({ act: 1, find: 0 });
  });

  it('remembers several effects that run side by side', async () => {
    await house.submit();
    const ctx = await attempt();
    const effects = ['a', 'b', 'c', 'd'].map((name) => ({ name, effect: anEffect() }));
    await Promise.all(effects.map(({ name, effect }) => ctx.once(name, effect)));
    await ctx.once('last', anEffect());
    const next = await attempt();
    for (const { name, effect } of effects) await next.once(name, effect);
    expect(effects.map(({ effect }) => effect.calls)).toEqual(effects.map(() => ({ act: 1, find: 0 })));
  });

  it('asks the target for an effect that happened when the process died before it was written down', async () => {
    await house.submit();
    const lost = anEffect();
    const dead = await attempt();
    await dead.once('vorgang', lost);
    expect(dead.finished).toMatchObject([{ name: 'vorgang', receipt: { id: 'made-1' } }]);
    const effect = anEffect({ found: { id: 'made-1' } });
    await expect((await attempt()).once('vorgang', effect)).resolves.toEqual({ id: 'made-1' });
    expect([lost.calls, effect.calls]).toEqual([
      { act: 1, find: 0 },
      { act: 0, find: 1 },
    ]);
  });

  it('writes nothing once another worker has the step', async () => {
    await house.submit();
    const late = await attempt();
    await late.once('vorgang', anEffect());
    const effect = anEffect({ found: { id: 'of the other' } });
    const other = await attempt();
    await expect(late.once('document:1', anEffect())).rejects.toThrow(LeaseLost);
    await expect(other.once('vorgang', effect)).resolves.toEqual({ id: 'of the other' });
  });

  it('keeps effects of different names apart', async () => {
    await house.submit();
    const ctx = await attempt();
    const [one, two] = [anEffect(), anEffect()];
    await ctx.once('document:1', one);
    await ctx.once('document:2', two);
    expect([one.calls.act, two.calls.act]).toEqual([1, 1]);
  });

  it('takes what the target has when it died between acting and remembering', async () => {
    await house.submit();
    await expect((await attempt()).once('vorgang', dying)).rejects.toThrow('died');
    const effect = anEffect({ found: { id: 'there' } });
    const second = await attempt();
    await expect(second.once('vorgang', effect)).resolves.toEqual({ id: 'there' });
    await second.once('document:1', anEffect());
    expect(effect.calls).toEqual({ act: 0, find: 1 });
    const third = anEffect();
    await expect((await attempt()).once('vorgang', third)).resolves.toEqual({ id: 'there' });
    expect(third.calls).toEqual({ act: 0, find: 0 });
  });

  it('acts again when it died and the target certainly has nothing', async () => {
    await house.submit();
    await expect((await attempt()).once('vorgang', dying)).rejects.toThrow('died');
    const effect = anEffect('absent');
    await expect((await attempt()).once('vorgang', effect)).resolves.toEqual({ id: 'made-1' });
    expect(effect.calls).toEqual({ act: 1, find: 1 });
  });

  it('never acts again when nobody can tell, in no later attempt', async () => {
    await house.submit();
    await expect((await attempt()).once('vorgang', dying)).rejects.toThrow('died');
    const effect = anEffect('cannotTell');
    for (let again = 0; again < 2; again += 1) {
      await expect((await attempt()).once('vorgang', effect)).rejects.toMatchObject({
        kind: 'outcomeUnknown',
        code: 'delivery/cannot-tell',
        hintKey: 'cannotTell',
      });
    }
    expect(effect.calls).toEqual({ act: 0, find: 2 });
  });

  it('asks again when the question itself failed', async () => {
    await house.submit();
    await expect((await attempt()).once('vorgang', dying)).rejects.toThrow('died');
    const mute = { act: async () => ({ id: 'never' }), find: () => Promise.reject(new Error('no answer')) };
    await expect((await attempt()).once('vorgang', mute)).rejects.toThrow('no answer');
    const effect = anEffect({ found: { id: 'there' } });
    await expect((await attempt()).once('vorgang', effect)).resolves.toEqual({ id: 'there' });
  });

  it('begins nothing after its time is over', async () => {
    await house.submit();
    const over = new AbortController();
    const ctx = await attempt(over.signal);
    over.abort();
    const effect = anEffect();
    await expect(ctx.once('vorgang', effect)).rejects.toMatchObject({ name: 'AbortError' });
    expect(effect.calls.act).toBe(0);
  });
});
