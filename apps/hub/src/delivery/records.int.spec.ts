// SPDX-License-Identifier: EUPL-1.2
import { DeliveryError } from '@amtsbote/adapter-kit';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { startHouse, type TestHouse } from '../../../../test/support/house.js';
import { Beginnings } from './beginnings.js';
import { decide } from './decide.js';
import { StoredDelivery } from './effects.js';

const POLICY = { firstMs: 1_000, maxMs: 60_000, giveUpAfterMs: 60_000, unexpectedMax: 3 };

describe('records of attempts', () => {
  let house: TestHouse;
  beforeEach(async () => {
    house = await startHouse();
  });
  afterEach(async () => house.close());

  const claimed = async (instance: string) => {
    const [step] = await house.claims.claim(instance, 1, 20_000);
    if (step === undefined) throw new Error('nothing to claim');
    return step;
  };
  /** Everything that may change, as one comparable value. */
  const everything = () =>
    house.query(`
      SELECT (SELECT jsonb_agg(to_jsonb(s) ORDER BY s.id) FROM step s) AS steps, (SELECT jsonb_agg(to_jsonb(a) ORDER BY a.number) FROM attempt a) AS attempts,
        (SELECT jsonb_agg(to_jsonb(j) ORDER BY j.seq) FROM journal j) AS journal, (SELECT jsonb_agg(to_jsonb(m) ORDER BY m.seq) FROM message m) AS messages,
        (SELECT jsonb_agg(to_jsonb(p)) FROM application p) AS applications, (SELECT jsonb_agg(to_jsonb(i)) FROM pickup_item i) AS items`);

  it('write result, attempt, journal, message and what comes next together', async () => {
    const id = await house.submit({ formId: 'everything', payment: undefined as never });
    const step = await claimed('eakte');
    await house.query('DELETE FROM message');
    await house.records.succeeded(step, { is: 'done', receipt: { vorgang: 'V-1' } });
    const steps = await house.steps(id);
    expect(steps['file']).toMatchObject({ state: 'done', receipt: { vorgang: 'V-1' }, leaseOwner: null, leaseUntil: null, dueAt: null });
    expect(steps['hand-over']?.state).toBe('awaiting');
    await expect(house.query('SELECT outcome FROM attempt')).resolves.toEqual([{ outcome: 'done' }]);
    const items = await house.query('SELECT state, queue FROM pickup_item');
    expect(items).toEqual([{ state: 'offered', queue: 'register' }]);
    const messages = await house.query<{ type: string }>('SELECT type FROM message ORDER BY seq');
    expect(messages.map(({ type }) => type)).toEqual(['step.completed.v1', 'application.stateChanged.v1']);
    const events = await house.query<{ event: string }>("SELECT event FROM journal WHERE event <> 'application.submitted' ORDER BY seq");
    expect(events.map(({ event }) => event)).toEqual(['step.skipped', 'step.done', 'application.state-changed', 'pickup.offered']);
    expect((await house.query('SELECT state FROM application'))[0]).toEqual({ state: 'RECEIVED' });
  });

  it.each([
    ['pickup_item', 'the offer on the queue'],
    ['message', 'the messages'],
    ['journal', 'the journal'],
  ])('write nothing at all when %s cannot be written (%s)', async (table) => {
    await house.submit({ formId: 'everything', payment: undefined as never });
    const step = await claimed('eakte');
    const before = await everything();
    await house.query(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'disk full'; END $$`);
    await house.query(`CREATE TRIGGER refuse BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION refuse()`);
    await expect(house.records.succeeded(step, { is: 'done', receipt: {} })).rejects.toThrow('disk full');
    await expect(everything()).resolves.toEqual(before);
    await house.query(`DROP TRIGGER refuse ON ${table}`);
    await house.records.succeeded(step, { is: 'done', receipt: {} });
    await expect(house.query("SELECT 1 FROM step WHERE state = 'done'")).resolves.toHaveLength(1);
  });

  it.each(['done', 'failed'] as const)(
    'write down the effects of an attempt that is %s, so that nobody asks for them again',
    async (end) => {
      await house.submit();
      const step = await claimed('eakte');
      const ctx = new StoredDelivery(house.house, new Beginnings(house.house), step, new AbortController().signal);
      await ctx.once('vorgang', { act: async () => ({ id: 'V-1' }), find: async () => 'absent' });
      if (end === 'done') await house.records.succeeded(step, { is: 'done', receipt: {} }, ctx.finished);
      else
        await house.records.failed(
          step,
          decide(new Error('?'), { failures: 1, unexpected: 1, failingForMs: 0, policy: POLICY, fraction: 0 }),
          ctx.finished,
        );
      await expect(house.query('SELECT name, state, receipt, done_at FROM effect')).resolves.toEqual([
        { name: 'vorgang', state: 'done', receipt: { id: 'V-1' }, done_at: house.clock.now() },
      ]);
    },
  );

  it('write nothing when the further facts of a result cannot be written', async () => {
    await house.submit();
    const step = await claimed('eakte');
    const before = await everything();
    const commit = (): Promise<void> => Promise.reject(new Error('no'));
    await expect(house.records.succeeded(step, { is: 'done', receipt: {}, commit })).rejects.toThrow('no');
    await expect(everything()).resolves.toEqual(before);
  });

  it('count failures in a row, since when, and forget both after a success', async () => {
    const id = await house.submit();
    const since = house.clock.now();
    for (let n = 1; n <= 3; n += 1) {
      const step = await claimed('eakte');
      const verdict = decide(DeliveryError.unavailable('dms-fake/down', 'down'), {
        failures: step.failures + 1,
        unexpected: step.unexpected + 1,
        failingForMs: 0,
        policy: POLICY,
        fraction: 0,
      });
      await house.records.failed(step, verdict);
      const row = (await house.steps(id))['file'];
      expect(row).toMatchObject({ state: 'retrying', failures: n, failingSince: since, failure: { code: 'dms-fake/down' } });
      expect(row?.dueAt?.getTime()).toBe(house.clock.now().getTime() + verdict.pauseMs);
      house.clock.advance(60_000);
    }
    await house.records.succeeded(await claimed('eakte'), { is: 'done', receipt: {} });
    expect((await house.steps(id))['file']).toMatchObject({ failures: 0, failingSince: null, failure: null, attempts: 4 });
    const attempts = await house.query<{ outcome: string }>('SELECT outcome FROM attempt ORDER BY number');
    expect(attempts.map(({ outcome }) => outcome)).toEqual(['unavailable', 'unavailable', 'unavailable', 'done']);
  });

  it('park in front of a person: due never, told on the bus and in the progress', async () => {
    const id = await house.submit();
    const step = await claimed('eakte');
    const verdict = decide(DeliveryError.refused('dms-fake/no', 'no'), {
      failures: 1,
      unexpected: 1,
      failingForMs: 0,
      policy: POLICY,
      fraction: 0,
    });
    await house.records.failed(step, verdict);
    expect((await house.steps(id))['file']).toMatchObject({ state: 'parked', dueAt: null, failure: { kind: 'refused' } });
    expect((await house.query('SELECT progress FROM application'))[0]).toEqual({ progress: 'parked' });
    const messages = await house.query<{ type: string }>('SELECT type FROM message ORDER BY seq');
    expect(messages.at(-1)).toEqual({ type: 'step.parked.v1' });
  });
});

describe('a step whose condition cannot be evaluated', () => {
  const config = {
    routes: [
      {
        name: 'filed',
        match: { formIds: ['filed'] },
        steps: [
          { name: 'first', kind: 'filing', instance: 'eakte' },
          { name: 'later', kind: 'filing', instance: 'eakte', after: ['first'], when: 'application.payment.purpose == "x"' },
        ],
      },
      {
        name: 'paid',
        match: { formIds: ['paid'] },
        steps: [{ name: 'fee', kind: 'payment', instance: 'epayment', when: 'application.payment.purpose == "x"' }],
      },
    ],
  } as const;
  let house: TestHouse;
  beforeEach(async () => {
    house = await startHouse({ config: config as never });
  });
  afterEach(async () => house.close());

  it('is parked with the reason at the intake, visibly', async () => {
    const id = await house.submit({ formId: 'paid', payment: undefined as never });
    expect((await house.steps(id))['fee']).toMatchObject({
      state: 'parked',
      failure: { kind: 'misconfigured', code: 'routing/condition' },
    });
    await expect(house.query("SELECT data FROM journal WHERE event = 'step.parked'")).resolves.toEqual([
      { data: { name: 'fee', code: 'routing/condition' } },
    ]);
    await expect(house.query("SELECT 1 FROM message WHERE type = 'step.parked.v1'")).resolves.toHaveLength(1);
    expect((await house.query('SELECT progress FROM application'))[0]).toEqual({ progress: 'parked' });
  });

  it('is parked with the reason when its turn comes, visibly', async () => {
    const id = await house.submit({ payment: undefined as never });
    const [step] = await house.claims.claim('eakte', 1, 20_000);
    if (step === undefined) throw new Error('nothing to claim');
    await house.records.succeeded(step, { is: 'done', receipt: {} });
    expect((await house.steps(id))['later']).toMatchObject({
      state: 'parked',
      failure: { kind: 'misconfigured', code: 'routing/condition' },
    });
    await expect(house.query("SELECT 1 FROM message WHERE type = 'step.parked.v1'")).resolves.toHaveLength(1);
    expect((await house.query('SELECT progress FROM application'))[0]).toEqual({ progress: 'parked' });
  });
});
