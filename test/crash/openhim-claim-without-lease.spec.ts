// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from '@jest/globals';

import { atTheEnd } from '../journeys/support/at-the-end.js';
import { Seam } from './support/seam.js';

/* OpenHIM (tasks.js): Queued → Processing without a lease. A worker that dies leaves the task in Processing forever. */
describe('the seam of OpenHIM: claimed, and the worker is dead', () => {
  it('is over when the lease is: the step is found out about by the next process, and its attempt is called abandoned', async () => {
    const seam = atTheEnd(await Seam.open());
    await seam.dieAt('delivery.claimed', async () => expect(await seam.send()).toMatchObject({ status: 202 }));
    const held = await seam.rows<{ name: string }>("SELECT name FROM step WHERE state = 'running'");
    expect(held.length).toBeGreaterThan(0);
    await seam.live();
    await seam.everythingArrives();
    const abandoned = await seam.rows<{ name: string }>(
      "SELECT DISTINCT s.name FROM attempt a JOIN step s ON s.id = a.step_id WHERE a.outcome = 'abandoned'",
    );
    expect(abandoned.map(({ name }) => name)).toEqual(expect.arrayContaining(held.map(({ name }) => name)));
  }, 240_000);

  it('is over for messages, too', async () => {
    const seam = atTheEnd(await Seam.open());
    await seam.dieAt('bus.claimed', async () => seam.send());
    expect(await seam.rows('SELECT 1 FROM message WHERE lease_until IS NOT NULL')).not.toEqual([]);
    await seam.live();
    await seam.everythingArrives();
    expect(await seam.rows('SELECT 1 FROM dead_letter')).toEqual([]);
  }, 240_000);
});
