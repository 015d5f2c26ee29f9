// SPDX-License-Identifier: EUPL-1.2
import { DeliveryError } from '@amtsbote/adapter-kit';
import type { Application } from '@amtsbote/canonical';

/** A test submission never reaches a productive target. @throws DeliveryError kind `refused` for a test submission. */
export function refuseTestSubmission({ test }: Pick<Application, 'test'>): void {
  if (!test) return;
  throw DeliveryError.refused('delivery/test-submission', 'A test submission never reaches a productive target.', {
    hintKey: 'testSubmission',
  });
}
