// SPDX-License-Identifier: EUPL-1.2
import type { DmsOutboxPort, Outbox } from '../../../src/index.js';
import type { DmsFault } from './fixture.js';

/** A document as a clerk puts it into the outbox. */
export interface PlacedAnswer {
  readonly fileName: string;
  readonly mediaType: string;
  readonly bytes: Buffer;
  /** Where in the outbox: a subfolder, a value; absent: the outbox itself. */
  readonly mark?: string;
}

/** Names of the documents in the outbox of a Vorgang, and of those that were taken from it and are still in the Vorgang; by the target's own books. */
export interface AnswerBooks {
  readonly waiting: readonly string[];
  readonly taken: readonly string[];
}

/** A running target, with an adapter configured for its outbox. */
export interface DmsOutboxTarget {
  /** A new instance of the adapter, as after a restart of the process. The suite closes it. */
  port(): DmsOutboxPort;
  /** As a clerk does it; again under the same name and mark: other bytes take the place of those there. */
  placeAnswer(vorgangId: string, answer: PlacedAnswer): void | Promise<void>;
  withdrawAnswer(vorgangId: string, fileName: string): void | Promise<void>;
  answerBooks(vorgangId: string): AnswerBooks | Promise<AnswerBooks>;
  /** Grows with every change of any kind. */
  changes(): number | Promise<number>;
  /** As {@link DmsContractTarget.misbehave}. */
  misbehave(fault: DmsFault, at?: { readonly write: number }): void;
  heal(): void;
  stop(): Promise<void>;
}

/** What an adapter's contract spec gives to the suite. */
export interface DmsOutboxFixture {
  /** Type of the adapter, first part of all its error codes. */
  readonly adapter: string;
  /** Which of several places, where a DMS knows more than one. */
  readonly title?: string;
  /** As its options say. */
  readonly outbox: Outbox;
  start(): Promise<DmsOutboxTarget>;
  /** A mark that the fixture's options know; absent: the target has none. */
  readonly mark?: string;
  /** Strings that must never appear in errors. */
  readonly secrets: readonly string[];
}
