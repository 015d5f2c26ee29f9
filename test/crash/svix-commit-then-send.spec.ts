// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from '@jest/globals';

import { atTheEnd } from '../journeys/support/at-the-end.js';
import { Seam } from './support/seam.js';

/*
 * Svix (message.rs): PostgreSQL commit → Redis send. A crash between them leaves a message that exists and is never dispatched; the client's
 * retry with the same event id gets 409 and is none the wiser.
 */
describe('the seam of Svix: committed, not yet sent', () => {
  it('does not exist: what was committed is dispatched, and the sender that asks again gets the same answer', async () => {
    const seam = atTheEnd(await Seam.open());
    await seam.dieAt('intake.committed', async () => expect(await seam.send()).toEqual({ status: 'cut' }));
    const [stored] = await seam.rows<{ reference: string }>('SELECT reference FROM application');
    await seam.live();
    // Nobody sends it again: it goes its way by itself.
    await seam.everythingArrives();
    expect(await seam.sendAgain()).toEqual({ status: 202, reference: stored?.reference });
    await seam.everythingArrives();
  }, 240_000);
});
