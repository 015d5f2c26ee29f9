// SPDX-License-Identifier: EUPL-1.2
import { enqueue, PostgresQueue, Waker } from '@amtsbote/bus';
import { aMessage } from '@amtsbote/bus/testing';
import type { RedriveFilter, RedriveWhat } from '@amtsbote/ops-api';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { type Process, startHouse, TENANT, type TestHouse } from '../../../../../test/support/house.js';
import { StepCommands } from '../../delivery/step-commands.js';
import type { Operator } from '../operator.js';
import { RedriveCommands, type RedriveOrder } from './redrive-commands.js';
import { RedriveJobs } from './redrive-jobs.js';
import { RedriveWorker } from './redrive-worker.js';

const OTHER = '057110000001';
const REASON = 'the DMS is repaired';
const operator = (tenants: readonly string[] | null, name = 'admin'): Operator => ({ name, actor: `admin:${name}`, via: 'token', tenants });
const admin = operator(null);
const REFUSED = { kind: 'refused', code: 'dms-fake/closed', message: 'closed' };
const UNCERTAIN = { kind: 'outcomeUnknown', code: 'delivery/cannot-tell', message: 'cannot tell' };

interface Office {
  readonly commands: RedriveCommands;
  readonly worker: RedriveWorker;
}

describe('redrives', () => {
  let house: TestHouse;
  let office: Office;
  beforeEach(async () => {
    house = await startHouse({ config: { tenants: { [TENANT]: { name: 'Musterstadt' }, [OTHER]: { name: 'Beispielhausen' } } } });
    office = officeOf(house);
  });
  afterEach(async () => house.close());

  function officeOf(process: Process): Office {
    const jobs = new RedriveJobs(process.house);
    const waker = new Waker(process.house.database);
    const steps = new StepCommands(process.unitOfWork, process.status, process.laufzettel);
    return {
      commands: new RedriveCommands(process.house, jobs, process.unitOfWork, waker),
      worker: new RedriveWorker(process.house, jobs, steps, process.unitOfWork, waker),
    };
  }
  /** Parks the filing of new applications, a second after one another. */
  async function park(count: number, failure: object = REFUSED, tenant = TENANT): Promise<string[]> {
    const ids: string[] = [];
    for (let n = 0; n < count; n += 1) {
      const id = await house.submit();
      house.clock.advance(1_000);
      ids.push(id);
      await house.query('UPDATE application SET tenant = $2 WHERE id = $1', [id, tenant]);
      await house.query(
        "UPDATE step SET state = 'parked', due_at = NULL, failure = $2, tenant = $3, changed_at = $4 WHERE application_id = $1",
        [id, JSON.stringify(failure), tenant, house.clock.now()],
      );
    }
    house.clock.advance(1_000);
    return ids;
  }
  const order = (filter: RedriveFilter<Date> = {}, more: Partial<RedriveOrder> = {}): RedriveOrder => ({
    what: 'steps',
    filter,
    reason: REASON,
    ratePerSecond: 10,
    uncertain: false,
    ...more,
  });
  const stateOf = async (id: string): Promise<string | undefined> => (await house.steps(id))['file']?.state;
  const states = (ids: readonly string[]): Promise<(string | undefined)[]> => Promise.all(ids.map(stateOf));
  const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));
  /** Lets time pass until the job has settled so many. */
  async function settled(id: string, count: number): Promise<void> {
    for (;;) {
      const { redriven, refused, state } = await office.commands.get(id, null);
      if (redriven + refused >= count || state === 'done') return;
      house.clock.advance(100);
      await pause();
    }
  }
  async function ended({ worker }: Office): Promise<void> {
    const idle = worker.idle();
    const over = new AbortController();
    void idle.finally(() => over.abort());
    while (!over.signal.aborted) {
      house.clock.advance(100);
      await pause();
    }
    await idle;
  }
  const retried = (): Promise<{ stepId: string; actor: string; bulk: string; reason: string }[]> =>
    house.query(
      "SELECT step_id AS \"stepId\", actor, data->>'bulk' AS bulk, data->>'reason' AS reason FROM journal WHERE event = 'step.retried' ORDER BY seq",
    );

  it('tell what they would do: the same error 214 times is one group, and what nobody can tell about is not counted', async () => {
    await park(3);
    await park(2, { ...REFUSED, code: 'dms-fake/full' });
    await park(1, UNCERTAIN);
    const preview = await office.commands.preview(admin, 'steps', { instance: 'eakte' });
    expect(preview).toMatchObject({ matched: 5, uncertain: 1 });
    expect(preview.groups.map(({ code, count, uncertain }) => [code, count, uncertain])).toEqual([
      ['dms-fake/closed', 3, false],
      ['dms-fake/full', 2, false],
      ['delivery/cannot-tell', 1, true],
    ]);
    await expect(office.commands.preview(admin, 'steps', { code: 'dms-fake/full' })).resolves.toMatchObject({ matched: 2, uncertain: 0 });
    expect(await retried()).toEqual([]);
  });

  it.each<[string, RedriveFilter<Date>, number]>([
    ['instance', { instance: 'epayment' }, 0],
    ['kind of step', { kind: 'filing' }, 3],
    ['another kind of step', { kind: 'payment' }, 0],
    ['kind of failure', { failureKind: 'refused' }, 3],
    ['route', { route: 'filed' }, 3],
    ['state of the application', { state: 'SUBMITTED' }, 3],
    ['another state', { state: 'COMPLETED' }, 0],
    ['time, from', { from: new Date('2026-01-31T10:00:03.000Z') }, 1],
    ['time, to', { to: new Date('2026-01-31T10:00:03.000Z') }, 2],
    ['tenant', { tenant: OTHER }, 0],
  ])('filter by %s', async (_by, filter, matched) => {
    await park(3);
    await expect(office.commands.preview(admin, 'steps', filter)).resolves.toMatchObject({ matched });
  });

  it('retry everything that fits, each once and in the journal with who wanted it and why', async () => {
    const ids = await park(5);
    const [different] = await park(1, { ...REFUSED, code: 'dms-fake/full' });
    const { id } = await office.commands.start(admin, order({ code: 'dms-fake/closed' }));
    expect(await office.worker.round()).toBe(1);
    await ended(office);
    expect(await states(ids)).toEqual(['due', 'due', 'due', 'due', 'due']);
    expect(await stateOf(different ?? '')).toBe('parked');
    const entries = await retried();
    expect(entries).toHaveLength(5);
    expect(new Set(entries.map(({ stepId }) => stepId)).size).toBe(5);
    for (const entry of entries) expect(entry).toMatchObject({ actor: 'admin:admin', bulk: id, reason: REASON });
    await expect(office.commands.get(id, null)).resolves.toMatchObject({
      state: 'done',
      matched: 5,
      redriven: 5,
      refused: 0,
      remaining: 0,
    });
  });

  it('leave alone what nobody can tell about, unless asked for; and even then the target is asked first', async () => {
    const [doubtful] = await park(1, UNCERTAIN);
    await expect(office.commands.start(admin, order())).rejects.toMatchObject({ status: 409, code: 'nothing-fits' });
    await park(1);
    await office.commands.start(admin, order());
    await office.worker.round();
    await ended(office);
    expect(await stateOf(doubtful ?? '')).toBe('parked');
    await office.commands.start(admin, order({}, { uncertain: true }));
    await office.worker.round();
    await ended(office);
    expect(await stateOf(doubtful ?? '')).toBe('inDoubt');
  });

  it('touch nothing outside the operator’s tenants, and show nobody a job that reaches further', async () => {
    const [own] = await park(1, REFUSED, OTHER);
    const [foreign] = await park(1);
    const neighbour = operator([OTHER], 'neighbour');
    await expect(office.commands.preview(neighbour, 'steps', {})).resolves.toMatchObject({ matched: 1 });
    await expect(office.commands.start(neighbour, order({ tenant: TENANT }))).rejects.toMatchObject({ status: 404 });
    const { id } = await office.commands.start(neighbour, order());
    await office.worker.round();
    await ended(office);
    expect(await states([own ?? '', foreign ?? ''])).toEqual(['due', 'parked']);
    const { id: wide } = await office.commands.start(admin, order());
    expect((await office.commands.list(neighbour, 10)).map((job) => job.id)).toEqual([id]);
    await expect(office.commands.turn(neighbour, wide, 'cancel', REASON)).rejects.toMatchObject({ status: 404 });
    expect((await office.commands.list(admin, 10)).map((job) => job.id).sort()).toEqual([id, wide].sort());
  });

  it('do nothing more once a pause is answered, and go on behind the last item', async () => {
    const ids = await park(6);
    const { id } = await office.commands.start(admin, order());
    await office.worker.round();
    await settled(id, 2);
    const paused = await office.commands.turn(admin, id, 'pause', 'lunch');
    expect(paused).toMatchObject({ state: 'paused', stateBy: 'admin:admin', stateReason: 'lunch', remainingSeconds: null });
    await ended(office);
    await expect(office.worker.round()).resolves.toBe(0);
    expect((await retried()).length).toBe(paused.redriven);
    await expect(office.commands.turn(admin, id, 'pause', 'again')).rejects.toMatchObject({ status: 409 });
    await office.commands.turn(admin, id, 'resume', 'fed');
    await office.worker.round();
    await ended(office);
    expect(await retried()).toHaveLength(6);
    expect(await states(ids)).toEqual(Array(6).fill('due'));
  });

  it('end when they are cancelled; what was redriven stays so', async () => {
    const ids = await park(4);
    const { id } = await office.commands.start(admin, order());
    await office.worker.round();
    await settled(id, 1);
    const { redriven } = await office.commands.turn(admin, id, 'cancel', 'the wrong ones');
    await ended(office);
    expect((await states(ids)).filter((state) => state === 'due')).toHaveLength(redriven);
    for (const turn of ['pause', 'resume', 'cancel'] as const)
      await expect(office.commands.turn(admin, id, turn, REASON)).rejects.toMatchObject({ status: 409, code: 'redrive-state' });
  });

  it('are taken over from a process that stands still; when it wakes up it settles nothing any more', async () => {
    const ids = await park(8);
    const { id } = await office.commands.start(admin, order({}, { ratePerSecond: 1 }));
    await office.worker.round();
    // The first process sleeps between two items on a clock that stands still.
    while ((await office.commands.get(id, null)).redriven < 1) await pause();
    const second = officeOf(await house.startProcess('second'));
    await expect(second.worker.round()).resolves.toBe(0);
    // Its lease ends in its sleep; the other process claims before the sleeper gets to act.
    await house.query("UPDATE redrive_job SET lease_until = $1::timestamptz - interval '1 second'", [house.clock.now()]);
    await expect(second.worker.round()).resolves.toBe(1);
    await Promise.all([ended(office), ended(second)]);
    const entries = await retried();
    expect(entries).toHaveLength(8);
    expect(new Set(entries.map(({ stepId }) => stepId)).size).toBe(8);
    expect(await states(ids)).toEqual(Array(8).fill('due'));
    await expect(office.commands.get(id, null)).resolves.toMatchObject({ state: 'done', redriven: 8, refused: 0 });
  });

  it('go on after the store could not take an item, which happened wholly or not at all', async () => {
    const ids = await park(4);
    const { id } = await office.commands.start(admin, order());
    await office.worker.round();
    await settled(id, 1);
    // The job is counted before the journal is written: both have to be undone.
    for (const statement of FULL_DISK) await house.query(statement);
    await ended(office);
    const left = await office.commands.get(id, null);
    expect(left).toMatchObject({ state: 'running', refused: 0 });
    expect(left.redriven).toBeLessThan(4);
    expect(await retried()).toHaveLength(left.redriven);
    expect((await states(ids)).filter((state) => state === 'due')).toHaveLength(left.redriven);
    await house.query('DROP TRIGGER full_disk ON journal');
    await expect(office.worker.round()).resolves.toBe(0);
    house.clock.advance(60_000);
    await office.worker.round();
    await ended(office);
    expect(await retried()).toHaveLength(4);
    expect(await states(ids)).toEqual(Array(4).fill('due'));
    await expect(office.commands.get(id, null)).resolves.toMatchObject({ state: 'done', redriven: 4, refused: 0 });
  });

  it('leave out what somebody changed meanwhile, and what was parked anew', async () => {
    const ids = await park(3);
    const { id } = await office.commands.start(admin, order({}, { ratePerSecond: 1 }));
    await office.worker.round();
    while ((await office.commands.get(id, null)).redriven < 1) await pause();
    await house.query("UPDATE step SET state = 'skipped' WHERE application_id = $1", [ids[1]]);
    await house.query('UPDATE step SET changed_at = $2, failure = $3 WHERE application_id = $1', [
      ids[2],
      new Date(house.clock.now().getTime() + 1),
      JSON.stringify(UNCERTAIN),
    ]);
    await ended(office);
    expect(await states(ids)).toEqual(['due', 'skipped', 'parked']);
    const job = await office.commands.get(id, null);
    expect(job).toMatchObject({ state: 'done', redriven: 1, refused: 2 });
    expect(Object.values(job.refusals).reduce((sum, n) => sum + n, 0)).toBe(2);
  });

  it('put dead letters back by type and reason, journaled one by one', async () => {
    const queue = new PostgresQueue(house.house.database, house.clock);
    const subjects = [await house.submit(), await house.submit(), await house.submit()];
    await house.query('TRUNCATE message');
    await enqueue(
      house.house.database.manager,
      subjects.map((subject) => ({ ...aMessage(subject), tenant: TENANT })),
    );
    house.clock.advance(10 * 365 * 86_400_000);
    const claimed = await queue.claim(['application.submitted.v1'], 10, 1_000);
    for (const [n, message] of claimed.entries())
      await queue.bury(message, n === 0 ? 'does not fit its schema' : 'handler failed 10 times');
    house.clock.advance(1_000);
    const what: RedriveWhat = 'deadLetters';
    const preview = await office.commands.preview(admin, what, { type: 'application.submitted.v1', state: 'SUBMITTED' });
    expect(preview.groups.map(({ code, kind, count }) => [code, kind, count])).toEqual([
      ['handler failed 10 times', 'application.submitted.v1', 2],
      ['does not fit its schema', 'application.submitted.v1', 1],
    ]);
    await expect(office.commands.preview(admin, what, { type: 'filing.requested.v1' })).resolves.toMatchObject({ matched: 0 });
    await office.commands.start(admin, order({ code: 'handler failed 10 times' }, { what }));
    await office.worker.round();
    await ended(office);
    await expect(house.query('SELECT reason FROM dead_letter')).resolves.toEqual([{ reason: 'does not fit its schema' }]);
    await expect(house.query('SELECT 1 FROM message')).resolves.toHaveLength(2);
    await expect(house.query("SELECT actor FROM journal WHERE event = 'message.redriven'")).resolves.toEqual([
      { actor: 'admin:admin' },
      { actor: 'admin:admin' },
    ]);
  });

  it('refuse filters that say nothing about what is redriven', async () => {
    await expect(office.commands.preview(admin, 'steps', { type: 'filing.requested.v1' })).rejects.toMatchObject({ status: 400 });
    await expect(office.commands.preview(admin, 'deadLetters', { kind: 'filing' })).rejects.toMatchObject({ status: 400 });
  });
});

/** From now on the store has no space for entries about retried steps. */
const FULL_DISK = [
  `CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = '53100'; END $$`,
  `CREATE TRIGGER full_disk BEFORE INSERT ON journal FOR EACH ROW WHEN (NEW.event = 'step.retried') EXECUTE FUNCTION full_disk()`,
];
