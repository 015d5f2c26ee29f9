// SPDX-License-Identifier: EUPL-1.2
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { type Process, startHouse, type TestHouse } from '../../../../test/support/house.js';
import { Beginnings } from './beginnings.js';
import { decide } from './decide.js';
import { LeaseLost, StoredDelivery } from './effects.js';

const LEASE_MS = 20_000;
const POLICY = { firstMs: 1_000, maxMs: 60_000, giveUpAfterMs: 60_000, unexpectedMax: 3 };

describe('claims of two processes', () => {
  let house: TestHouse;
  let second: Process;
  beforeEach(async () => {
    house = await startHouse();
    second = await house.startProcess('second');
  });
  afterEach(async () => house.close());

  const claim = ({ claims }: Process, limit = 1) => claims.claim('eakte', limit, LEASE_MS);
  const claimOne = async (process: Process) => {
    const [step] = await claim(process);
    if (step === undefined) throw new Error('nothing to claim');
    return step;
  };

  it('never give one step to both, and give every step to one', async () => {
    for (let n = 0; n < 30; n += 1) await house.submit();
    const claims = await Promise.all(Array.from({ length: 10 }, (_, n) => claim(n % 2 === 0 ? house : second, 3)));
    expect(claims.every((claimed) => claimed.length <= 3)).toBe(true);
    const ids = [...claims.flat(), ...(await claim(house, 30))].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toHaveLength(30);
    await expect(house.query('SELECT 1 FROM attempt')).resolves.toHaveLength(30);
  });

  it('bring the whole application, the number of the attempt and what was before', async () => {
    const id = await house.submit();
    const step = await claimOne(house);
    expect(step).toMatchObject({
      applicationId: id,
      name: 'file',
      kind: 'filing',
      attempt: 1,
      failures: 0,
      unexpected: 0,
      before: 'due',
      failingSince: null,
    });
    expect(step.application).toMatchObject({ id, publicService: { name: 'Gewerbeanmeldung' } });
    expect((await house.steps(id))['file']).toMatchObject({ state: 'running', leaseOwner: 'first', fence: '1' });
  });

  it('take the oldest due time first, nothing before its time, nothing of other instances', async () => {
    const ids = [await house.submit(), await house.submit(), await house.submit({ formId: 'paid' })];
    await house.query("UPDATE step SET due_at = due_at - interval '1 minute' WHERE application_id = $1", [ids[1]]);
    await house.query("UPDATE step SET due_at = due_at + interval '1 minute' WHERE application_id = $1", [ids[0]]);
    expect((await claim(house, 10)).map(({ applicationId }) => applicationId)).toEqual([ids[1]]);
    house.clock.advance(60_000);
    expect((await claim(house, 10)).map(({ applicationId }) => applicationId)).toEqual([ids[0]]);
  });

  it('know whether anything is due without taking it', async () => {
    await expect(house.claims.isAnyDue('eakte')).resolves.toBe(false);
    const id = await house.submit();
    const stepId = (await house.steps(id))['file']?.id ?? '';
    await expect(house.claims.isAnyDue('eakte')).resolves.toBe(true);
    await expect(house.claims.isAnyDue('eakte', stepId)).resolves.toBe(true);
    await expect(house.claims.isAnyDue('eakte', id)).resolves.toBe(false);
    await expect(house.claims.isAnyDue('epayment')).resolves.toBe(false);
    expect(await claim(house)).toHaveLength(1);
    await expect(house.claims.isAnyDue('eakte')).resolves.toBe(false);
  });

  it('recover only what nobody holds any more: in doubt, attempt closed as abandoned, noted', async () => {
    const [lost, live] = [await house.submit(), await house.submit()];
    const lostStep = await claimOne(house);
    house.clock.advance(LEASE_MS - 1_000);
    await claimOne(second);
    house.clock.advance(1_001);
    await expect(second.claims.recover()).resolves.toBe(1);
    const states = new Map([lost, live].map((id) => [id, id === lostStep.applicationId ? 'inDoubt' : 'running']));
    for (const id of [lost, live]) expect((await house.steps(id))['file']?.state).toBe(states.get(id));
    const attempts = await house.query("SELECT step_id AS id FROM attempt WHERE outcome = 'abandoned' AND ended_at IS NOT NULL");
    expect(attempts).toEqual([{ id: lostStep.id }]);
    const notes = await house.query("SELECT step_id AS id, data FROM journal WHERE event = 'step.lease-expired'");
    expect(notes).toEqual([{ id: lostStep.id, data: { name: 'file', attempt: 1 } }]);
    await expect(second.claims.recover()).resolves.toBe(0);
  });

  it('are recovered by one of several processes that look at the same time', async () => {
    for (let n = 0; n < 8; n += 1) await house.submit();
    await claim(house, 8);
    house.clock.advance(LEASE_MS + 1);
    const recovered = await Promise.all([house, second, house, second].map(({ claims }) => claims.recover()));
    expect(recovered.reduce((sum, n) => sum + n, 0)).toBe(8);
    await expect(house.query("SELECT 1 FROM journal WHERE event = 'step.lease-expired'")).resolves.toHaveLength(8);
  });

  it('last as long as they are renewed', async () => {
    await house.submit();
    const step = await claimOne(house);
    house.clock.advance(15_000);
    await expect(house.claims.renew(step, LEASE_MS)).resolves.toBe(true);
    house.clock.advance(15_000);
    await expect(second.claims.recover()).resolves.toBe(0);
    house.clock.advance(5_001);
    await expect(second.claims.recover()).resolves.toBe(1);
    await expect(house.claims.renew(step, LEASE_MS)).resolves.toBe(false);
  });

  describe('of an owner that comes late', () => {
    /** The first process loses the step to the second one. */
    const takenOver = async () => {
      const id = await house.submit();
      const late = await claimOne(house);
      house.clock.advance(LEASE_MS + 1);
      await second.claims.recover();
      const now = await claimOne(second);
      expect(now).toMatchObject({ id: late.id, attempt: 2, before: 'inDoubt' });
      return { id, late, now };
    };

    it('write neither a success nor a failure', async () => {
      const { id, late } = await takenOver();
      await expect(house.records.succeeded(late, { is: 'done', receipt: { late: true } })).rejects.toBeInstanceOf(LeaseLost);
      const verdict = decide(new Error('x'), { failures: 1, unexpected: 1, failingForMs: 0, policy: POLICY, fraction: 0 });
      await expect(house.records.failed(late, verdict)).rejects.toBeInstanceOf(LeaseLost);
      expect((await house.steps(id))['file']).toMatchObject({ state: 'running', leaseOwner: 'second', receipt: null, failures: 0 });
      const attempts = await house.query('SELECT number, outcome FROM attempt ORDER BY number');
      expect(attempts).toEqual([
        { number: 1, outcome: 'abandoned' },
        { number: 2, outcome: null },
      ]);
      await expect(house.query("SELECT 1 FROM journal WHERE event IN ('step.done', 'step.in-doubt')")).resolves.toEqual([]);
    });

    it('begin no effect and finish none', async () => {
      const id = await house.submit();
      const late = await claimOne(house);
      const ctx = new StoredDelivery(house.house, new Beginnings(house.house), late, new AbortController().signal);
      const cut = ctx.once('vorgang', {
        act: async () => {
          house.clock.advance(LEASE_MS + 1);
          await second.claims.recover();
          await claimOne(second);
          return { id: 'late' };
        },
        find: async () => 'absent',
      });
      await expect(cut).resolves.toEqual({ id: 'late' });
      await expect(house.records.succeeded(late, { is: 'done', receipt: null }, ctx.finished)).rejects.toBeInstanceOf(LeaseLost);
      await expect(ctx.once('document', { act: async () => ({}), find: async () => 'absent' })).rejects.toBeInstanceOf(LeaseLost);
      await expect(house.query('SELECT name, state, receipt FROM effect')).resolves.toEqual([
        { name: 'vorgang', state: 'started', receipt: null },
      ]);
      expect((await house.steps(id))['file']?.leaseOwner).toBe('second');
    });

    it('renew no lease', async () => {
      const { late, now } = await takenOver();
      await expect(house.claims.renew(late, LEASE_MS)).resolves.toBe(false);
      await expect(second.claims.renew(now, LEASE_MS)).resolves.toBe(true);
    });
  });
});
