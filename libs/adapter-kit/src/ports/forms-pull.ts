// SPDX-License-Identifier: EUPL-1.2
/*
 * Terminology
 *   source       something at the other side that is asked by itself: a form, a destination
 *   waiting      a submission that the source holds and nobody has taken over yet
 *   settled      the source knows what became of it: it was acknowledged, or refused by a word the sender hears
 *   kept         it cannot be taken over and stays at the source: in front of a person, who knows why
 *   signal       a request that brings nothing and only says that something is waiting
 */
import type { Readable } from 'node:stream';

import type { JsonValue } from '@amtsbote/canonical';

import type { IntakeRejection } from '../intake-rejection.js';
import { type AcceptedApplication, FormsPort, type ReceivedFile, type ReceivedSubmission } from './forms.js';

/** Something at the other side that can be asked by itself: it has its own schedule, its own failures and one puller at a time in the whole house. */
export interface PullSource {
  /** Stable and unique within the endpoint; at most 200 characters, no personal data. It names the source in tables, journal and console. */
  readonly name: string;
  /**
   * `atStart`: the source lists whatever is not settled, so every round begins at its start. `atCursor`: it tells what is new since a place in its
   * history, and what was told once is not told again.
   */
  readonly begins: 'atStart' | 'atCursor';
}

/** A submission that can be fetched. */
export interface WaitingSubmission {
  /** The sender's own id, equal to the `submissionId` that `translate` finds in it: by it the hub knows what it has before it fetches anything. */
  readonly submissionId: string;
  /** When it was submitted, as far as the source tells; how late the hub is, is counted from it. */
  readonly submittedAt?: Date;
  /** Whatever fetching and acknowledging it needs, days later and in another process. Ids only, no personal data. */
  readonly handle: JsonValue;
}

/** A piece of what is waiting, at most some hundreds. */
export interface PullPage {
  readonly waiting: readonly WaitingSubmission[];
  /** Where the next page of this round begins; `null`: that was all. */
  readonly next: string | null;
  /** `atCursor` only: where a later round goes on once all of this page is settled or written down by the hub. `null` otherwise. */
  readonly cursor: string | null;
}

/** What the hub lends to a fetch: limits, and the place for files. */
export interface PullIntake {
  /** Moment of receipt; to be the request's. */
  readonly receivedAt: Date;
  readonly limits: {
    /** Of the data, which are read into memory. */
    readonly bodyBytesMax: number;
    readonly attachmentBytesMax: number;
    readonly attachmentsMax: number;
    /** Of all files together. */
    readonly totalBytesMax: number;
  };
  /**
   * Streams a file to where attachments are kept; resolves when it is there for good. When the stream fails (a broken line, a tag that does not
   * fit), nothing of it remains. Several may be under way.
   * @throws IntakeRejection `tooLarge`, which a fetch passes on; the stream's own error.
   */
  store(file: Pick<ReceivedFile, 'partName' | 'fileName' | 'mediaType'>, bytes: Readable): Promise<ReceivedFile>;
}

/**
 * In, pull: submissions are fetched from a form server or a delivery service; beside that the endpoint may be sent submissions, or signals that
 * something is waiting. `verify` and `translate` are those of {@link FormsPort}, and what is fetched takes the way of what is sent: one
 * transaction, one application for each submission id, whichever way it came and however often.
 *
 * The hub calls in this order and may die between any two: `list`, `fetch`, `translate`, its own commit, `acknowledge`. What was not acknowledged is
 * listed again (or was written down), is known by its id, is not fetched again and is acknowledged then.
 *
 * Failures are {@link DeliveryError}s: `unavailable` (asked again later, with growing pauses), `misconfigured` (the endpoint is paused), `refused` (this
 * one submission cannot be had; the others can).
 */
export abstract class FormsPullPort extends FormsPort {
  /** What can be asked with these options; none when the endpoint is only sent to. */
  abstract readonly sources: readonly PullSource[];
  /**
   * Pure: the names of the sources to be asked at once when a verified request is a signal (none named: all); `null` when it brings a
   * submission.
   * @throws IntakeRejection `malformed`
   */
  abstract signalOf(received: ReceivedSubmission): readonly string[] | null;
  /**
   * What is waiting, the longest waiting first. Changes nothing at the source. Every waiting submission is listed within a few rounds even if none of
   * those before it can ever be settled.
   * @param from `next` of the page before, else the cursor kept of an earlier round, else `null`.
   */
  abstract list(source: string, from: string | null, signal: AbortSignal): Promise<PullPage>;
  /**
   * Gets a submission whole: data in memory and bounded, files streamed to {@link PullIntake.store}. Changes nothing at the source.
   * @returns `gone` when the source no longer has it, or no longer waiting.
   * @throws IntakeRejection for what can never be read (a broken signature, a size over the limits); DeliveryError.
   */
  abstract fetch(waiting: WaitingSubmission, intake: PullIntake, signal: AbortSignal): Promise<ReceivedSubmission | 'gone'>;
  /**
   * Tells the source that the submission is stored for good here; called only after that. Again for the same one: a success without a second effect.
   * What is no longer there counts as acknowledged.
   */
  abstract acknowledge(waiting: WaitingSubmission, accepted: AcceptedApplication, signal: AbortSignal): Promise<void>;
  /**
   * The submission cannot be taken over, and why. `told`: the sender was told in the source's words, it is settled. `kept`: the source has no such
   * word, or the fault is not the sender's; it stays there. Again for the same one: no second effect.
   */
  abstract refuse(waiting: WaitingSubmission, rejection: IntakeRejection, signal: AbortSignal): Promise<'told' | 'kept'>;
}
