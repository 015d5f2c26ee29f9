// SPDX-License-Identifier: EUPL-1.2
import { DeliveryError } from '@amtsbote/adapter-kit';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';

import { receiptFor } from '../../../../test/support/fake-adapters.js';
import { processOf, startHouse, type TestHouse, withDatabase } from '../../../../test/support/house.js';

/** A promise and the function that fulfils it. */
function gateKeeper(): { opened: Promise<void>; open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

describe('the runner', () => {
  let house: TestHouse;
  beforeEach(async () => {
    house = await startHouse();
  });
  afterEach(async () => house.close());

  /** Drains and waits for every attempt; ends this runner's work. */
  const finished = async (instance: string, stepId?: string): Promise<void> => {
    const { runner } = processOf(house.house);
    await runner.drain(instance, stepId);
    await runner.finish(60_000);
  };

  it('files once, writes the receipt, and finishes the application', async () => {
    const id = await house.submit();
    await finished('eakte');
    const { file } = await house.steps(id);
    expect(file).toMatchObject({ state: 'done', attempts: 1, failures: 0, receipt: { vorgang: { id: `V-${id}` } }, leaseOwner: null });
    expect(house.targets.dms.filed).toEqual([id]);
    const [application] = await house.query('SELECT state, progress FROM application');
    expect(application).toEqual({ state: 'COMPLETED', progress: 'finished' });
  });

  it('never runs more attempts at once than configured, however many triggers come together', async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, () => house.submit()));
    const hold = gateKeeper();
    let running = 0;
    let most = 0;
    house.targets.dms.act = async (request) => {
      running += 1;
      most = Math.max(most, running);
      await hold.opened;
      running -= 1;
      return receiptFor(request);
    };
    const steps = await house.query<{ id: string }>('SELECT id FROM step');
    const { runner } = processOf(house.house);
    await Promise.all(steps.map(({ id }) => runner.drain('eakte', id)));
    while (running < 4) await new Promise((resolve) => setTimeout(resolve, 10));
    // Attempts beyond the limit would be on their way by now.
    await new Promise((resolve) => setTimeout(resolve, 200));
    hold.open();
    for (;;) {
      const [open] = await house.query<{ count: number }>("SELECT count(*)::int AS count FROM step WHERE state <> 'done'");
      if (open?.count === 0) break;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await runner.finish(60_000);
    expect(most).toBe(4);
    expect(ids).toHaveLength(20);
  });

  it('begins what an attempt made due without its trigger, which then asks for nothing, and the next one does', async () => {
    const own = await startHouse({
      config: {
        routes: [
          {
            name: 'twice',
            match: {},
            completesBy: 'steps',
            steps: [
              { name: 'file', kind: 'filing', instance: 'eakte' },
              { name: 'copy', kind: 'filing', instance: 'eakte', after: ['file'] },
            ],
          },
        ],
      },
    });
    try {
      const id = await own.submit();
      let asked = 0;
      const watched = Object.create(own.house.database) as DataSource;
      watched.query = ((...given: Parameters<DataSource['query']>) => {
        asked += 1;
        return own.house.database.query(...given);
      }) as DataSource['query'];
      const { runner } = processOf(withDatabase(own.house, watched));
      await runner.drain('eakte', (await own.steps(id))['file']?.id);
      while ((await own.steps(id))['copy']?.state !== 'done') await new Promise((resolve) => setTimeout(resolve, 5));
      const copy = (await own.steps(id))['copy'];
      expect(copy).toMatchObject({ state: 'done', attempts: 1 });
      const before = asked;
      await runner.drain('eakte', copy?.id);
      expect(asked).toBe(before);
      await runner.drain('eakte', copy?.id);
      expect(asked).toBeGreaterThan(before);
      await runner.finish(60_000);
      expect(own.targets.dms.filed).toEqual([id, id]);
    } finally {
      await own.close();
    }
  });

  it('does not ask the store for more after an attempt when nobody went away without a place', async () => {
    await house.submit();
    const queries: string[] = [];
    const watched = Object.create(house.house.database) as DataSource;
    watched.query = ((...given: Parameters<DataSource['query']>) => {
      queries.push(given[0]);
      return house.house.database.query(...given);
    }) as DataSource['query'];
    const { runner } = processOf(withDatabase(house.house, watched));
    await runner.drain('eakte');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(queries.filter((sql) => sql.includes('INSERT INTO attempt'))).toHaveLength(1);
    await runner.finish(1_000);
  });

  it('waits at its end for attempts of a claim that was still under way', async () => {
    await house.submit();
    const { runner } = processOf(house.house);
    const draining = runner.drain('eakte');
    await runner.finish(60_000);
    await draining;
    const running = await house.query("SELECT id FROM step WHERE state = 'running'");
    expect(running).toEqual([]);
  });

  it('cannot overwrite a step that was taken out while it ran', async () => {
    const id = await house.submit();
    house.targets.dms.act = async (request) => {
      await house.query("UPDATE step SET state = 'cancelled' WHERE application_id = $1", [id]);
      return receiptFor(request);
    };
    await finished('eakte');
    expect((await house.steps(id))['file']).toMatchObject({ state: 'cancelled', receipt: null });
    const [attempt] = await house.query('SELECT outcome FROM attempt');
    expect(attempt).toEqual({ outcome: null });
  });

  it('claims no step that was taken out while it was due', async () => {
    const id = await house.submit();
    await house.query("UPDATE step SET state = 'skipped' WHERE application_id = $1", [id]);
    await finished('eakte');
    expect(house.targets.dms.filed).toEqual([]);
    expect((await house.steps(id))['file']?.state).toBe('skipped');
  });

  it('does not give up at its first own mistake because the target was down before: only mistakes count as such', async () => {
    const id = await house.submit();
    const states: (string | undefined)[] = [];
    const failing = async (error: Error, times: number): Promise<void> => {
      house.targets.dms.act = async () => {
        throw error;
      };
      for (let n = 0; n < times; n += 1) {
        await finished('eakte');
        states.push((await house.steps(id))['file']?.state);
        house.clock.advance(120_000);
      }
    };
    await failing(DeliveryError.unavailable('dms-fake/down', 'down'), 5);
    await failing(new TypeError('our mistake'), 2);
    await failing(DeliveryError.unavailable('dms-fake/down', 'down'), 1);
    await failing(new TypeError('our mistake'), 1);
    expect(states).toEqual([...Array<string>(5).fill('retrying'), 'inDoubt', 'inDoubt', 'retrying', 'parked']);
  });

  it('makes a step that was cut off in doubt, also the third time', async () => {
    const id = await house.submit();
    house.targets.dms.act = async (_request, ctx) => {
      if (!ctx.signal.aborted) await new Promise((resolve) => ctx.signal.addEventListener('abort', resolve));
      return ctx.once('vorgang', { act: async () => ({}) as never, find: async () => 'absent' });
    };
    for (let stop = 1; stop <= 3; stop += 1) {
      const { runner } = processOf(house.house);
      await runner.drain('eakte');
      await runner.finish(20);
      expect((await house.steps(id))['file']).toMatchObject({ state: 'inDoubt', failures: stop, failure: { code: 'delivery/cut-off' } });
      house.clock.advance(120_000);
    }
  });

  it('cuts an attempt off by the clock of the house, not by that of the machine', async () => {
    const id = await house.submit();
    const started = gateKeeper();
    house.targets.dms.act = async (_request, ctx) => {
      started.open();
      await new Promise((resolve) => ctx.signal.addEventListener('abort', resolve));
      throw ctx.signal.reason as Error;
    };
    const { runner } = processOf(house.house);
    await runner.drain('eakte');
    await started.opened;
    house.clock.advance(10_000);
    await runner.finish(60_000);
    expect((await house.steps(id))['file']).toMatchObject({ state: 'inDoubt', failure: { code: 'delivery/cut-off' } });
  });

  it('is not kept from its end by an adapter that heeds no signal; the step is found out about when the lease is over', async () => {
    const id = await house.submit();
    const started = gateKeeper();
    const hold = gateKeeper();
    house.targets.dms.act = async (request) => {
      started.open();
      await hold.opened;
      return receiptFor(request);
    };
    const { runner } = processOf(house.house);
    await runner.drain('eakte');
    await started.opened;
    await runner.finish(10);
    house.clock.advance(20_001);
    await house.claims.recover();
    expect((await house.steps(id))['file']?.state).toBe('inDoubt');
    hold.open();
    await runner.finish(60_000);
    expect((await house.steps(id))['file']?.state).toBe('inDoubt');
  });

  it('asks the target first when a step is in doubt, and takes what is found for the result', async () => {
    const id = await house.submit();
    house.targets.dms.act = async (request) => {
      house.targets.dms.filed.push(request.application.id);
      throw DeliveryError.outcomeUnknown('dms-fake/answer-lost', 'The answer was lost.');
    };
    await finished('eakte');
    expect((await house.steps(id))['file']).toMatchObject({ state: 'inDoubt', failures: 1 });
    house.clock.advance(60_000);
    await finished('eakte');
    expect((await house.steps(id))['file']).toMatchObject({ state: 'done', attempts: 2 });
    expect(house.targets.dms.filed).toEqual([id]);
  });

  it('parks a step in doubt about which the target cannot tell', async () => {
    const id = await house.submit();
    house.targets.dms.act = async () => {
      throw DeliveryError.outcomeUnknown('dms-fake/answer-lost', 'The answer was lost.');
    };
    house.targets.dms.look = async () => 'cannotTell';
    await finished('eakte');
    house.clock.advance(60_000);
    await finished('eakte');
    expect((await house.steps(id))['file']).toMatchObject({ state: 'parked', failure: { code: 'delivery/cannot-tell' }, dueAt: null });
  });

  it('tells the truth about a lost lease: nothing is recorded for a worker that is late', async () => {
    const id = await house.submit();
    house.targets.dms.act = async (request) => {
      await house.query('UPDATE step SET fence = fence + 1 WHERE application_id = $1', [id]);
      return receiptFor(request);
    };
    await finished('eakte');
    expect((await house.steps(id))['file']).toMatchObject({ state: 'running', receipt: null });
    await expect(house.query('SELECT outcome, ended_at FROM attempt')).resolves.toEqual([{ outcome: null, ended_at: null }]);
    await expect(house.query("SELECT 1 FROM journal WHERE event LIKE 'step.%'")).resolves.toEqual([]);
  });
});

describe('steps of an instance that is no longer configured', () => {
  it('reach a person instead of being forgotten', async () => {
    const house = await startHouse();
    try {
      const id = await house.submit();
      await house.query("UPDATE step SET instance = 'gone'");
      await house.sweeper.round();
      expect((await house.steps(id))['file']?.state).toBe('due');
      house.clock.advance(11 * 60_000);
      await house.sweeper.round();
      await house.runner.finish(60_000);
      expect((await house.steps(id))['file']).toMatchObject({ state: 'parked', failure: { code: 'delivery/no-instance' } });
    } finally {
      await house.close();
    }
  });
});
