// SPDX-License-Identifier: EUPL-1.2
import type { Failure } from '@amtsbote/canonical';

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
