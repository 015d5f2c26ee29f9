// SPDX-License-Identifier: EUPL-1.2
import type { ApplicationState, DecisionOutcome } from '@amtsbote/canonical';

import type { DeliveryContext } from '../context.js';
import { Port } from './port.js';

/** One citizen-visible change. */
export interface StatusUpdate {
  /** Equal on every attempt: the receiver's key against doubles (`webhook-id`). */
  readonly id: string;
  readonly applicationId: string;
  readonly reference: string;
  /** The sender's own id, so that the portal finds its case. */
  readonly submissionId: string;
  readonly tenant: string;
  /** 1, 2, 3 … per application: the receiver can see gaps and order. */
  readonly sequence: number;
  readonly state: ApplicationState;
  readonly changedAt: Date;
  /** Mailbox handle of the applicant, when the submission named one. */
  readonly mailbox?: string;
  /** While the citizen has to pay. */
  readonly payment?: { readonly payUrl: string; readonly cents: number; readonly currency: string };
  /** With the last update, when the back office decided. Documents by link: the portal collects them with its own credential. */
  readonly decision?: {
    readonly outcome: DecisionOutcome;
    readonly text: string;
    readonly documents: readonly {
      readonly name: string;
      readonly mediaType: string;
      readonly size: number;
      readonly sha512: string;
      readonly url: string;
    }[];
  };
}

/** Proof that the portal has it. */
export interface StatusReceipt {
  readonly acceptedAt: string;
}

/** Out: tells the portal (mailbox, Postkorb) what the citizen may know. */
export abstract class StatusPort extends Port {
  /**
   * Reports one change. Receivers drop doubles by `update.id`, so repeating after an unknown outcome is safe by contract.
   * @throws DeliveryError
   */
  abstract report(update: StatusUpdate, ctx: DeliveryContext): Promise<StatusReceipt>;
}
