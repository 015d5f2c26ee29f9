// SPDX-License-Identifier: EUPL-1.2
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { type Process, startHouse, TENANT, type TestHouse } from '../../../../test/support/house.js';
import { offer } from '../delivery/progress.js';

const LEASE_MS = 60_000;
const QUEUE = { tenant: TENANT, credentials: [{ name: 'office', token: 'token-of-the-office' }] };

describe('a pickup queue', () => {
  let house: TestHouse;
  beforeEach(async () => {
    house = await startHouse();
  });
  afterEach(async () => house.close());

  const submit = async (count: number): Promise<string[]> => {
    const ids: string[] = [];
    for (let n = 0; n < count; n += 1) ids.push(await house.submit({ formId: 'collected' }));
    return ids;
  };
  const poll = async (limit = 10, process: Process = house) => process.pickup.poll(house.queue, limit);
  const pollOne = async (process: Process = house) => {
    const [item] = (await poll(1, process)).items;
    if (item === undefined) throw new Error('nothing to lease');
    return item;
  };
  const stateOf = async (id: string) =>
    (await house.query<{ state: string }>('SELECT state FROM pickup_item WHERE id = $1', [id]))[0]?.state;

  it('leases the oldest first, each under a lease of its own', async () => {
    const ids = await submit(3);
    const { items, remaining } = await poll(2);
    expect(items.map(({ applicationId }) => applicationId)).toEqual(ids.slice(0, 2));
    expect(new Set(items.map(({ leaseId }) => leaseId)).size).toBe(2);
    expect(remaining).toBe(1);
    expect(items[0]?.leaseUntil).toEqual(new Date(house.clock.now().getTime() + LEASE_MS));
  });

  it('never gives one item to two pollers, and gives every item to one', async () => {
    await submit(40);
    const second = await house.startProcess('second');
    const polls = await Promise.all(Array.from({ length: 12 }, (_, n) => poll(5, n % 2 === 0 ? house : second)));
    const ids = [...polls.flatMap(({ items }) => items), ...(await poll(100)).items].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toHaveLength(40);
  });

  it('gives nothing to another queue or another tenant', async () => {
    await submit(1);
    await expect(house.pickup.poll({ ...house.queue, queue: 'other' }, 10)).resolves.toMatchObject({ items: [] });
    await expect(house.pickup.poll({ ...house.queue, tenant: '999999999999' }, 10)).resolves.toMatchObject({ items: [] });
    const { id, leaseId } = await pollOne();
    for (const stranger of [
      { ...house.queue, queue: 'other' },
      { ...house.queue, tenant: '999999999999' },
    ]) {
      await expect(house.pickup.item(stranger, id)).rejects.toMatchObject({ status: 404 });
      await expect(house.pickup.acknowledge(stranger, id, leaseId)).rejects.toMatchObject({ status: 404 });
      await expect(house.pickup.reject(stranger, id, leaseId, 'no')).rejects.toMatchObject({ status: 404 });
      await expect(house.pickup.renew(stranger, id, leaseId)).rejects.toMatchObject({ status: 404 });
    }
  });

  it('offers an item again when its lease is over, under a new lease', async () => {
    await submit(1);
    const first = await pollOne();
    await expect(poll()).resolves.toMatchObject({ items: [] });
    house.clock.advance(LEASE_MS + 1);
    const second = await pollOne();
    expect(second).toMatchObject({ id: first.id, deliveries: 2 });
    expect(second.leaseId).not.toBe(first.leaseId);
  });

  it('keeps a lease that is renewed', async () => {
    await submit(1);
    const { id, leaseId } = await pollOne();
    house.clock.advance(LEASE_MS - 1);
    await house.pickup.renew(house.queue, id, leaseId);
    house.clock.advance(LEASE_MS - 1);
    await expect(poll()).resolves.toMatchObject({ items: [] });
  });

  it('finishes the step with a signed receipt, the same for every repetition', async () => {
    const [id = ''] = await submit(1);
    const item = await pollOne();
    const signed = await house.pickup.acknowledge(house.queue, item.id, item.leaseId);
    expect(signed.signature).toMatch(/^v1,/);
    expect(signed.receipt).toMatchObject({ applicationId: id, item: item.id, queue: 'register', acknowledgedBy: 'queue:register/office' });
    house.clock.advance(5_000);
    await expect(house.pickup.acknowledge(house.queue, item.id, item.leaseId)).resolves.toEqual(signed);
    expect((await house.steps(id))['hand-over']).toMatchObject({ state: 'done', receipt: signed.receipt });
    await expect(house.query("SELECT 1 FROM journal WHERE event = 'pickup.acknowledged'")).resolves.toHaveLength(1);
    expect((await house.query('SELECT state FROM application'))[0]).toEqual({ state: 'PROCESSING' });
  });

  it('is acknowledged once by ten simultaneous acknowledgements, which all get the same receipt', async () => {
    await submit(1);
    const item = await pollOne();
    const receipts = await Promise.all(Array.from({ length: 10 }, () => house.pickup.acknowledge(house.queue, item.id, item.leaseId)));
    expect(new Set(receipts.map(({ signature }) => signature)).size).toBe(1);
    await expect(house.query("SELECT 1 FROM journal WHERE event = 'pickup.acknowledged'")).resolves.toHaveLength(1);
  });

  it('refuses an acknowledgement that comes after somebody else got the item, and changes nothing', async () => {
    await submit(1);
    const late = await pollOne();
    house.clock.advance(LEASE_MS + 1);
    const now = await pollOne();
    await expect(house.pickup.acknowledge(house.queue, late.id, late.leaseId)).rejects.toMatchObject({
      status: 409,
      extensions: { itemState: 'leased' },
    });
    await expect(house.pickup.renew(house.queue, late.id, late.leaseId)).rejects.toMatchObject({ status: 409 });
    await expect(house.pickup.reject(house.queue, late.id, late.leaseId, 'no')).rejects.toMatchObject({ status: 409 });
    expect(await stateOf(late.id)).toBe('leased');
    await house.pickup.acknowledge(house.queue, now.id, now.leaseId);
    await expect(house.pickup.acknowledge(house.queue, late.id, late.leaseId)).rejects.toMatchObject({
      status: 409,
      extensions: { itemState: 'acknowledged' },
    });
  });

  it('takes an acknowledgement after the lease as long as nobody else got the item', async () => {
    await submit(1);
    const item = await pollOne();
    house.clock.advance(LEASE_MS + 1);
    await expect(house.pickup.acknowledge(house.queue, item.id, item.leaseId)).resolves.toMatchObject({ signature: expect.any(String) });
  });

  it('brings a rejected application in front of a person, with the reason beside the item and not in the journal', async () => {
    const [id = ''] = await submit(1);
    const item = await pollOne();
    await house.pickup.reject(house.queue, item.id, item.leaseId, 'Fehlt: \u0000 Unterschrift von Erika');
    await house.pickup.reject(house.queue, item.id, item.leaseId, 'noch einmal');
    expect((await house.steps(id))['hand-over']).toMatchObject({ state: 'parked', failure: { code: 'pickup/rejected' } });
    const [row] = await house.query('SELECT state, receipt FROM pickup_item');
    expect(row).toEqual({ state: 'rejected', receipt: { reason: 'Fehlt: \uFFFD Unterschrift von Erika' } });
    const entries = await house.query<{ data: unknown }>('SELECT data FROM journal');
    expect(JSON.stringify(entries)).not.toContain('Erika');
    await expect(poll()).resolves.toMatchObject({ items: [] });
    await expect(house.pickup.acknowledge(house.queue, item.id, item.leaseId)).rejects.toMatchObject({ status: 409 });
  });

  it('shows an application that is offered again behind those that were offered meanwhile', async () => {
    const [first = ''] = await submit(2);
    const { items } = await poll();
    const [rejected] = items;
    if (rejected === undefined) throw new Error('nothing leased');
    await house.pickup.reject(house.queue, rejected.id, rejected.leaseId, 'no');
    await house.query("UPDATE step SET state = 'awaiting', failure = NULL WHERE id = $1", [rejected.id]);
    const [meanwhile] = await submit(1);
    await house.unitOfWork.run((work) =>
      offer(work, { id: rejected.id, applicationId: first, tenant: house.queue.tenant, instance: 'register', name: 'hand-over' }),
    );
    const again = await poll();
    expect(again.items.map(({ applicationId }) => applicationId)).toEqual([meanwhile, first]);
    expect(again.items[1]?.leaseId).not.toBe(rejected.leaseId);
  });

  it('never offers a test submission to a Fachverfahren that does not want such: it is in front of a person', async () => {
    const id = await house.submit({ formId: 'collected', test: true });
    await expect(poll()).resolves.toEqual({ items: [], remaining: 0 });
    expect((await house.steps(id))['hand-over']).toMatchObject({ state: 'parked', failure: { code: 'delivery/test-submission' } });
    await expect(house.query('SELECT progress FROM application')).resolves.toEqual([{ progress: 'parked' }]);
  });

  it('offers a test submission, marked as such, to a Fachverfahren that wants them', async () => {
    await house.close();
    house = await startHouse({ config: { queues: { register: { ...QUEUE, testSubmissions: true } } } });
    await house.submit({ formId: 'collected', test: true });
    await submit(1);
    expect((await poll()).items.map(({ test }) => test)).toEqual([true, false]);
  });

  it('offers nothing again that was acknowledged', async () => {
    const [id = ''] = await submit(1);
    const item = await pollOne();
    await house.pickup.acknowledge(house.queue, item.id, item.leaseId);
    await house.unitOfWork.run((work) =>
      offer(work, { id: item.id, applicationId: id, tenant: house.queue.tenant, instance: 'register', name: 'hand-over' }),
    );
    expect(await stateOf(item.id)).toBe('acknowledged');
  });

  it('keeps a withdrawn item from everybody', async () => {
    await submit(1);
    const item = await pollOne();
    await house.query("UPDATE pickup_item SET state = 'withdrawn'");
    await expect(house.pickup.item(house.queue, item.id)).rejects.toMatchObject({ status: 404 });
    await expect(house.pickup.acknowledge(house.queue, item.id, item.leaseId)).rejects.toMatchObject({ status: 404 });
    house.clock.advance(LEASE_MS + 1);
    await expect(poll()).resolves.toMatchObject({ items: [] });
  });

  it('counts what could be leased', async () => {
    await submit(3);
    await expect(house.pickup.available(house.queue)).resolves.toBe(3);
    await pollOne();
    await expect(house.pickup.available(house.queue)).resolves.toBe(2);
    house.clock.advance(LEASE_MS + 1);
    await expect(house.pickup.available(house.queue)).resolves.toBe(3);
  });
});
