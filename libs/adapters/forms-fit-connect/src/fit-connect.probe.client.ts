// SPDX-License-Identifier: EUPL-1.2
import { DeliveryError, type ProbeReport } from '@amtsbote/adapter-kit';

import type { FitConnectClient } from './fit-connect.client.js';
import type { Subscription } from './fit-connect.receiving.client.js';

type Check = ProbeReport['checks'][number];

/** Per destination: whether it may be asked, is active, and publishes the public halves of the keys that are configured. Changes nothing. */
export async function probed(client: FitConnectClient, subscriptions: readonly Subscription[], signal: AbortSignal): Promise<ProbeReport> {
  const checks: Check[] = [];
  for (const subscription of subscriptions) checks.push(...(await checksOf(client, subscription, signal)));
  return { ok: checks.every(({ ok }) => ok), checks };
}

async function checksOf(client: FitConnectClient, subscription: Subscription, signal: AbortSignal): Promise<Check[]> {
  const { id } = subscription.options;
  try {
    const { totalCount = 0 } = await client.waiting(id, { offset: 0, limit: 1 }, signal);
    const destination = await client.destination(id, signal);
    const isActive = destination?.status === 'active';
    return [
      { name: `${id} submissions`, ok: true, detail: `${totalCount} waiting` },
      { name: `${id} status`, ok: isActive, detail: destination?.status.slice(0, 40) ?? 'there is no such destination' },
      ...(destination === undefined ? [] : await keyChecks(client, subscription, destination.encryptionKid, signal)),
    ];
  } catch (error) {
    return [{ name: `${id} submissions`, ok: false, detail: reasonOf(error) }];
  }
}

/** A key that differs would make every submission unreadable; one that senders use and that is not here as well. */
async function keyChecks(client: FitConnectClient, subscription: Subscription, current: string, signal: AbortSignal): Promise<Check[]> {
  const { options, decryptionKeys, signingKey } = subscription;
  const checks: Check[] = [];
  for (const { kid, modulus } of [...decryptionKeys, signingKey]) {
    const published = await client.destinationKey(options.id, kid, signal);
    const detail =
      published === undefined ? 'is not published' : published.n === modulus ? 'is the published one' : 'is not the published one';
    checks.push({ name: `${options.id} key ${kid}`, ok: published?.n === modulus, detail });
  }
  const isHere = decryptionKeys.some(({ kid }) => kid === current);
  return [
    ...checks,
    {
      name: `${options.id} current key`,
      ok: isHere,
      detail: isHere ? 'senders use a key that is configured' : 'senders use a key that is not configured',
    },
  ];
}

/** In the same words however it could not be reached. */
function reasonOf(error: unknown): string {
  return error instanceof DeliveryError && error.kind !== 'unavailable' ? error.message : 'the delivery service does not answer';
}
