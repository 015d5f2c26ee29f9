// SPDX-License-Identifier: EUPL-1.2
import type { IntakeRejection } from '@amtsbote/adapter-kit';
import type { Clock, Ids } from '@amtsbote/canonical';

import { checkedTags } from './fit-connect.checks.mapping.js';
import type { FitConnectClient } from './fit-connect.client.js';
import { left, problemOf } from './fit-connect.errors.js';
import type { CaseLog } from './fit-connect.log.client.js';
import type { Subscription } from './fit-connect.receiving.client.js';
import { type EventToSend, signedEvent } from './fit-connect.set.auth.js';
import { EVENT, type SubmissionForPickup } from './fit-connect.wire.js';

/**
 * Tells the delivery service what became of a submission. It deletes the content then, so the log is read first: what was said is not said again,
 * and an answer that was lost is found there.
 */
export class Settling {
  constructor(
    private readonly client: FitConnectClient,
    private readonly log: CaseLog,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  /** Accepts it, with the tags under which it was submitted and which were compared when it was fetched. @throws DeliveryError */
  async accept(waiting: SubmissionForPickup, subscription: Subscription, signal: AbortSignal): Promise<void> {
    const log = await this.log.read(waiting, signal);
    if (log.isSettled) return;
    const payload = { authenticationTags: checkedTags(log.submitted.payload) };
    await this.send(waiting, { type: EVENT.accept, payload, schema: log.submitted.schema }, subscription, signal);
  }

  /**
   * Rejects it when the specification has a word for the problem.
   * @returns false when it has none: then the submission stays. @throws DeliveryError
   */
  async reject(
    waiting: SubmissionForPickup,
    subscription: Subscription,
    rejection: IntakeRejection,
    signal: AbortSignal,
  ): Promise<boolean> {
    const log = await this.log.read(waiting, signal);
    if (log.isSettled) return true;
    const problem = problemOf(rejection);
    if (problem === undefined) return false;
    await this.send(waiting, { type: EVENT.reject, payload: { problems: [problem] }, schema: log.submitted.schema }, subscription, signal);
    return true;
  }

  private async send(
    { destinationId, submissionId, caseId }: SubmissionForPickup,
    said: Pick<EventToSend, 'type' | 'payload' | 'schema'>,
    { signingKey }: Subscription,
    signal: AbortSignal,
  ): Promise<void> {
    const event = { ...said, jti: this.ids.uuid(), at: this.clock.now(), destinationId, submissionId, caseId };
    if ((await this.client.sendEvent(caseId, await signedEvent(event, signingKey), signal)) === 'sent') return;
    // Somebody was faster: another process, an earlier try whose answer was lost, or the delivery service's own deadlines.
    if ((await this.log.read({ destinationId, submissionId, caseId }, signal)).isSettled) return;
    if ((await this.client.submission(submissionId, signal)) !== undefined)
      throw left('event-refused', 'The delivery service does not allow the event, and the log does not say why.');
  }
}
