// SPDX-License-Identifier: EUPL-1.2
import type { DeliveryError, PullPage, WaitingSubmission } from '@amtsbote/adapter-kit';

import { left } from './fit-connect.errors.js';
import { SubmissionForPickup, type SubmissionsForPickup } from './fit-connect.wire.js';

/** A page of the delivery service in the hub's words. The next one begins behind it; what was settled meanwhile only makes a later round find the rest. */
export function pageOf({ submissions, totalCount = 0 }: SubmissionsForPickup, offset: number): PullPage {
  const end = offset + submissions.length;
  return {
    waiting: submissions.map(({ destinationId, submissionId, caseId }) => ({
      submissionId,
      handle: { destinationId, submissionId, caseId },
    })),
    next: submissions.length > 0 && end < totalCount ? String(end) : null,
    cursor: null,
  };
}

/** Destination, submission and case. */
export function handleOf({ handle }: WaitingSubmission): SubmissionForPickup {
  return SubmissionForPickup.parse(handle);
}

/** For a submission of a destination that was taken out of the configuration. */
export function unknownDestination(): DeliveryError {
  return left('destination-unknown', 'The submission is for a destination that is not configured here.');
}
