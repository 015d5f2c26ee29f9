// SPDX-License-Identifier: EUPL-1.2
import { DeliveryError } from '@amtsbote/adapter-kit';
import type { Failure } from '@amtsbote/canonical';
import { isStatementCancelled, isStoreTrouble } from '@amtsbote/store';

import type { RetryPolicy } from '../config/config-parts.js';
import { InstanceMissing } from '../house/instances.js';
import { CANNOT_TELL } from './effects.js';

/** What happens to a step whose attempt failed. */
export interface Verdict {
  readonly to: 'retrying' | 'inDoubt' | 'parked';
  readonly failure: Failure;
  /** Pause before the next attempt, for `retrying` and `inDoubt`. */
  readonly pauseMs: number;
  /** Whether the target itself is the trouble: counts for the circuit breaker. */
  readonly countsAgainstTarget: boolean;
  /** Whether every further step would fail alike: the instance is paused. */
  readonly pausesInstance: boolean;
}

/** What the decision depends on besides the failure. */
export interface FailureHistory {
  /** Failed attempts in a row, this one included. */
  readonly failures: number;
  /** Those of them that were unexpected; this one counted as such. */
  readonly unexpected: number;
  /** How long it has been failing, in milliseconds. */
  readonly failingForMs: number;
  readonly policy: RetryPolicy;
  /** Evenly distributed in [0, 1): jitter. */
  readonly fraction: number;
}

/** Longest pause a target may ask for; a broken Retry-After must not stop an application for years. */
const RETRY_AFTER_MAX_MS = 6 * 60 * 60 * 1_000;

/** Code of an attempt that was ended by its own signal between two calls. */
export const CUT_OFF = 'delivery/cut-off';
/** Code of an attempt during which the hub's own store was away or had no connection left. */
export const STORE_AWAY = 'delivery/store-away';

/** The failure as data. Errors that are no delivery error are our own: their texts may hold a citizen's data and stay out. */
export function failureOf(error: unknown): Failure {
  if (error instanceof DeliveryError) return error.toFailure();
  if (error instanceof InstanceMissing) return { kind: 'misconfigured', code: 'delivery/no-instance', message: error.message };
  const name = nameOf(error);
  // The attempt's own signal: its time was over, or the hub stops. What was under way then is found out, not held against the application.
  if (name === 'AbortError' || name === 'TimeoutError')
    return { kind: 'outcomeUnknown', code: CUT_OFF, message: 'The attempt was cut off: its time was over, or the hub stopped.' };
  // Neither the application nor the target is to blame, and what the target already did is found out.
  if (isStoreTrouble(error) || isStatementCancelled(error))
    return { kind: 'outcomeUnknown', code: STORE_AWAY, message: 'The store of the hub could not be used at this moment.' };
  return { kind: 'unexpected', code: `delivery/${name.slice(0, 60)}`, message: 'An unexpected error inside the hub or the adapter.' };
}

/** By shape: errors of Node's own parts are not always instances of this realm's Error. */
function nameOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'name' in error ? String(error.name) : typeof error;
}

/** The one place that decides about failed attempts: an exhaustive switch over the kinds of failure. */
export function decide(error: unknown, history: FailureHistory): Verdict {
  const failure = failureOf(error);
  const retryAfterMs = error instanceof DeliveryError ? error.retryAfterMs : undefined;
  const pauseMs =
    retryAfterMs === undefined ? backoff(history) : Math.min(retryAfterMs, RETRY_AFTER_MAX_MS) + backoff({ ...history, failures: 1 });
  const park = { to: 'parked', failure, pauseMs: 0, countsAgainstTarget: false, pausesInstance: false } as const;
  const again = { to: 'retrying', failure, pauseMs, countsAgainstTarget: true, pausesInstance: false } as const;
  switch (failure.kind) {
    case 'unavailable':
      return history.failingForMs >= history.policy.giveUpAfterMs ? { ...park, countsAgainstTarget: true } : again;
    case 'outcomeUnknown':
      if (failure.code === CANNOT_TELL || failure.code.endsWith('/cannot-tell')) return park;
      return history.failingForMs >= history.policy.giveUpAfterMs
        ? park
        : { ...again, to: 'inDoubt', countsAgainstTarget: failure.code !== CUT_OFF && failure.code !== STORE_AWAY };
    case 'misconfigured':
      return { ...park, pausesInstance: failure.code !== 'delivery/no-instance' };
    case 'refused':
    case 'untransferable':
      return park;
    case 'unexpected':
      // The target may have been reached before our own mistake: in doubt, not simply again.
      return history.unexpected >= history.policy.unexpectedMax ? park : { ...again, to: 'inDoubt', countsAgainstTarget: false };
  }
}

/** What a pause grows with. */
export interface Growing {
  readonly failures: number;
  readonly policy: Pick<RetryPolicy, 'firstMs' | 'maxMs'>;
  readonly fraction: number;
}

/** Pause before attempt n+1: doubles from `firstMs` to `maxMs`; the upper half is random, so that a thousand steps do not come back at once. */
export function backoff({ failures, policy, fraction }: Growing): number {
  const full = Math.min(policy.firstMs * 2 ** Math.min(failures - 1, 30), policy.maxMs);
  return Math.round(full / 2 + (full / 2) * fraction);
}
