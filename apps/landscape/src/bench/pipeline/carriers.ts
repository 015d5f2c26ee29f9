// SPDX-License-Identifier: EUPL-1.2
import { findRabbit, RabbitServer } from '../../launch/rabbitmq.js';
import type { Undoing } from '../../launch/undoing.js';

/** How messages travel. */
export interface Carrier {
  readonly name: 'postgres' | 'rabbitmq';
  /** Name of the aim. */
  readonly figure: string;
  /** What a hub has to be told for it; `undefined` when the carrier is not to be had here. */
  readonly more: Readonly<Record<string, unknown>> | undefined;
}

/** The carriers of a hub; a broker is started when the system has one, and when not, that is said. */
export async function carriersHere(say: (line: string) => void, undoing: Undoing): Promise<readonly Carrier[]> {
  return [
    { name: 'postgres', figure: 'pipeline/queueAlone', more: {} },
    { name: 'rabbitmq', figure: 'pipeline/queueAlone/rabbitmq', more: await withBroker(say, undoing) },
  ];
}

async function withBroker(say: (line: string) => void, undoing: Undoing): Promise<Carrier['more']> {
  if (findRabbit() === undefined) {
    say('RabbitMQ is not installed (Debian: rabbitmq-server): it is not measured.');
    return undefined;
  }
  const broker = await RabbitServer.start();
  undoing.add('RabbitMQ', () => broker.remove());
  return { bus: { carrier: 'rabbitmq', rabbitmq: { url: broker.url } } };
}
