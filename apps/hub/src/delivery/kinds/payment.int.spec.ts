// SPDX-License-Identifier: EUPL-1.2
import { DeliveryError } from '@amtsbote/adapter-kit';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { aDraft, processOf, startHouse, submitTo, type TestHouse } from '../../../../../test/support/house.js';
import { HubConfig } from '../../config/hub-config.js';
import { Routes } from '../../routing/routes.js';
import { ApplicationCommands } from '../application-commands.js';

const DAY_MS = 24 * 60 * 60 * 1_000;

describe('a payment step', () => {
  let house: TestHouse;
  beforeEach(async () => {
    house = await startHouse();
  });
  afterEach(async () => house.close());

  /** Runs what is due at the instance, by a runner of its own so that its end can be waited for. */
  const run = async (instance = 'epayment', stepId?: string): Promise<void> => {
    const { runner } = processOf(house.house);
    await runner.drain(instance, stepId);
    await runner.finish(60_000);
  };
  const fee = async (id: string) => {
    const { fee: step } = await house.steps(id);
    if (step === undefined) throw new Error('no payment step');
    return step;
  };
  const payment = async () => (await house.query<Record<string, unknown>>('SELECT * FROM payment'))[0];

  it('is stored before the provider hears of it, opened once, then waits for the citizen', async () => {
    const id = await house.submit({ formId: 'paid' });
    house.targets.payment.openIt = async (order) => {
      const [intent] = await house.query('SELECT state, request_id FROM payment');
      expect(intent).toEqual({ state: 'open', request_id: order.requestId });
      return { transactionId: 'T-1', payUrl: 'https://pay.example.org/1' };
    };
    await run();
    expect(await fee(id)).toMatchObject({ state: 'awaiting', attempts: 1, receipt: { transactionId: 'T-1' } });
    expect(await payment()).toMatchObject({ transaction_id: 'T-1', pay_url: 'https://pay.example.org/1' });
  });

  it('that waits and is due now is claimed by the trigger of its own step', async () => {
    const id = await house.submit({ formId: 'paid' });
    await run();
    const other = await house.submit({ formId: 'paid' });
    await house.query("UPDATE step SET due_at = $1 WHERE state = 'awaiting'", [house.clock.now()]);
    house.targets.payment.report = { state: 'paid', cents: 2_600, kassenzeichen: 'KZ-1' };
    await run('epayment', (await fee(id)).id);
    expect(await fee(id)).toMatchObject({ state: 'done', attempts: 2 });
    expect(await payment()).toMatchObject({ state: 'paid', kassenzeichen: 'KZ-1', pay_url: null });
    expect((await fee(other)).state).toBe('due');
  });

  it('that waits is left alone by a trigger before its time', async () => {
    const id = await house.submit({ formId: 'paid' });
    await run();
    await run('epayment', (await fee(id)).id);
    expect(await fee(id)).toMatchObject({ state: 'awaiting', attempts: 1 });
  });

  it('is asked about as it was planned, also when its route is gone or another one matches by now', async () => {
    const hurried = { name: 'hurried', match: { formIds: ['paid'] }, payment: { pollMs: 7_000, pollMaxMs: 7_000, payWithinMs: DAY_MS } };
    const route = { ...hurried, steps: [{ name: 'fee', kind: 'payment', instance: 'epayment' }] as const };
    const { loaded } = house.house;
    const planned = HubConfig.shape.routes.parse([{ ...route, steps: [...route.steps] }]);
    const configured = { ...loaded, config: { ...loaded.config, routes: planned } };
    const { intake } = processOf({ ...house.house, loaded: configured });
    const { id } = await submitTo({ intake, house: house.house }, house.endpoint, house.targets, aDraft({ formId: 'paid' }));
    await run();
    expect((await fee(id)).dueAt).toEqual(new Date(house.clock.now().getTime() + 7_000));
    house.clock.advance(DAY_MS + 1);
    await run();
    expect(await fee(id)).toMatchObject({ state: 'parked', failure: { code: 'payment/not-paid' } });
  });

  it('is followed as the new route says once a person has rerouted it: more time to pay helps who is late', async () => {
    const id = await house.submit({ formId: 'paid' });
    const { loaded } = house.house;
    const [paid] = loaded.config.routes.filter(({ name }) => name === 'paid');
    if (paid === undefined) throw new Error('the route of tests is missing');
    const patient = { ...paid, payment: { ...paid.payment, pollMs: 9_000 } };
    const reconfigured = { ...house.house, loaded: { ...loaded, config: { ...loaded.config, routes: [patient] } } };
    const { unitOfWork, status, laufzettel } = house;
    const commands = new ApplicationCommands(unitOfWork, status, new Routes(reconfigured), laufzettel);
    await commands.reroute({ actor: 'admin:test', tenants: null }, id, { reason: 'more time' });
    await run();
    expect((await fee(id)).dueAt).toEqual(new Date(house.clock.now().getTime() + 9_000));
  });

  it('in doubt is parked when the provider cannot tell', async () => {
    const id = await house.submit({ formId: 'paid' });
    house.targets.payment.openIt = async () => {
      throw DeliveryError.outcomeUnknown('payment-fake/answer-lost', 'The answer was lost.');
    };
    house.targets.payment.look = async () => 'cannotTell';
    await run();
    expect((await fee(id)).state).toBe('inDoubt');
    house.clock.advance(60_000);
    await run();
    expect(await fee(id)).toMatchObject({ state: 'parked', failure: { kind: 'outcomeUnknown', code: 'delivery/cannot-tell' } });
  });

  it('in doubt goes on with the payment that the provider has', async () => {
    const id = await house.submit({ formId: 'paid' });
    house.targets.payment.openIt = async () => {
      throw DeliveryError.outcomeUnknown('payment-fake/answer-lost', 'The answer was lost.');
    };
    house.targets.payment.look = async () => ({ found: { transactionId: 'T-there', payUrl: 'https://pay.example.org/there' } });
    await run();
    house.clock.advance(60_000);
    await run();
    expect(await fee(id)).toMatchObject({ state: 'awaiting', receipt: { transactionId: 'T-there' } });
  });

  it('in doubt after it was opened asks for the state and opens nothing again', async () => {
    const id = await house.submit({ formId: 'paid' });
    await run();
    house.targets.payment.ask = async () => {
      throw DeliveryError.outcomeUnknown('payment-fake/odd', 'An odd answer.');
    };
    house.clock.advance(60_000);
    await run();
    expect((await fee(id)).state).toBe('inDoubt');
    house.targets.payment.ask = async () => ({ state: 'paid', cents: 2_600 });
    house.clock.advance(60_000);
    await run();
    expect((await fee(id)).state).toBe('done');
    expect(house.targets.payment.opened).toBe(1);
  });

  it('may fail and still be paid later: failed is not final, paid is', async () => {
    const id = await house.submit({ formId: 'paid' });
    await run();
    for (const [reported, stored] of [
      ['failed', 'failed'],
      ['open', 'failed'],
      ['cancelled', 'cancelled'],
      ['paid', 'paid'],
    ] as const) {
      house.targets.payment.report = { state: reported, cents: 2_600 };
      house.clock.advance(60_000);
      await run();
      expect((await payment())?.['state']).toBe(stored);
    }
    expect((await fee(id)).state).toBe('done');
    const moves = await house.query("SELECT data->>'to' AS to FROM journal WHERE event = 'payment.state-changed' ORDER BY seq");
    expect(moves).toEqual([{ to: 'failed' }, { to: 'cancelled' }, { to: 'paid' }]);
  });

  it('is parked when the provider has another amount on its books', async () => {
    const id = await house.submit({ formId: 'paid' });
    await run();
    house.targets.payment.report = { state: 'paid', cents: 26 };
    house.clock.advance(60_000);
    await run();
    expect(await fee(id)).toMatchObject({ state: 'parked', failure: { code: 'payment/amount-differs' } });
    expect((await payment())?.['state']).toBe('open');
  });

  it('is parked when the citizen has not paid in time', async () => {
    const id = await house.submit({ formId: 'paid' });
    await run();
    house.clock.advance(31 * DAY_MS);
    await run();
    expect(await fee(id)).toMatchObject({ state: 'parked', failure: { code: 'payment/not-paid' } });
  });

  it('of a test submission never reaches the provider', async () => {
    const id = await house.submit({ formId: 'paid', test: true });
    await run();
    expect(await fee(id)).toMatchObject({ state: 'parked', failure: { code: 'delivery/test-submission' } });
    expect(house.targets.payment.opened).toBe(0);
    expect(await payment()).toBeUndefined();
  });

  it('without a demand is parked as untransferable', async () => {
    const id = await house.submit({ formId: 'paid', payment: undefined as never });
    await run();
    expect(await fee(id)).toMatchObject({ state: 'parked', failure: { code: 'payment/no-demand' } });
  });
});

describe('what the citizen sees while a payment is open', () => {
  it('stays ACTION_REQUIRED while the provider cannot be reached', async () => {
    const house = await startHouse();
    try {
      const id = await house.submit({ formId: 'everything' });
      const run = async (): Promise<void> => {
        const { runner } = processOf(house.house);
        await runner.drain('epayment');
        await runner.finish(60_000);
      };
      await run();
      house.targets.payment.ask = async () => {
        throw DeliveryError.unavailable('payment-fake/down', 'The provider is down.');
      };
      for (let look = 1; look <= 3; look += 1) {
        house.clock.advance(60_000);
        await run();
        expect((await house.steps(id))['fee']).toMatchObject({ state: 'retrying', failures: look });
      }
      const changes = await house.query(
        "SELECT data->>'to' AS to FROM journal WHERE application_id = $1 AND event = 'application.state-changed' ORDER BY seq",
        [id],
      );
      expect(changes).toEqual([{ to: 'ACTION_REQUIRED' }]);
    } finally {
      await house.close();
    }
  });
});
