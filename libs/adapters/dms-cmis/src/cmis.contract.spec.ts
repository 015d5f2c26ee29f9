// SPDX-License-Identifier: EUPL-1.2
import { dmsContract } from '@amtsbote/adapter-kit/testing';
import { CmisSimulator } from '@amtsbote/adapters/dms-cmis/simulator';
import { ManualClock, seededRandomness } from '@amtsbote/platform';

import { adapter } from './index.js';

const TOKEN = 'contract-secret';
const environment = { clock: new ManualClock(), randomness: seededRandomness(1), instance: 'contract' };

/** Red until the simulated system can show its books and misbehave in every way. */
const notYet = (): never => {
  throw new Error('the simulated system cannot do this yet');
};

dmsContract({
  adapter: 'dms-cmis',
  start: async () => {
    const simulator = await new CmisSimulator(TOKEN).start();
    return {
      port: () => adapter.create(adapter.options.parse({ baseUrl: simulator.url, token: TOKEN }), environment),
      contents: notYet,
      misbehave: notYet,
      heal: () => simulator.heal(),
      stop: async () => simulator.stop(),
    };
  },
  vorgangProperties: ({ reference }) => ({ reference }),
  secrets: [TOKEN],
});
