// SPDX-License-Identifier: EUPL-1.2
import { type Carrier, type CarrierEvents, PostgresCarrier, PostgresQueue, RabbitCarrier, Waker } from '@amtsbote/bus';
import { crashPoint } from '@amtsbote/platform';
import { isStoreTrouble } from '@amtsbote/store';
import type { INestApplicationContext } from '@nestjs/common';

import { BusState } from './bus-state.js';
import type { House } from './tokens.js';

/** The carrier that the configuration names. */
export function carrierOf(app: INestApplicationContext, house: House): Carrier {
  const { rabbitmq, carrier, ...common } = house.loaded.config.bus;
  const [queue, waker] = [app.get(PostgresQueue), app.get(Waker)];
  const settings = { ...common, isStoreTrouble, crashAt: crashPoint };
  if (carrier === 'postgres' || rabbitmq === undefined) return new PostgresCarrier(queue, waker, house.clock, settings, eventsOf(house));
  const { log, clock, randomness, processId } = house;
  const rabbit = new RabbitCarrier(
    queue,
    waker,
    { clock, randomness, name: `amtsbote ${processId}` },
    { ...settings, ...rabbitmq },
    {
      ...eventsOf(house),
      brokerAway: ({ message }) => log.warn('bus.broker-away', { problem: message }),
      brokerBack: () => log.info('bus.broker-back'),
      brokerBlocked: (reason) => log.warn('bus.broker-blocked', { reason }),
      triggerGivenUp: () => log.warn('bus.trigger-given-up'),
      queueDiscarded: (queue) => log.warn('bus.queue-discarded', { queue }),
      foreignTrigger: (where) => log.warn('bus.foreign-trigger', { queue: where }),
    },
  );
  app.get(BusState).follow(() => rabbit.brokerState);
  return rabbit;
}

function eventsOf({ log }: House): CarrierEvents {
  return {
    handlerFailed: (type, messageId, delivery, error) => log.error('bus.handler-failed', error, { type, messageId, delivery }),
    died: (type, messageId, reason) => log.warn('bus.dead-letter', { type, messageId, reason }),
    storeFailed: (error) => log.error('bus.store-failed', error),
  };
}
