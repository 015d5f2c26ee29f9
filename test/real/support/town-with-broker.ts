// SPDX-License-Identifier: EUPL-1.2
import type { RabbitServer } from '../../../apps/landscape/src/launch/rabbitmq.js';
import { HubProcess } from '../../journeys/support/hub-process.js';
import type { PreparedTown } from '../../journeys/support/running-town.js';
import { type ConfigChanges, impatientConfig } from './impatient-config.js';

/** Short times for tests in which brokers and processes die. */
const QUICK = { resendMs: 3_000, heartbeatMs: 1_000, reconnectMaxMs: 500 };

/** Starts a hub whose bus goes over this broker. */
export async function hubOverRabbit(
  { environment }: PreparedTown,
  broker: Pick<RabbitServer, 'url'>,
  more: ConfigChanges = {},
  place: Readonly<Record<string, string>> = {},
): Promise<HubProcess> {
  const bus = { carrier: 'rabbitmq', ...more.bus, rabbitmq: { url: broker.url, ...QUICK, ...more.bus?.rabbitmq } };
  return HubProcess.start({ ...environment, ...place }, await impatientConfig({ ...more, bus }));
}
