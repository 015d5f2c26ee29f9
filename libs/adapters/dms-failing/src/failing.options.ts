// SPDX-License-Identifier: EUPL-1.2
import { FailureKind } from '@amtsbote/canonical';
import { z } from 'zod';

/**
 * How it fails: the six kinds of the house, and two that are more than an error.
 * - `cannotTell`: the outcome is unknown, and asking does not help
 * - `hang`: never answers; ends only when the attempt's time is over
 */
export const FailureMode = z.enum([...FailureKind.options, 'cannotTell', 'hang']);
export type FailureMode = z.infer<typeof FailureMode>;

/** What an operator or a test configures. */
export const FailingOptions = z.strictObject({
  mode: FailureMode,
  /** Attempts that fail; the next one succeeds. Absent = all fail. */
  failures: z.int().min(0).optional(),
  /** With `unavailable`: the pause the target asks for. */
  retryAfterMs: z.int().min(0).max(3_600_000).optional(),
  /** Whether `find` sees the filing although the attempt failed: an answer that was lost after everything was done. */
  filedAnyway: z.boolean().default(false),
});
export type FailingOptions = z.infer<typeof FailingOptions>;
