// SPDX-License-Identifier: EUPL-1.2
/*
 * Terminology
 *   outbox       the agreed place of a Vorgang (a folder, a state) in which a clerk puts what the applicant is to get
 *   answer       one document in it, in one version
 *   mark         a word that the place gives an answer (a subfolder, a value): the operator says which outcome it means
 *   acknowledged the answer is the hub's; the DMS shows it (moved, changed), where it can be written to
 */
import type { Readable } from 'node:stream';

import type { JsonValue } from '@amtsbote/canonical';

import { DmsPort } from './dms.js';

/** How the outbox of an instance is looked into. */
export interface Outbox {
  /**
   * `atStart`: it lists whatever lies in the outboxes, so every round begins at its start. `atCursor`: it tells what has changed since a place in
   * the history of the DMS, and what was told once is not told again.
   */
  readonly begins: 'atStart' | 'atCursor';
  /** `inDms`: an acknowledged answer is no longer listed. `remembered`: the DMS is not written to, and what was taken stays listed. */
  readonly acknowledges: 'inDms' | 'remembered';
}

/** A document that a clerk put into the outbox of a Vorgang. */
export interface WaitingAnswer {
  /** Of the Vorgang, as {@link FilingReceipt} names it: by it the hub knows the application. */
  readonly vorgangId: string;
  /** Stable while the document lies in the outbox; at most 200 characters, no personal data: it names the answer in tables, journal and log. */
  readonly documentId: string;
  /** Another one for other bytes; at most 100 characters, no personal data. */
  readonly version: string;
  /** As the clerk named it: for the applicant and for operators, never for a log. */
  readonly fileName: string;
  readonly mediaType: string;
  /** Bytes; `null` where the DMS does not tell. */
  readonly size: number | null;
  /** Lower-case hex, where the DMS tells it. */
  readonly sha512?: string;
  readonly mark?: string;
  /** When it came into the outbox, as far as the DMS tells. */
  readonly placedAt?: Date;
  /** Whatever reading and acknowledging it needs, days later and in another process. */
  readonly handle: JsonValue;
}

/** A piece of what is waiting, at most some hundreds. */
export interface AnswerPage {
  readonly waiting: readonly WaitingAnswer[];
  /** Where the next page of this round begins; `null`: that was all. */
  readonly next: string | null;
  /** `atCursor` only: where a later round goes on once all of this page is settled or written down by the hub. `null` otherwise. */
  readonly cursor: string | null;
}

/**
 * A DMS from which answers can be collected, too. The hub calls in this order and may die between any two: `list`, `read`, its own commit,
 * `acknowledge`. An answer is told from others by document id and version: what was committed is not read again, and is acknowledged then.
 *
 * Failures are {@link DeliveryError}s: `unavailable` (asked again later, with growing pauses), `misconfigured` (the instance is paused), `refused`
 * and `untransferable` (this one answer cannot be had; the others can).
 */
export abstract class DmsOutboxPort extends DmsPort {
  /** `null`: with these options nothing is collected. */
  abstract readonly outbox: Outbox | null;
  /**
   * What is waiting; of one Vorgang the longest waiting first. Changes nothing in the DMS. What is still being written is left out.
   * @param from `next` of the page before, else the cursor kept of an earlier round, else `null`.
   */
  abstract list(from: string | null, signal: AbortSignal): Promise<AnswerPage>;
  /**
   * The bytes of exactly this version; the stream fails when it breaks off. Changes nothing in the DMS.
   * @returns `gone` when it no longer lies in the outbox in this version.
   */
  abstract read(answer: WaitingAnswer, signal: AbortSignal): Promise<Readable | 'gone'>;
  /**
   * The answer is stored for good here; called only after that. Again for the same one: a success without a second effect. What no longer
   * lies in the outbox counts as acknowledged; a version that came after the one read stays in it.
   */
  abstract acknowledge(answer: WaitingAnswer, signal: AbortSignal): Promise<void>;
}
