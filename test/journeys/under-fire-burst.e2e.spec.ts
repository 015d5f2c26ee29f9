// SPDX-License-Identifier: EUPL-1.2
import { ozgCloudSubmissions } from '@amtsbote/adapters/forms-ozg-cloud/simulator';
import { describe, expect, it } from '@jest/globals';

import { POSTGRES } from './suites/journey-carrier.js';
import { killedHub } from './suites/killed-hub.js';
import { atTheEnd } from './support/at-the-end.js';
import { bookkeeping, everythingArrived, finishedOf } from './support/bookkeeping.js';
import { eventually } from './support/eventually.js';
import { HubProcess } from './support/hub-process.js';
import { prepareTown } from './support/running-town.js';

/** The fun fair's deadline in Soest brings 1,700 applications (`npm run test:burst`); every test run takes a share of it. */
const BURST = Number(process.env['JOURNEY_BURST'] ?? 200);
/** A machine that is busy with something else too shall still get there. */
const PATIENCE_MS = 240_000 + BURST * 350;

describe('the deadline of the fun fair', () => {
  it(
    `${BURST} applications with two attachments each in one burst: all delivered, none doubled, each in order, also when the hub is killed`,
    async () => {
      const prepared = atTheEnd(await prepareTown());
      const { town, environment, impatientConfig } = prepared;
      let hub = atTheEnd(await HubProcess.start(environment, impatientConfig));
      town.openOffice(hub.url);
      const sending = prepared.formServerFor(hub.url).sendAll(ozgCloudSubmissions({ count: BURST, uploads: 2, seed: 7 }), 16);
      const answers = await sending;
      expect(answers.filter((answer) => answer.kind !== 'answered' || answer.status !== 202)).toEqual([]);
      for (let kill = 1; kill <= 3; kill += 1) {
        const enough = ((await finishedOf(prepared)) + BURST * kill) / (kill + 1);
        await eventually(
          async () => expect(await finishedOf(prepared)).toBeGreaterThan(Math.min(enough, BURST - 100) / 3),
          PATIENCE_MS / 2,
        );
        await hub.kill();
        hub = atTheEnd(await HubProcess.start(environment, impatientConfig));
      }
      await eventually(async () => expect(await finishedOf(prepared)).toBe(BURST), PATIENCE_MS);
      await eventually(async () => expect(await bookkeeping(prepared)).toMatchObject(everythingArrived(BURST)));
    },
    PATIENCE_MS,
  );
});

killedHub(POSTGRES);
