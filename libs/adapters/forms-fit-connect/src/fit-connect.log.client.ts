// SPDX-License-Identifier: EUPL-1.2
import { left } from './fit-connect.errors.js';
import { type ClaimedEvent, claimedEvent, isSameId, type SetKeys, type VerifiedEvent, verifiedEvent } from './fit-connect.set.auth.js';
import { EVENT, type SubmissionForPickup } from './fit-connect.wire.js';

/** What the log of a case says of one submission, verified. */
export interface SubmissionLog {
  /** Issued by the delivery service. */
  readonly submitted: VerifiedEvent;
  /** Accepted, rejected or deleted: nothing can be said of it any more. */
  readonly isSettled: boolean;
  /** Submitted before this one in the same case. */
  readonly previousSubmissionId: string | undefined;
}

/** The event log of cases, of which only verified tokens are believed. */
export class CaseLog {
  constructor(
    private readonly source: SetKeys & { events(caseId: string, signal: AbortSignal): Promise<readonly string[]> },
    private readonly serviceIssuer: string,
  ) {}

  /** @throws DeliveryError; also when no authentic token says that the submission was submitted: it is left. */
  async read(waiting: SubmissionForPickup, signal: AbortSignal): Promise<SubmissionLog> {
    const events = (await this.source.events(waiting.caseId, signal)).flatMap((token) => claimedEvent(token) ?? []);
    const ofCase = events.filter(({ caseId }) => isSameId(caseId, waiting.caseId));
    const ours = ofCase.filter(({ submissionId }) => isSameId(submissionId, waiting.submissionId));
    const submitted = await this.firstVerified(
      ours.filter(({ type }) => type === EVENT.submit),
      waiting,
      signal,
    );
    if (submitted?.issuer.kind !== 'service')
      throw left('not-verifiable', 'No authentic token in the event log says that the submission was submitted.');
    const settling = ours.filter(({ type }) => type === EVENT.accept || type === EVENT.reject || type === EVENT.delete);
    const previous = previousIn(ofCase, waiting);
    const isPrevious = previous !== undefined && (await this.firstVerified([previous], waiting, signal)) !== undefined;
    return {
      submitted,
      isSettled: (await this.firstVerified(settling, waiting, signal)) !== undefined,
      previousSubmissionId: isPrevious ? previous.submissionId : undefined,
    };
  }

  private async firstVerified(
    events: readonly ClaimedEvent[],
    { destinationId }: SubmissionForPickup,
    signal: AbortSignal,
  ): Promise<VerifiedEvent | undefined> {
    for (const { token } of events) {
      const event = await verifiedEvent(token, this.serviceIssuer, this.source, signal);
      // Another destination has no say in it.
      if (event !== undefined && (event.issuer.kind === 'service' || isSameId(event.issuer.id, destinationId))) return event;
    }
    return undefined;
  }
}

function previousIn(events: readonly ClaimedEvent[], { submissionId }: SubmissionForPickup): ClaimedEvent | undefined {
  const submitted = events.filter(({ type }) => type === EVENT.submit);
  const own = submitted.findIndex((event) => isSameId(event.submissionId, submissionId));
  return submitted.slice(0, Math.max(own, 0)).findLast((event) => !isSameId(event.submissionId, submissionId));
}
