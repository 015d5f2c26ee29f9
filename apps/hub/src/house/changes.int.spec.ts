// SPDX-License-Identifier: EUPL-1.2
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { startHouse, type TestHouse } from '../../../../test/support/house.js';

describe('what a unit of work gathers', () => {
  let house: TestHouse;
  beforeEach(async () => {
    house = await startHouse();
  });
  afterEach(async () => house.close());

  it('is written by the last word for each application', async () => {
    const id = await house.submit();
    await house.unitOfWork.run(async (work) => {
      const state = { id, tenant: '057110000000', state: 'PROCESSING', sequence: 3, progress: 'flowing' } as const;
      work.states.set(id, state);
      work.states.set(id, { ...state, sequence: 4, progress: 'finished' });
    });
    await expect(house.query('SELECT state, state_sequence, progress, finished_at FROM application')).resolves.toEqual([
      { state: 'PROCESSING', state_sequence: 4, progress: 'finished', finished_at: house.clock.now() },
    ]);
  });

  it('is not written at all when a step to be moved was not waiting any more', async () => {
    const id = await house.submit();
    const step = (await house.steps(id))['file'];
    if (step === undefined) throw new Error('no step');
    const run = house.unitOfWork.run(async (work) => {
      work.note({ tenant: step.tenant, applicationId: id, stepId: null, actor: 'test', event: 'test.noted', data: {} });
      work.moves.push({ id: step.id, tenant: step.tenant, state: 'skipped', dueAt: null, failure: null });
    });
    await expect(run).rejects.toThrow('1 steps were to be moved, 0 were waiting');
    await expect(house.query("SELECT 1 FROM journal WHERE event = 'test.noted'")).resolves.toEqual([]);
    expect((await house.steps(id))['file']?.state).toBe('due');
  });
});
