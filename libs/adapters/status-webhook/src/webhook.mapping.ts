// SPDX-License-Identifier: EUPL-1.2
import type { StatusUpdate } from '@amtsbote/adapter-kit';

import { STATE_CHANGED, type StateChangedEvent } from './webhook.wire.js';

/** The update in the words of the webhook; the same update gives the same bytes on every attempt. */
export function toEvent(update: StatusUpdate): StateChangedEvent {
  const { applicationId, reference, submissionId, tenant, sequence, state, mailbox, payment, decision } = update;
  return {
    type: STATE_CHANGED,
    timestamp: update.changedAt.toISOString(),
    data: {
      applicationId,
      reference,
      submissionId,
      tenant,
      sequence,
      state,
      ...(mailbox === undefined ? {} : { mailbox }),
      ...(payment === undefined ? {} : { payment: { payUrl: payment.payUrl, cents: payment.cents, currency: payment.currency } }),
      ...(decision === undefined ? {} : { decision: decisionOf(decision) }),
    },
  };
}

/** Member by member, so that nothing the port may carry one day goes out unseen. */
function decisionOf({ outcome, text, documents }: NonNullable<StatusUpdate['decision']>): StateChangedEvent['data']['decision'] {
  return { outcome, text, documents: documents.map(({ name, mediaType, size, sha512, url }) => ({ name, mediaType, size, sha512, url })) };
}
