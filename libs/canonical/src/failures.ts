// SPDX-License-Identifier: EUPL-1.2
import { z } from 'zod';

/**
 * Why a delivery did not succeed; decides what the runner does.
 * - `unavailable`: not reached, 5xx, throttled → retry with backoff and jitter
 * - `refused`: the target understood and said no → a clerk decides
 * - `misconfigured`: credentials, permission, unknown Aktenplan entry → the adapter instance is paused, one alert
 * - `outcomeUnknown`: the target may have acted → find before anything else
 * - `untransferable`: this application cannot be expressed in the target → mapping bug or data gap
 * - `unexpected`: we are wrong → few tries, then parked with an alert
 */
export const FailureKind = z.enum(['unavailable', 'refused', 'misconfigured', 'outcomeUnknown', 'untransferable', 'unexpected']);
export type FailureKind = z.infer<typeof FailureKind>;

/** A failure as data: crosses the durable border, is shown to operators, holds no personal data. */
export const Failure = z.strictObject({
  kind: FailureKind,
  /** Stable, `<adapter>/<what>`: `dms-nscale/object-locked`. Groups equal failures in the console. */
  code: z.string().max(120),
  /** One English sentence for operators. */
  message: z.string().max(1_000),
  /** Key of a German hint in the console, when a person can do something about it. */
  hintKey: z.string().max(120).optional(),
});
export type Failure = z.infer<typeof Failure>;

/**
 * How far a request had got when the connection failed: `notSent` = the target cannot have acted; `sent` = it may have.
 * The HTTP client sets it, adapters translate it.
 */
export interface TransportFailure extends Error {
  readonly transportStage: 'notSent' | 'sent';
}

/** Recognises a failed connection of the house's HTTP client without depending on it. */
export function isTransportFailure(error: unknown): error is TransportFailure {
  return error instanceof Error && 'transportStage' in error && (error.transportStage === 'notSent' || error.transportStage === 'sent');
}
