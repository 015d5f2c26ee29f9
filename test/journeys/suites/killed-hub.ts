// SPDX-License-Identifier: EUPL-1.2
import { ozgCloudSubmissions } from '@amtsbote/adapters/forms-ozg-cloud/simulator';
import { describe, expect, it } from '@jest/globals';

import { atTheEnd } from '../support/at-the-end.js';
import { bookkeeping, everythingArrived } from '../support/bookkeeping.js';
import { eventually } from '../support/eventually.js';
import { HubProcess } from '../support/hub-process.js';
import { prepareTown } from '../support/running-town.js';
import type { JourneyCarrier } from './journey-carrier.js';

/** SIGKILL, three times, while form servers send. */
export function killedHub(carrier: JourneyCarrier): void {
  describe(`a hub that is killed while applications come in, carrier ${carrier.name}`, () => {
    it('loses none that it answered with 202, and senders who got no answer may send again', async () => {
      const count = 60;
      const prepared = atTheEnd(await prepareTown({ environment: carrier.environment() }));
      const { town, environment, impatientConfig } = prepared;
      let hub = atTheEnd(await HubProcess.start(environment, impatientConfig));
      town.openOffice(hub.url);
      const formServer = prepared.formServerFor(hub.url);
      const unanswered = new Set(ozgCloudSubmissions({ count, uploads: 2, seed: 11 }));
      const send = async (): Promise<void> => {
        for (const submission of unanswered) {
          const answer = await formServer.send(submission);
          if (answer.kind === 'answered' && answer.status === 202) unanswered.delete(submission);
        }
      };
      const sending = Promise.all([send(), send(), send()]);
      for (let kill = 0; kill < 3; kill += 1) {
        await new Promise((resolve) => setTimeout(resolve, 700));
        await hub.kill();
        hub = atTheEnd(await HubProcess.start(environment, impatientConfig));
      }
      await sending;
      while (unanswered.size > 0) await send();
      await eventually(async () => expect(await bookkeeping(prepared)).toMatchObject(everythingArrived(count)), 150_000);
    }, 240_000);
  });
}
