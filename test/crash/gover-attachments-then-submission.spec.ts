// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from '@jest/globals';

import { ADAPTERS } from '../../apps/hub/src/adapters.generated.js';
import { startHub } from '../../apps/hub/src/start-hub.js';
import { atTheEnd } from '../journeys/support/at-the-end.js';
import { eventually } from '../journeys/support/eventually.js';
import { JumpingClock } from '../journeys/support/jumping-clock.js';
import { Seam } from './support/seam.js';

const DAY_MS = 24 * 3_600_000;

/* Gover: the attachments are saved → the submission is saved. A crash between them leaves files of nothing (its own TODO says so). */
describe('the seam of Gover: attachments are stored, the submission is not', () => {
  it('leaves no half application, and the files that belong to nobody are removed after their day of grace', async () => {
    const seam = atTheEnd(await Seam.open());
    await seam.dieAt('intake.stored', async () => expect(await seam.send(2)).toEqual({ status: 'cut' }));
    expect(await seam.rows('SELECT 1 FROM application')).toEqual([]);
    const orphans = await seam.files();
    expect(orphans.length).toBeGreaterThan(1);
    await seam.live();
    expect(await seam.sendAgain()).toMatchObject({ status: 202 });
    await seam.everythingArrives();
    expect(await seam.files()).toEqual(expect.arrayContaining(orphans));
    await seam.rest();

    const clock = new JumpingClock();
    clock.jump(DAY_MS + 3_600_000);
    const later = await startHub({ configFile: 'config/demo.yaml', environment: seam.environment, adapters: ADAPTERS, clock });
    atTheEnd(later);
    const owned = await seam.rows<{ id: string }>('SELECT id FROM attachment');
    await eventually(async () => expect((await seam.files()).sort()).toEqual(owned.map(({ id }) => id).sort()));
  }, 240_000);
});
