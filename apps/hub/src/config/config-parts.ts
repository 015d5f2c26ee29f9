// SPDX-License-Identifier: EUPL-1.2
import { secret } from '@amtsbote/adapter-kit';
import { ConfigName } from '@amtsbote/canonical';
import { z } from 'zod';

/** Milliseconds between two limits. */
export const ms = (fallback: number, min: number, max: number): z.ZodDefault<z.ZodInt> => z.int().min(min).max(max).default(fallback);
/** A whole number between two limits. */
export const count = (fallback: number, min: number, max: number): z.ZodDefault<z.ZodInt> => z.int().min(min).max(max).default(fallback);
export const MINUTE = 60_000;
export const DAY = 24 * 60 * MINUTE;
export const MEBIBYTE = 1024 * 1024;

/** What a client shows. */
export const token = secret().min(16, 'a token of at least 16 characters');
/** A client with a name for the journal. */
export const Credential = z.strictObject({ name: ConfigName, token });

/** When a failed step is tried again and when a person gets it. */
export const RetryPolicy = z.strictObject({
  firstMs: ms(5_000, 10, DAY).describe('Pause before the second attempt.'),
  maxMs: ms(15 * MINUTE, 10, DAY).describe('Longest pause; pauses double up to it, with jitter.'),
  giveUpAfterMs: ms(14 * DAY, MINUTE, 365 * DAY).describe('An unavailable target for so long: the step is parked.'),
  unexpectedMax: count(3, 1, 20).describe('Attempts that may fail unexpectedly before the step is parked.'),
});
export type RetryPolicy = z.infer<typeof RetryPolicy>;

/** When nobody is asked for a while. */
export const Breaker = z.strictObject({
  failures: count(5, 1, 1_000).describe('Failures in a row that open the circuit.'),
  openMs: ms(30_000, 10, DAY).describe('First pause while open; doubles up to openMaxMs.'),
  openMaxMs: ms(5 * MINUTE, 10, DAY),
});
export type BreakerPolicy = z.infer<typeof Breaker>;

/** How many in what time. */
export const Rate = z.strictObject({
  perMinute: z.int().min(1).max(60_000).describe('Attempts that may start within a minute, over all processes.'),
  burst: count(1, 1, 10_000).describe('How many may start at once after a pause; 1 = always evenly.'),
});
