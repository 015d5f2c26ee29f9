// SPDX-License-Identifier: EUPL-1.2
import type { Failure } from '@amtsbote/canonical';

/** Why a step of a test submission is parked: it would reach a productive target. */
export const TEST_SUBMISSION = {
  kind: 'refused',
  code: 'delivery/test-submission',
  message: 'A test submission never reaches a productive target.',
  hintKey: 'testSubmission',
} as const satisfies Failure;
