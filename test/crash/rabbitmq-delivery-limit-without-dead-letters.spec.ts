// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from '@jest/globals';

import { atTheEnd } from '../journeys/support/at-the-end.js';
import { Seam } from './support/seam.js';

/*
 * RabbitMQ quorum queues from 4.0 on: a delivery limit of 20 by default, and without a dead-letter exchange the message is dropped; with a
 * prefetch above 1 a whole batch that was not acknowledged.
 *
 * This is the seam as every carrier has to close it. CARRIERS lists configurations of `bus`; a carrier that stands outside of the database joins it
 * with its own, and needs nothing else here: the crash points of the bus (`bus.claimed`, `bus.handled`, `bus.acknowledged`) are its settings'.
 */
const LIMIT = 2;
const MESSAGES = 3;
const CARRIERS: readonly (readonly [name: string, bus: string])[] = [
  ['postgres', `bus: { carrier: postgres, leaseMs: 5000, deliveriesMax: ${LIMIT} }`],
];

describe.each(CARRIERS)('the seam of RabbitMQ on the carrier %s: delivered more often than allowed, never acknowledged', (_name, bus) => {
  const open = (): Promise<Seam> => Seam.open((config) => config.replace(/^bus:\n(?: .*\n)+/m, `${bus}\n`));

  it('drops nothing: a batch whose hubs die one after the other, beyond the limit, is handled in the end', async () => {
    const seam = atTheEnd(await open());
    await seam.dieAt('bus.claimed', async () => Promise.all(Array.from({ length: MESSAGES }, () => seam.send())));
    const most = async (): Promise<number> => {
      const [row] = await seam.rows<{ deliveries: number }>('SELECT max(deliveries) AS deliveries FROM message');
      return row?.deliveries ?? 0;
    };
    // Which of them a hub claims before it dies is up to their leases: until one was delivered more often than allowed.
    for (let death = 0; death < MESSAGES * LIMIT && (await most()) <= LIMIT; death += 1) await seam.dieAt('bus.claimed');
    expect(await most()).toBeGreaterThan(LIMIT);
    await seam.live();
    await seam.sendUnanswered();
    await seam.everythingArrives();
  }, 240_000);

  it('keeps a message that nobody can take, with the reason, and holds up nobody else', async () => {
    const seam = atTheEnd(await open());
    await seam.live();
    const poison = await seam.rows<{ id: string }>(
      `INSERT INTO message (id, type, subject, tenant, available_at, envelope)
       VALUES (gen_random_uuid(), 'filing.requested.v1', gen_random_uuid()::text, '057110000000', now(), '{"not": "a message"}') RETURNING id`,
    );
    expect(await seam.send()).toMatchObject({ status: 202 });
    await seam.everythingArrives();
    expect(await seam.rows('SELECT id, reason FROM dead_letter')).toEqual(
      poison.map(({ id }) => ({ id, reason: 'does not fit its schema' })),
    );
  }, 240_000);
});
