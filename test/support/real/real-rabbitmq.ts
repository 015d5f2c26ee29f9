// SPDX-License-Identifier: EUPL-1.2
import { RabbitServer, type RabbitWishes } from '../../../apps/landscape/src/launch/rabbitmq.js';

/** Starts a RabbitMQ of Debian. @throws Error when the tests were not started by `npm run test:real`. */
export async function startRabbit(wishes: RabbitWishes = {}): Promise<RabbitServer> {
  if (process.env['REAL_RABBITMQ'] === undefined)
    throw new Error('REAL_RABBITMQ is not set: npm run test:real finds or installs RabbitMQ and sets it.');
  return RabbitServer.start(wishes);
}
