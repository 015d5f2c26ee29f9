// SPDX-License-Identifier: EUPL-1.2
import { type DmsPort } from '@amtsbote/adapter-kit';
import { adapter } from '@amtsbote/adapters/dms-failing';
import { seededRandomness, systemClock } from '@amtsbote/platform';

/** There is no other side to simulate: the adapter itself is the fake. This makes one, for tests of the hub and the landscape. */
export function failingDms(options: { mode: string; failures?: number; retryAfterMs?: number; filedAnyway?: boolean }): DmsPort {
  return adapter.create(adapter.options.parse(options), { clock: systemClock, randomness: seededRandomness(1), instance: 'failing' });
}
