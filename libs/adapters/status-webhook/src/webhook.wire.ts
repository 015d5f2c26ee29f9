// SPDX-License-Identifier: EUPL-1.2
import { ApplicationId, ApplicationState, DecisionOutcome, Instant, Reference, Sha512, Tenant } from '@amtsbote/canonical';
import { z } from 'zod';

/** Type of the one event the house sends. Members may be added to `data`; a changed meaning gets a new number. */
export const STATE_CHANGED = 'de.amtsbote.application.stateChanged.v1';

/** A document of the decision: by link, because bytes do not belong into a webhook. Collected with the portal's own credential. */
const DecisionDocument = z.strictObject({
  name: z.string().min(1).max(255),
  mediaType: z.string().max(255),
  /** Bytes. */
  size: z.int().min(0),
  sha512: Sha512,
  url: z.url().max(2_082),
});

/** Body of the webhook (Standard Webhooks 1.0.0: `type`, `timestamp`, `data`). This is the published contract with portals. */
export const StateChangedEvent = z.strictObject({
  type: z.literal(STATE_CHANGED),
  /** When the state changed; equal on every attempt, unlike the header `webhook-timestamp`. */
  timestamp: Instant,
  data: z.strictObject({
    applicationId: ApplicationId,
    reference: Reference,
    /** The sender's own id of the submission. */
    submissionId: z.string().max(200),
    tenant: Tenant,
    /** 1, 2, 3 … per application: shows gaps and order. */
    sequence: z.int().min(1),
    state: ApplicationState,
    /** Mailbox handle (Postkorb) of the applicant. */
    mailbox: z.string().max(500).optional(),
    /** While the citizen has to pay. */
    payment: z.strictObject({ payUrl: z.url().max(2_082), cents: z.int().min(0), currency: z.string().length(3) }).optional(),
    /** With the last event, when the back office decided. */
    decision: z
      .strictObject({ outcome: DecisionOutcome, text: z.string().max(20_000), documents: z.array(DecisionDocument).max(50) })
      .optional(),
  }),
});
export type StateChangedEvent = z.infer<typeof StateChangedEvent>;
