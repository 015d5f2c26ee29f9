// SPDX-License-Identifier: EUPL-1.2
import { afterAll, beforeAll } from '@jest/globals';

import type { RabbitServer } from '../../apps/landscape/src/launch/rabbitmq.js';
import type { JourneyCarrier } from '../journeys/suites/journey-carrier.js';
import { killedHub } from '../journeys/suites/killed-hub.js';
import { mainJob } from '../journeys/suites/main-job.js';
import { rollingRestart } from '../journeys/suites/rolling-restart.js';
import { startRabbit } from '../support/real/real-rabbitmq.js';

let broker: RabbitServer;
let towns = 0;
beforeAll(async () => {
  broker = await startRabbit();
}, 180_000);
afterAll(async () => {
  await broker.remove();
}, 60_000);

const RABBITMQ: JourneyCarrier = {
  name: 'rabbitmq',
  environment: () => ({
    HUB_BUS_CARRIER: 'rabbitmq',
    RABBITMQ_URL: broker.url,
    HUB_BUS_PREFIX: `town-${(towns += 1)}`,
  }),
};

for (const journey of [mainJob, killedHub, rollingRestart]) journey(RABBITMQ);
