// SPDX-License-Identifier: EUPL-1.2
import { DeliveryError } from '@amtsbote/adapter-kit';
import type { Failure } from '@amtsbote/canonical';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { type Process, processOf, startHouse, type TestHouse } from '../../../../test/support/house.js';

const DOWN: Failure = { kind: 'unavailable', code: 'dms-fake/down', message: 'down' };
const work = async (): Promise<boolean> => true;
const noWork = async (): Promise<boolean> => false;
/** Longer than the first pause (10 s) with any jitter, shorter than the second (20 s, three quarters of it at least). */
const PAUSE_MS = 10_001;

describe('gates of two processes', () => {
  let house: TestHouse;
  let second: Process;
  beforeEach(async () => {
    house = await startHouse();
    second = await house.startProcess('second');
  });
  afterEach(async () => house.close());

  const failThreeTimes = async (): Promise<void> => {
    for (let n = 0; n < 3; n += 1) await house.gates.failed('eakte', DOWN);
  };
  const places = async ({ gates }: Pick<Process, 'gates'>, isAnyDue = work): Promise<number> =>
    (await gates.admit('eakte', Number.POSITIVE_INFINITY, isAnyDue)).places;

  it('let through as many attempts as configured, and again what has left', async () => {
    expect(await places(house)).toBe(4);
    expect(await places(house)).toBe(0);
    house.gates.left('eakte', 3);
    expect((await house.gates.admit('eakte', 1, work)).places).toBe(1);
    expect(await places(house)).toBe(2);
  });

  it('know no instance that nobody registered', async () => {
    expect((await house.gates.admit('nobody', 1, work)).places).toBe(0);
  });

  it('open after as many failures in a row as configured, in both processes', async () => {
    await house.gates.failed('eakte', DOWN);
    await house.gates.failed('eakte', DOWN);
    await house.gates.succeeded('eakte');
    await house.gates.failed('eakte', DOWN);
    await house.gates.failed('eakte', DOWN);
    expect(await places(house)).toBe(4);
    house.gates.left('eakte', 4);
    await house.gates.failed('eakte', DOWN);
    expect(await places(house)).toBe(0);
    await second.gates.refresh();
    expect(await places(second)).toBe(0);
  });

  it('let exactly one probe through after the pause, over both processes', async () => {
    await failThreeTimes();
    await second.gates.refresh();
    house.clock.advance(PAUSE_MS);
    const admitted = await Promise.all([house, second, house, second].map((process) => places(process)));
    expect(admitted.reduce((sum, n) => sum + n, 0)).toBe(1);
  });

  it('let another probe through when the process with the first one never came back', async () => {
    await failThreeTimes();
    await second.gates.refresh();
    house.clock.advance(PAUSE_MS);
    expect(await places(house)).toBe(1);
    await second.gates.refresh();
    expect(await places(second)).toBe(0);
    house.clock.advance(10_000);
    expect(await places(second)).toBe(1);
  });

  it('close in both processes when the probe succeeds', async () => {
    await failThreeTimes();
    await second.gates.refresh();
    house.clock.advance(PAUSE_MS);
    await places(house);
    await house.gates.succeeded('eakte');
    house.gates.left('eakte');
    await second.gates.refresh();
    expect(await places(house)).toBe(4);
    expect(await places(second)).toBe(4);
  });

  it('open for longer when the probe fails', async () => {
    await failThreeTimes();
    house.clock.advance(PAUSE_MS);
    await places(house);
    await house.gates.failed('eakte', DOWN);
    house.gates.left('eakte');
    house.clock.advance(PAUSE_MS);
    expect(await places(house)).toBe(0);
    house.clock.advance(PAUSE_MS);
    expect(await places(house)).toBe(1);
  });

  it('reserve no probe while nothing is due', async () => {
    await failThreeTimes();
    house.clock.advance(PAUSE_MS);
    expect(await places(house, noWork)).toBe(0);
    const [row] = await house.query<{ probe_until: Date | null }>('SELECT probe_until FROM instance_state');
    expect(row?.probe_until).toBeNull();
    expect(await places(house)).toBe(1);
  });

  it('give the probe back that found nothing to do, to the other process too', async () => {
    await failThreeTimes();
    house.clock.advance(PAUSE_MS);
    const probe = await house.gates.admit('eakte', 1, work);
    house.gates.left('eakte', probe.places);
    await house.gates.releaseProbe(probe);
    await second.gates.refresh();
    expect(await places(second)).toBe(1);
  });

  it('give back no probe that belongs to somebody else by now', async () => {
    await failThreeTimes();
    house.clock.advance(PAUSE_MS);
    const late = await house.gates.admit('eakte', 1, work);
    house.clock.advance(10_000);
    await second.gates.refresh();
    expect(await places(second)).toBe(1);
    await house.gates.releaseProbe(late);
    const third = await house.startProcess('third');
    await third.gates.refresh();
    expect(await places(third)).toBe(0);
  });

  it('pause in both processes at once for new work, and go on when resumed by the other', async () => {
    await house.gates.pause('eakte', 'maintenance', 'admin:a');
    expect(await places(house)).toBe(0);
    await second.gates.refresh();
    expect(await places(second)).toBe(0);
    await second.gates.resume('eakte');
    await house.gates.refresh();
    expect(await places(house)).toBe(4);
  });

  it('go on with a closed circuit when resumed while open', async () => {
    await failThreeTimes();
    await second.gates.refresh();
    await second.gates.resume('eakte');
    await house.gates.refresh();
    expect(await places(house)).toBe(4);
    house.gates.left('eakte', 4);
    await house.gates.failed('eakte', DOWN);
    expect(await places(house)).toBe(4);
  });
});

describe('a circuit that is half open', () => {
  it('is not blocked by steps that the target refuses: each of them is the next probe', async () => {
    const house = await startHouse();
    try {
      for (let n = 0; n < 3; n += 1) await house.gates.failed('eakte', DOWN);
      for (let n = 0; n < 3; n += 1) await house.submit();
      house.targets.dms.act = async () => {
        throw DeliveryError.refused('dms-fake/no', 'The target said no.');
      };
      house.clock.advance(PAUSE_MS);
      const { runner, gates } = processOf(house.house);
      await gates.refresh();
      await runner.drain('eakte');
      for (;;) {
        const [open] = await house.query<{ count: number }>("SELECT count(*)::int AS count FROM step WHERE state <> 'parked'");
        if (open?.count === 0) break;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      await runner.finish(60_000);
      const [row] = await house.query('SELECT breaker, probe_until FROM instance_state');
      expect(row).toEqual({ breaker: 'halfOpen', probe_until: null });
    } finally {
      await house.close();
    }
  });
});
