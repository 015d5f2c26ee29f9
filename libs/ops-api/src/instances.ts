// SPDX-License-Identifier: EUPL-1.2
import type { Failure } from '@amtsbote/canonical';

/** How fast an instance works, and how near its limits are. */
export interface InstanceCapacity {
  /** Attempts at the same time, per process. */
  readonly concurrency: number;
  /** Attempts within a minute, over all processes; `null` = no limit. */
  readonly ratePerMinute: number | null;
  /** Attempts that ended per minute, of the last ten. */
  readonly perMinute: number;
  /** How long what is due will take at this pace, in seconds; `null` when that cannot be said. */
  readonly remainingSeconds: number | null;
  /** Share of the places that are taken in the busiest process; 1 = all. */
  readonly placesUsed: number;
  /** Share of the rate that is used; `null` without one. */
  readonly rateUsed: number | null;
  /** Whether one of these limits is reached to 70 percent. */
  readonly nearLimit: boolean;
}

/** An adapter instance with what waits for it. */
export interface InstanceView<Time = string> {
  readonly name: string;
  readonly type: string;
  /** Of the adapter: `dms`, `payment`, … */
  readonly kind: string;
  /** Which system, where, as whom; no secrets. */
  readonly target: string;
  readonly paused: boolean;
  readonly pausedReason: string | null;
  readonly pausedBy: string | null;
  readonly breaker: 'closed' | 'open' | 'halfOpen';
  readonly openUntil: Time | null;
  readonly lastFailure: Failure | null;
  /** Steps that could go out now or soon: due, retrying, in doubt. */
  readonly due: number;
  readonly running: number;
  /** Steps whose next move is the outside's: payments. */
  readonly awaiting: number;
  readonly parked: number;
  /** Due time of the step that has been due for longest. */
  readonly oldestDueAt: Time | null;
  /** `null` for instances that other municipalities use too: it would tell of their work. */
  readonly capacity: InstanceCapacity | null;
  /** Whether this operator may pause and resume it. */
  readonly mayPause: boolean;
}

/** What a probe of one system found. */
export interface ProbeView {
  readonly name: string;
  readonly part: 'instance' | 'endpoint';
  readonly type: string;
  readonly target: string;
  readonly ok: boolean;
  /** One line per thing looked at: settings, reachability, credentials. */
  readonly checks: readonly { readonly name: string; readonly ok: boolean; readonly detail: string }[];
  readonly durationMs: number;
}
