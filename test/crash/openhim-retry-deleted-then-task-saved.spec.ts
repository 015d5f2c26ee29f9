// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from '@jest/globals';

import { atTheEnd } from '../journeys/support/at-the-end.js';
import { Seam } from './support/seam.js';

/* OpenHIM (autoRetry.js): deletes the retry rows, then saves the task. A crash between them loses the retry. */
describe('the seam of OpenHIM: the retry is taken off the list, not yet a task', () => {
  it.each(['delivery.failing', 'delivery.failed'] as const)(
    'does not exist: a retry is a due time on the step itself, whoever dies (%s)',
    async (point) => {
      const seam = atTheEnd(await Seam.open());
      seam.town.dms.fail({ fault: 'error500', times: 1, match: /nscalealinst1/ });
      await seam.dieAt(point, async () => expect(await seam.send()).toMatchObject({ status: 202 }));
      await seam.live();
      await seam.everythingArrives();
      const attempts = await seam.rows<{ outcome: string }>(
        "SELECT a.outcome FROM attempt a JOIN step s ON s.id = a.step_id WHERE s.name = 'file' ORDER BY a.number",
      );
      expect(attempts[0]).toEqual({ outcome: point === 'delivery.failed' ? 'unavailable' : 'abandoned' });
      expect(attempts.at(-1)).toEqual({ outcome: 'done' });
    },
    240_000,
  );
});
