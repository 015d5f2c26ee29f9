// SPDX-License-Identifier: EUPL-1.2
import type { InstanceCapacity } from '@amtsbote/ops-api';

import type { InstanceConfig } from '../config/hub-config.js';

/** A limit is near from this part of it on. */
const NEAR = 0.7;
const MINUTE_MS = 60_000;
/** Minutes from which the pace is taken. */
export const PACE_MINUTES = 10;

/** Attempts that ended within one minute. */
export interface FlowRow {
  readonly instance: string;
  readonly minute: Date;
  readonly ended: number;
}

/** What capacity is told from. */
export interface Workload {
  readonly config: Pick<InstanceConfig, 'concurrency' | 'rate'>;
  /** Of this instance, of the last {@link PACE_MINUTES} minutes. */
  readonly flow: readonly FlowRow[];
  readonly due: number;
  /** Most attempts under way in one process. */
  readonly busiest: number;
  /** Whether anything goes out at all. */
  readonly isOn: boolean;
  readonly now: Date;
}

/** How fast an instance works, how long what waits will take at that pace, and how near its limits are. Pure. */
export function capacityOf({ config, flow, due, busiest, isOn, now }: Workload): InstanceCapacity {
  const perMinute = paceOf(flow, now);
  const lately = Math.max(0, ...flow.filter(({ minute }) => now.getTime() - minute.getTime() < 2 * MINUTE_MS).map(({ ended }) => ended));
  const placesUsed = busiest / config.concurrency;
  const rateUsed = config.rate === undefined ? null : lately / config.rate.perMinute;
  const remainingSeconds = due === 0 ? 0 : isOn && perMinute > 0 ? Math.ceil((due / perMinute) * 60) : null;
  return {
    concurrency: config.concurrency,
    ratePerMinute: config.rate?.perMinute ?? null,
    perMinute: Math.round(perMinute * 10) / 10,
    remainingSeconds,
    placesUsed,
    rateUsed,
    nearLimit: placesUsed >= NEAR || (rateUsed ?? 0) >= NEAR,
  };
}

/** Attempts per minute, over the time since the first of these minutes began: a hub that was started just now is not thought slow. */
function paceOf(flow: readonly FlowRow[], now: Date): number {
  if (flow.length === 0) return 0;
  const ended = flow.reduce((sum, row) => sum + row.ended, 0);
  const since = Math.min(...flow.map(({ minute }) => minute.getTime()));
  return ended / Math.max(1, (now.getTime() - since) / MINUTE_MS);
}
