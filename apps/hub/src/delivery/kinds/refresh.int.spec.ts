// SPDX-License-Identifier: EUPL-1.2
import type { FilingRequest } from '@amtsbote/adapter-kit';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { processOf, startHouse, type TestHouse } from '../../../../../test/support/house.js';

const PAID = { state: 'paid', cents: 2_600, kassenzeichen: 'KZ-1' } as const;

describe('a payment that settles after the application was filed', () => {
  let house: TestHouse;
  let requests: FilingRequest[];
  beforeEach(async () => {
    house = await startHouse({
      config: {
        routes: [
          {
            name: 'at-once',
            match: { formIds: ['filed'] },
            completesBy: 'steps',
            steps: [
              { name: 'fee', kind: 'payment', instance: 'epayment' },
              { name: 'file', kind: 'filing', instance: 'eakte' },
            ],
          },
          {
            name: 'in-turn',
            match: { formIds: ['paid'] },
            completesBy: 'steps',
            steps: [
              { name: 'fee', kind: 'payment', instance: 'epayment' },
              { name: 'file', kind: 'filing', instance: 'eakte', after: ['fee'] },
            ],
          },
        ],
      },
    });
    requests = [];
    const { act } = house.targets.dms;
    house.targets.dms.act = async (request, ctx) => {
      requests.push(request);
      return act(request, ctx);
    };
  });
  afterEach(async () => house.close());

  const run = async (instance: 'eakte' | 'epayment'): Promise<void> => {
    const { runner } = processOf(house.house);
    await runner.drain(instance);
    await runner.finish(60_000);
  };
  const pay = async (): Promise<void> => {
    house.targets.payment.report = PAID;
    house.clock.advance(60_000);
    await run('epayment');
  };
  const states = async (id: string): Promise<Record<string, string>> =>
    Object.fromEntries(Object.entries(await house.steps(id)).map(([name, { state }]) => [name, state]));
  const contentOf = async (request: FilingRequest | undefined, key: string): Promise<string> => {
    const chunks: Buffer[] = [];
    const document = request?.documents.find((each) => each.key === key);
    for await (const chunk of (await document?.open()) ?? []) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString('utf8');
  };

  it('gives the filed summary a new version, with the payment in it; nothing else is filed again', async () => {
    const id = await house.submit();
    await run('epayment');
    await run('eakte');
    expect(await contentOf(requests[0], 'data')).toContain('"state": "open"');
    await pay();
    expect(await states(id)).toEqual({ fee: 'done', file: 'done', 'refresh-filing-1': 'due' });
    await run('eakte');
    const { file } = await house.steps(id);
    expect(requests[1]).toMatchObject({ refreshes: file?.id });
    expect(requests[1]?.documents.map(({ key }) => key)).toEqual(['readable', 'data']);
    expect(await contentOf(requests[1], 'data')).toContain('"state": "paid"');
    expect(await states(id)).toEqual({ fee: 'done', file: 'done', 'refresh-filing-1': 'done' });
    expect(await house.query('SELECT progress FROM application')).toEqual([{ progress: 'finished' }]);
  });

  it('changes nothing where filing waits for it', async () => {
    const id = await house.submit({ formId: 'paid' });
    await run('epayment');
    await pay();
    await run('eakte');
    expect(await states(id)).toEqual({ fee: 'done', file: 'done' });
    expect(requests).toHaveLength(1);
    expect(await contentOf(requests[0], 'data')).toContain('"state": "paid"');
  });

  it('refreshes nothing where a person decided that it is not filed', async () => {
    const id = await house.submit();
    await run('epayment');
    await pay();
    const { file } = await house.steps(id);
    await house.query("UPDATE step SET state = 'skipped' WHERE id = $1", [file?.id]);
    await house.query("UPDATE step SET state = 'due', due_at = $1 WHERE name = 'refresh-filing-1'", [house.clock.now()]);
    await run('eakte');
    expect(await states(id)).toMatchObject({ file: 'skipped', 'refresh-filing-1': 'done' });
    expect(requests).toEqual([]);
  });
});
