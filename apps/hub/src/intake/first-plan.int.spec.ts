// SPDX-License-Identifier: EUPL-1.2
import { afterEach, describe, expect, it } from '@jest/globals';

import { type HouseWishes, startHouse, TENANT, type TestHouse } from '../../../../test/support/house.js';

type Route = NonNullable<NonNullable<HouseWishes['config']>['routes']>[number];

const NEVER = { name: 'file', kind: 'filing', instance: 'eakte', when: 'false' } as const;
const PICKUP = { name: 'hand-over', kind: 'pickup', queue: 'register' } as const;

describe('an application in the moment of its receipt', () => {
  let house: TestHouse;
  afterEach(async () => house.close());

  const receive = async (route: Partial<Route>): Promise<Record<string, unknown> | undefined> => {
    house = await startHouse({ config: { routes: [{ name: 'only', match: {}, steps: [NEVER], ...route }] } });
    await house.submit();
    const [row] = await house.query<Record<string, unknown>>(
      'SELECT state, progress, state_sequence AS sequence, finished_at AS "finishedAt" FROM application',
    );
    return row;
  };
  const told = async (): Promise<{ events: string[]; messages: string[] }> => ({
    events: (await house.query<{ event: string }>('SELECT event FROM journal ORDER BY seq')).map(({ event }) => event),
    messages: (await house.query<{ type: string }>('SELECT type FROM message ORDER BY seq')).map(({ type }) => type),
  });

  it('is finished when every step is skipped and nobody has to be told: no later event would ever finish it', async () => {
    const row = await receive({ completesBy: 'steps' });
    expect(row).toEqual({ state: 'COMPLETED', progress: 'finished', sequence: 1, finishedAt: house.clock.now() });
    await expect(told()).resolves.toEqual({
      events: ['application.submitted', 'step.skipped', 'application.state-changed', 'application.finished'],
      messages: ['application.submitted.v1', 'application.stateChanged.v1', 'application.finished.v1'],
    });
  });

  it('is reported first, state by state, where a portal wants to know, and finished afterwards', async () => {
    await expect(receive({ completesBy: 'steps', reportTo: 'portal' })).resolves.toMatchObject({ state: 'COMPLETED', progress: 'flowing' });
    await house.runner.drain('portal');
    await house.runner.finish(60_000);
    const second = await house.startProcess('second');
    await second.runner.drain('portal');
    await second.runner.finish(60_000);
    expect(house.targets.portal.updates.map(({ sequence, state }) => [sequence, state])).toEqual([
      [1, 'SUBMITTED'],
      [2, 'COMPLETED'],
    ]);
    await expect(house.query('SELECT progress FROM application')).resolves.toEqual([{ progress: 'finished' }]);
  });

  it('is in front of a person when nobody will ever decide on it, because its hand-over is skipped', async () => {
    await expect(receive({ steps: [{ ...PICKUP, when: 'false' }] })).resolves.toMatchObject({ state: 'SUBMITTED', progress: 'parked' });
  });

  it('is received when its first step offers it to the Fachverfahren', async () => {
    await expect(receive({ steps: [PICKUP] })).resolves.toMatchObject({ state: 'RECEIVED', progress: 'flowing' });
  });

  it('belongs to its tenant, whose steps are due', async () => {
    await expect(receive({ steps: [{ ...NEVER, when: 'true' }] })).resolves.toMatchObject({ state: 'SUBMITTED', progress: 'flowing' });
    await expect(house.query('SELECT tenant, state FROM step')).resolves.toEqual([{ tenant: TENANT, state: 'due' }]);
  });
});
