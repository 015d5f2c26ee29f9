// SPDX-License-Identifier: EUPL-1.2
import type { Failure } from '@amtsbote/canonical';

/** A source that the hub asks for submissions. */
export interface PullSourceView<Time = string> {
  readonly source: string;
  /** `waiting`: for its time; `due`: it could be asked now; `asking`: a process is asking it. */
  readonly state: 'waiting' | 'due' | 'asking';
  readonly dueAt: Time;
  /** Last round, however it ended. */
  readonly endedAt: Time | null;
  readonly succeededAt: Time | null;
  /** Why the last round did not succeed; `null` when it did. */
  readonly failure: Failure | null;
  readonly failedAt: Time | null;
  /** Rounds that failed in a row. */
  readonly failures: number;
  /** Since the source is known: applications made, submissions that were known already, acknowledgements, refusals. */
  readonly accepted: number;
  readonly known: number;
  readonly acknowledged: number;
  readonly refused: number;
  readonly acceptedAt: Time | null;
  /** From submission to acceptance, of the newest application; `null` where the source does not tell. */
  readonly delayMs: number | null;
  /** Submissions that could not be taken over or settled yet, by what they wait for. */
  readonly held: Readonly<Record<PullHeldState, number>>;
  /** When the oldest of them was submitted, or seen first. */
  readonly oldestHeldAt: Time | null;
}

/**
 * - `retrying`: could not be fetched or stored yet
 * - `unacknowledged`: is an application; its source has not heard of it
 * - `kept`: cannot be taken over: somebody has to look
 * - `told`: cannot be taken over, and the sender knows
 */
export type PullHeldState = 'retrying' | 'unacknowledged' | 'kept' | 'told';

/** An endpoint whose adapter fetches; or, as `dms:<instance>`, the outbox of a DMS. */
export interface PullView<Time = string> {
  readonly endpoint: string;
  readonly type: string;
  readonly tenant: string;
  readonly target: string;
  readonly paused: boolean;
  readonly pausedReason: string | null;
  readonly pausedBy: string | null;
  readonly breaker: 'closed' | 'open' | 'halfOpen';
  readonly openUntil: Time | null;
  readonly lastFailure: Failure | null;
  readonly sources: readonly PullSourceView<Time>[];
  /** The newest comparison of books; `null` where there was none. */
  readonly reconciliation: ReconciliationView<Time> | null;
  /** Whether this operator may pause, resume and ask it. */
  readonly mayPause: boolean;
}

/** A submission at a source that could not be taken over or settled yet. */
export interface PullHeldView<Time = string> {
  readonly source: string;
  readonly submissionId: string;
  readonly state: PullHeldState;
  readonly failure: Failure;
  readonly attempts: number;
  readonly submittedAt: Time | null;
  readonly firstAt: Time;
  readonly dueAt: Time | null;
  /** Of an answer in the outbox of a DMS: its name, and the Vorgang; `null` for submissions, and for who may not see it. */
  readonly document: string | null;
  readonly vorgang: string | null;
}

/** One comparison of the form server's books with ours. */
export interface ReconciliationView<Time = string> {
  readonly id: string;
  readonly state: 'running' | 'done' | 'failed';
  readonly failure: Failure | null;
  /** Submitted, or received here, within this window. */
  readonly sinceAt: Time;
  readonly untilAt: Time;
  readonly startedAt: Time;
  readonly endedAt: Time | null;
  /** In the form server's books, of these here already, missing here and fetched now, still missing, here and not in the books. */
  readonly booked: number;
  readonly matched: number;
  readonly fetched: number;
  readonly missing: number;
  readonly surplus: number;
  /** The sender's ids, as far as there is room. */
  readonly fetchedIds: readonly string[];
  readonly missingIds: readonly string[];
  readonly surplusIds: readonly string[];
}

/** What an operator's wish to ask now has brought about. */
export interface PullAsked {
  /** Sources that are asked. */
  readonly sources: number;
  /** Submissions that are tried again. */
  readonly held: number;
}
