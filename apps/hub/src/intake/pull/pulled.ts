// SPDX-License-Identifier: EUPL-1.2
import type { DmsOutboxPort, FormsPullPort, IntakeRejection, PullPage, PullSource, WaitingSubmission } from '@amtsbote/adapter-kit';
import type { Failure } from '@amtsbote/canonical';

import type { AnswersConfig } from '../../config/dms-config.js';
import type { IntakeLimits, PullConfig } from '../../config/endpoint-config.js';
import type { IntakeEndpoint } from '../intake.service.js';
import type { FetchedFiles } from './pull-intake.js';

/** What is asked in rounds, whatever it brings: an endpoint whose adapter can fetch, or the outbox of a DMS. */
export interface Asked {
  /** Of the endpoint; of an outbox see {@link outboxName}. */
  readonly name: string;
  readonly type: string;
  readonly config: { readonly tenant: string; readonly pull: PullConfig; readonly limits: IntakeLimits };
  readonly port: {
    readonly sources: readonly PullSource[];
    list(source: string, from: string | null, signal: AbortSignal): Promise<PullPage>;
    describeTarget(): string;
  };
}

/** An endpoint whose adapter can fetch. */
export interface PullEndpoint extends IntakeEndpoint {
  readonly port: FormsPullPort;
}

/** The outbox of a DMS, from which answers to applicants are collected. */
export interface OutboxAsked extends Asked {
  readonly instance: string;
  readonly outbox: DmsOutboxPort;
  readonly answers: AnswersConfig;
  /** Whose applications are filed there. */
  readonly tenants: readonly string[];
}

export function isOutbox(asked: Asked): asked is OutboxAsked {
  return 'outbox' in asked;
}

/** Name among endpoints of the outbox of an instance: no endpoint's name holds a colon. */
export function outboxName(instance: string): string {
  return `dms:${instance}`;
}

/** The instance whose outbox has this name. */
export function instanceOfOutbox(name: string): string | undefined {
  return name.startsWith('dms:') ? name.slice('dms:'.length) : undefined;
}

/** What became something of the house. */
export interface Taken {
  /** Of the application. */
  readonly id: string;
  readonly reference: string;
  readonly receivedAt: Date;
  /** False when it was there before. */
  readonly fresh: boolean;
}

/** What was fetched whole. */
export interface Fetched {
  /** Stores it for good, once; a failure says why it has to wait. The files are its own from here on. */
  store(): Promise<Taken | Failure>;
}

/** How something that waits becomes something of the house: submissions become applications, answers become decisions. */
export interface Taker {
  /** Which of these may be new; the others were taken, and their source goes on listing them. */
  news(waiting: readonly WaitingSubmission[]): Promise<readonly WaitingSubmission[]>;
  known(waiting: WaitingSubmission): Promise<Taken | undefined>;
  fetch(waiting: WaitingSubmission, files: FetchedFiles, signal: AbortSignal): Promise<Fetched | Failure | 'gone'>;
  acknowledge(waiting: WaitingSubmission, taken: Taken, signal: AbortSignal): Promise<void>;
  refuse(waiting: WaitingSubmission, rejection: IntakeRejection, signal: AbortSignal): Promise<'told' | 'kept'>;
}

/** A source that this process has claimed: with its fence it may write what it found out. */
export interface ClaimedSource {
  readonly endpoint: Asked;
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

/** Stands among the sources of an endpoint for the comparison of all their books with ours: it has its time, its lease and its failures as they have. */
export const BOOKS: PullSource = { name: '*', begins: 'atStart' };

/**
 * Name of an endpoint's gate, among those of adapter instances, whose names hold no colon. An outbox has that of its instance: what is down, or
 * does not take the credentials, is so for filing and collecting alike.
 */
export function gateOf(name: string): string {
  return instanceOfOutbox(name) ?? `endpoint:${name}`;
}

/** Another process asks this source by now. */
export class SourceLost extends Error {
  override readonly name = 'SourceLost';
}
