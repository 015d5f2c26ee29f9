// SPDX-License-Identifier: EUPL-1.2
import type { FilingRequest } from '@amtsbote/adapter-kit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { aDraft, processOf, startHouse, type TestHouse } from '../../../../../test/support/house.js';

describe('what is handed in later', () => {
  let house: TestHouse;
  let first: string;
  let reference: string;
  const requests: FilingRequest[] = [];
  beforeAll(async () => {
    house = await startHouse({
      config: {
        aktenplan: { gewerbe: { version: 1, akte: { per: 'application', title: '"Akte"' } } },
        routes: [
          { name: 'first', match: { formIds: ['filed'] }, steps: [{ name: 'file', kind: 'filing', instance: 'eakte', rule: 'gewerbe' }] },
          { name: 'later', match: { formIds: ['later'] }, steps: [{ name: 'file', kind: 'filing', instance: 'eakte', joins: true }] },
          { name: 'again', match: { formIds: ['again'] }, steps: [{ name: 'file', kind: 'filing', instance: 'eakte' }] },
        ],
      },
    });
    const { act } = house.targets.dms;
    house.targets.dms.act = async (request, ctx) => {
      requests.push(request);
      return act(request, ctx);
    };
    first = await house.submit();
    const [row] = await house.query<{ reference: string }>('SELECT reference FROM application');
    reference = row?.reference ?? '';
    await run();
  });
  beforeEach(() => {
    requests.length = 0;
  });
  afterAll(async () => house.close());

  const run = async (): Promise<void> => {
    const { runner } = processOf(house.house);
    await runner.drain('eakte');
    await runner.finish(60_000);
  };
  const handIn = async (target: string, formId = 'later'): Promise<FilingRequest | undefined> => {
    await house.submit(aDraft({ formId, relations: [{ kind: 'followUpOf', target }] }));
    await run();
    return requests.at(-1);
  };

  it.each(['reference', 'id'] as const)('joins the Vorgang of the application it names by its %s, by the rule of that one', async (by) => {
    const request = await handIn(by === 'id' ? first : reference);
    expect(request?.joins?.id).toBe(first);
    expect(request?.application.id).not.toBe(first);
    expect(request?.place).toMatchObject({ rule: 'gewerbe', akte: { key: expect.stringContaining(reference) } });
  });

  it('joins the first of a chain', async () => {
    const second = await handIn(reference);
    expect((await handIn(second?.application.id ?? ''))?.joins?.id).toBe(first);
  });

  it('is filed by itself when nobody knows what it follows: it begins a case', async () => {
    const request = await handIn('0000-0000-0');
    expect(request).toBeDefined();
    expect(request).not.toHaveProperty('joins');
  });

  it('is a matter of the route: another application to the same thing is a Vorgang of its own', async () => {
    expect(await handIn(reference, 'again')).not.toHaveProperty('joins');
  });
});
