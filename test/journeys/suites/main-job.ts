// SPDX-License-Identifier: EUPL-1.2
import { ozgCloudSubmissions } from '@amtsbote/adapters/forms-ozg-cloud/simulator';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { eventually } from '../support/eventually.js';
import { type RunningTown, startTown } from '../support/running-town.js';
import type { JourneyCarrier } from './journey-carrier.js';

/** The way of every application, once. */
export function mainJob(carrier: JourneyCarrier): void {
  describe(`an application for a trade licence, carrier ${carrier.name}`, () => {
    let running: RunningTown;
    beforeAll(async () => {
      running = await startTown({ environment: carrier.environment() });
    });
    afterAll(async () => {
      await running.stop();
    });

    it('is paid, filed, collected and decided, and the citizen sees COMPLETED', async () => {
      const [submission] = ozgCloudSubmissions({ count: 1, uploads: 2 });
      if (submission === undefined) throw new Error('no submission');
      const outcome = await running.formServer.send(submission);
      expect(outcome).toMatchObject({ kind: 'answered', status: 202 });
      await eventually(async () => {
        const [known] = running.town.portal.cases.all();
        expect(known?.updates.map(({ data }) => data.state)).toEqual([
          'SUBMITTED',
          'ACTION_REQUIRED',
          'SUBMITTED',
          'RECEIVED',
          'PROCESSING',
          'COMPLETED',
        ]);
      });
      expect(running.town.dms.books()).toMatchObject({ akten: 1, vorgaenge: 1, duplicates: [] });
      expect(running.town.duplicateEffects()).toBe(0);
    });
  });
}
