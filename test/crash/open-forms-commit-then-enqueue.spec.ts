// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from '@jest/globals';

import { atTheEnd } from '../journeys/support/at-the-end.js';
import { Seam } from './support/seam.js';

/*
 * Open Forms (tasks/__init__.py): on_commit → chain.delay(); its own comment: "risky since we're running outside of the transaction". A crash
 * between them leaves a submission that is pending forever.
 */
describe('the seam of Open Forms: committed, not yet enqueued', () => {
  it('does not exist: the next steps are in the transaction that makes them due, and go on in the next process', async () => {
    const seam = atTheEnd(await Seam.open());
    await seam.dieAt('work.committed', async () => expect(await seam.send()).toMatchObject({ status: 202 }));
    await seam.live();
    await seam.everythingArrives();
  }, 240_000);

  it('does not exist on the way in either: what was written and not committed is undone as a whole', async () => {
    const seam = atTheEnd(await Seam.open());
    await seam.dieAt('work.committing', async () => expect(await seam.send()).toMatchObject({ status: 202 }));
    // No step has ended without its journal entry and its messages.
    const halves = await seam.rows(
      "SELECT name FROM step s WHERE state = 'done' AND NOT EXISTS (SELECT FROM journal j WHERE j.step_id = s.id AND j.event = 'step.done')",
    );
    expect(halves).toEqual([]);
    await seam.live();
    await seam.everythingArrives();
  }, 240_000);
});
