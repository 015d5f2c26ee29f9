// SPDX-License-Identifier: EUPL-1.2
import { DeliveryError } from '@amtsbote/adapter-kit';
import type { Application } from '@amtsbote/canonical';

import { TEST_SUBMISSION } from '../../routing/test-submission.js';

/** A test submission never reaches a productive target. @throws DeliveryError kind `refused` for a test submission. */
export function refuseTestSubmission({ test }: Pick<Application, 'test'>): void {
  if (!test) return;
  const { code, message, hintKey } = TEST_SUBMISSION;
  throw DeliveryError.refused(code, message, { hintKey });
}
