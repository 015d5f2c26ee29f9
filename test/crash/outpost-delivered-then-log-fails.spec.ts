// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from '@jest/globals';

import { atTheEnd } from '../journeys/support/at-the-end.js';
import { Seam } from './support/seam.js';

/*
 * Outpost: deliver → the log entry of it fails. The attempt is unknown; the retry task cycled every 30 s for a week, and the only cure was to edit
 * Redis by hand (outpost#663).
 */
describe('the seam of Outpost: delivered, not yet written down', () => {
  it.each(['delivery.acted', 'delivery.performed'] as const)(
    'ends with one question: the target is asked, the step is done, and nothing goes round in circles (%s)',
    async (point) => {
      const seam = atTheEnd(await Seam.open());
      await seam.dieAt(point, async () => expect(await seam.send()).toMatchObject({ status: 202 }));
      await seam.live();
      await seam.everythingArrives();
      // Payments are asked about until they are paid; everything else is done with the first attempt or with the one after the crash.
      const attempts = await seam.rows<{ name: string; attempts: number }>("SELECT name, attempts FROM step WHERE kind <> 'payment'");
      expect(attempts.length).toBeGreaterThan(4);
      expect(attempts.filter((step) => step.attempts > 2)).toEqual([]);
    },
    240_000,
  );
});
