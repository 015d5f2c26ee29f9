// SPDX-License-Identifier: EUPL-1.2
import { ozgCloudSubmissions } from '@amtsbote/adapters/forms-ozg-cloud/simulator';
import { afterEach, describe, expect, it } from '@jest/globals';

import { bookkeeping } from './support/bookkeeping.js';
import { eventually } from './support/eventually.js';
import { type RunningTown, startTown } from './support/running-town.js';

const BURST = Number(process.env['JOURNEY_BURST'] ?? 1_700);

describe('the deadline of the fun fair', () => {
  let running: RunningTown | undefined;
  afterEach(async () => {
    await running?.stop();
    running = undefined;
  });

  it(`delivers ${BURST} applications of one burst, none lost, none doubled, each in order`, async () => {
    running = await startTown();
    const submissions = ozgCloudSubmissions({ count: BURST, uploads: 2, seed: 7 });
    const answers = await running.formServer.sendAll(submissions, 32);
    expect(answers.filter((answer) => answer.kind !== 'answered' || answer.status !== 202)).toEqual([]);
    await eventually(async () => {
      expect(await bookkeeping(running as RunningTown)).toMatchObject({ received: BURST, finished: BURST, parked: 0 });
    }, 240_000);
    const books = await bookkeeping(running);
    expect(books).toMatchObject({ duplicateEffects: 0, collected: BURST, outOfOrder: [], vorgaenge: BURST });
  }, 300_000);
});
