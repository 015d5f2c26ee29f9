// SPDX-License-Identifier: EUPL-1.2
import type { FormsPullPort, PullSource, WaitingSubmission } from '@amtsbote/adapter-kit';
import type { Failure } from '@amtsbote/canonical';

import type { IntakeEndpoint } from '../intake.service.js';

/** An endpoint whose adapter can fetch. */
export interface PullEndpoint extends IntakeEndpoint {
  readonly port: FormsPullPort;
}

/** A source that this process has claimed: with its fence it may write what it found out. */
export interface ClaimedSource {
  readonly endpoint: PullEndpoint;
  readonly source: PullSource;
  readonly cursor: string | null;
  readonly fence: string;
  /** Rounds that failed in a row before this one. */
  readonly failures: number;
  readonly leaseUntil: Date;
}

/**
 * - `retrying`: could not be fetched or stored, which may pass
 * - `unacknowledged`: is an application; the source has not heard of it
 * - `kept`: cannot be taken over as it is: in front of a person; tried again now and then, because forms and mappings change
 * - `told`: cannot be taken over, and the sender knows
 */
export type HeldState = 'retrying' | 'unacknowledged' | 'kept' | 'told';

/** A submission at a source that was neither taken over nor settled at once. */
export interface HeldSubmission {
  readonly waiting: WaitingSubmission;
  readonly state: HeldState;
  readonly failure: Failure;
  readonly attempts: number;
}

/** What a round has done so far. */
export interface Tally {
  /** Applications that are new. */
  accepted: number;
  /** Those that were there before: pushed, or fetched by a process that died before it could say so. */
  known: number;
  acknowledged: number;
  /** Kept or told. */
  refused: number;
  /** Time between submission and acceptance of the newest one, in milliseconds. */
  delayMs: number | null;
}

/** Name of an endpoint's gate, among those of adapter instances, whose names hold no colon. */
export function gateOf(endpoint: string): string {
  return `endpoint:${endpoint}`;
}

/** Another process asks this source by now. */
export class SourceLost extends Error {
  override readonly name = 'SourceLost';
}
