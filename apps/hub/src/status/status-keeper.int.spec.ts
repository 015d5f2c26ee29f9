// SPDX-License-Identifier: EUPL-1.2
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { processOf, startHouse, type TestHouse } from '../../../../test/support/house.js';
import { PaymentReturnController } from './payment-return.controller.js';

describe('the status keeper', () => {
  let house: TestHouse;
  beforeEach(async () => {
    house = await startHouse();
  });
  afterEach(async () => house.close());

  /** Runs everything that is due, at every instance, until nothing is. */
  const settle = async (): Promise<void> => {
    for (let round = 0; round < 10; round += 1) {
      for (const instance of ['epayment', 'eakte', 'portal']) {
        const { runner } = processOf(house.house);
        await runner.drain(instance);
        await runner.finish(60_000);
      }
    }
  };
  const review = (id: string, news?: { decisionId: string }): Promise<void> =>
    house.unitOfWork.run(async (work) => {
      const application = await house.status.lock(work, id, null);
      if (application !== undefined) await house.laufzettel.advance(work, application, 'test', news);
    });
  const decide = async (id: string, n = 1): Promise<string> => {
    const decisionId = `0192f0a0-0000-7000-8000-00000000000${n}`;
    const document = { id: decisionId, outcome: 'granted', text: 'Genehmigt', documents: [], decidedAt: house.clock.now().toISOString() };
    await house.query(
      "INSERT INTO decision (id, tenant, application_id, idempotency_key, document, received_at) VALUES ($1, '057110000000', $2, $3, $4, $5)",
      [decisionId, id, `key-${n}`, JSON.stringify(document), house.clock.now()],
    );
    await review(id, { decisionId });
    return decisionId;
  };
  const row = async () =>
    (
      await house.query<{ state: string; progress: string; state_sequence: number; finished_at: Date | null }>('SELECT * FROM application')
    )[0];

  it('leads an application through the words a citizen sees, and tells the portal each of them once, in order', async () => {
    const id = await house.submit({ formId: 'everything' });
    await settle();
    house.targets.payment.report = { state: 'paid', cents: 2_600 };
    house.clock.advance(60_000);
    await settle();
    const [item] = (await house.pickup.poll(house.queue, 1)).items;
    if (item === undefined) throw new Error('nothing offered');
    await house.pickup.acknowledge(house.queue, item.id, item.leaseId);
    const decisionId = await decide(id);
    await settle();
    expect(house.targets.portal.updates.map(({ sequence, state }) => [sequence, state])).toEqual([
      [1, 'SUBMITTED'],
      [2, 'ACTION_REQUIRED'],
      [3, 'SUBMITTED'],
      [4, 'RECEIVED'],
      [5, 'PROCESSING'],
      [6, 'COMPLETED'],
    ]);
    expect(house.targets.portal.updates[1]?.payment).toMatchObject({ cents: 2_600, payUrl: 'https://pay.example.org/1' });
    expect(house.targets.portal.updates[5]?.decision).toMatchObject({ outcome: 'granted' });
    expect(decisionId).toMatch(/1$/);
    expect(await row()).toMatchObject({ state: 'COMPLETED', progress: 'finished', state_sequence: 6, finished_at: house.clock.now() });
    await expect(house.query("SELECT 1 FROM message WHERE type = 'application.finished.v1'")).resolves.toHaveLength(1);
  });

  it('does not call finished what the portal has not heard of', async () => {
    const id = await house.submit({ formId: 'everything', payment: undefined as never });
    await settle();
    const [item] = (await house.pickup.poll(house.queue, 1)).items;
    if (item === undefined) throw new Error('nothing offered');
    await house.pickup.acknowledge(house.queue, item.id, item.leaseId);
    await settle();
    await decide(id);
    expect(await row()).toMatchObject({ state: 'COMPLETED', progress: 'flowing', finished_at: null });
    await settle();
    expect(await row()).toMatchObject({ progress: 'finished' });
  });

  it('tells the citizen of a second decision although the state stays', async () => {
    const id = await house.submit({ formId: 'everything', payment: undefined as never });
    await settle();
    await decide(id, 1);
    await settle();
    house.clock.advance(1_000);
    await decide(id, 2);
    await settle();
    const told = house.targets.portal.updates.filter(({ state }) => state === 'COMPLETED');
    expect(told.map(({ sequence }) => sequence)).toEqual([3, 4]);
  });

  it('changes nothing when nothing happened, however often it looks', async () => {
    const id = await house.submit({ formId: 'everything' });
    await settle();
    const before = await row();
    for (let n = 0; n < 3; n += 1) await review(id);
    expect(await row()).toEqual(before);
  });

  it('leaves a cancelled application alone', async () => {
    const id = await house.submit({ formId: 'everything', payment: undefined as never });
    await house.unitOfWork.run(async (work) => {
      const application = await house.status.lock(work, id, null);
      if (application !== undefined) house.status.cancel(work, application);
    });
    await decide(id);
    expect(await row()).toMatchObject({ state: 'SUBMITTED', progress: 'cancelled', finished_at: house.clock.now() });
  });

  it('parks what no route takes, in front of a person', async () => {
    await house.submit({ formId: 'unknown' });
    expect(await row()).toMatchObject({ state: 'SUBMITTED', progress: 'parked', finished_at: null });
  });

  it('lets writers of one application come one after the other', async () => {
    const id = await house.submit();
    const order: string[] = [];
    const write = (name: string, ms: number): Promise<void> =>
      house.unitOfWork.run(async (work) => {
        await house.status.lock(work, id, null);
        order.push(`${name} in`);
        await new Promise((resolve) => setTimeout(resolve, ms));
        order.push(`${name} out`);
      });
    await Promise.all([write('a', 50), write('b', 1), write('c', 1)]);
    for (let n = 0; n < order.length; n += 2) expect(order[n]?.charAt(0)).toBe(order[n + 1]?.charAt(0));
  });
});

describe('the page a citizen returns to after paying', () => {
  let house: TestHouse;
  beforeEach(async () => {
    house = await startHouse();
  });
  afterEach(async () => house.close());

  const page = () => new PaymentReturnController(house.unitOfWork, house.status);
  const open = async (): Promise<string> => {
    await house.submit({ formId: 'paid' });
    const { runner } = processOf(house.house);
    await runner.drain('epayment');
    await runner.finish(60_000);
    await house.query('DELETE FROM message');
    const [payment] = await house.query<{ request_id: string }>('SELECT request_id FROM payment');
    return payment?.request_id ?? '';
  };

  it('makes the hub ask the provider now, and believes nothing itself', async () => {
    const request = await open();
    await expect(page().back(request)).resolves.toContain('Vielen Dank');
    const [step] = await house.query<{ due_at: Date; state: string }>('SELECT due_at, state FROM step');
    expect(step).toEqual({ due_at: house.clock.now(), state: 'awaiting' });
    await expect(house.query('SELECT type FROM message')).resolves.toEqual([{ type: 'payment.requested.v1' }]);
    await expect(house.query('SELECT state FROM payment')).resolves.toEqual([{ state: 'open' }]);
  });

  it('says the same to an unknown payment and does nothing', async () => {
    await open();
    await expect(page().back('0192f0a0-0000-7000-8000-00000000ffff')).resolves.toContain('Vielen Dank');
    await expect(house.query('SELECT type FROM message')).resolves.toEqual([]);
  });

  it('does nothing while the step is already asking', async () => {
    const request = await open();
    await house.query("UPDATE step SET state = 'running'");
    await page().back(request);
    await expect(house.query('SELECT type FROM message')).resolves.toEqual([]);
  });
});
