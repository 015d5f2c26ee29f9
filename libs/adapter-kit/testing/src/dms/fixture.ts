// SPDX-License-Identifier: EUPL-1.2
import type { Application } from '@amtsbote/canonical';

import type { DmsPort } from '../../../src/index.js';

/** Writes of a new filing: Akte, Vorgang, and one for each of its three documents. A target may need more. */
export const WRITES_MIN = 5;

/** A document as the target's own books show it. */
export interface FiledDocument {
  /** As in the receipt. */
  readonly id: string;
  readonly fileName: string;
  readonly originalName: string;
  readonly mediaType: string;
  /** Bytes the target really holds. */
  readonly size: number;
  /** Of the bytes the target really holds; lower-case hex. */
  readonly sha512: string;
}

/** A Vorgang as the target's own books show it. */
export interface FiledVorgang {
  readonly id: string;
  readonly title: string;
  /** Index data as a clerk sees it. */
  readonly properties: Readonly<Record<string, string>>;
  readonly documents: readonly FiledDocument[];
}

/** An Akte as the target's own books show it. */
export interface FiledAkte {
  readonly id: string;
  readonly title: string;
  readonly vorgaenge: readonly FiledVorgang[];
}

/** Everything the target holds, read from its own books and not through the adapter. */
export interface DmsContents {
  readonly akten: readonly FiledAkte[];
  /** Objects outside of the order Akte > Vorgang > document: there must never be one. */
  readonly strays: number;
  /** Grows with every change of any kind, also of ones that cannot be seen in the tree. */
  readonly changes: number;
}

/**
 * How the target can be told to misbehave.
 * - `down`, `error500`, `throttled` (asking for a pause of 2 s), `unauthorised`, `garbage`: answers so and does nothing
 * - `hangs`: answers so late that every caller gives up
 * - `refuses`: understands and says no to every write
 * - `answerLost`: does it, and the answer never arrives
 * - `cannotTell`: searches have no certain answer (called after something was filed)
 * - `storesShort`: keeps fewer bytes of every document than were sent, and reports success
 */
export type DmsFault =
  'down' | 'error500' | 'throttled' | 'unauthorised' | 'refuses' | 'garbage' | 'hangs' | 'answerLost' | 'cannotTell' | 'storesShort';

/** A running target with an adapter configured for it. One Akte per tenant: the suite relies on it. */
export interface DmsContractTarget {
  /** A new instance of the adapter, as after a restart of the process. The suite closes it. */
  port(): DmsPort;
  contents(): DmsContents | Promise<DmsContents>;
  /** Until healed, for all requests; with `write` once, for the n-th write from now on (1 = the next). */
  misbehave(fault: DmsFault, at?: { readonly write: number }): void;
  heal(): void;
  stop(): Promise<void>;
}

/** What an adapter's contract spec gives to the suite. */
export interface DmsContractFixture {
  /** Type of the adapter, first part of all its error codes: `dms-nscale`. */
  readonly adapter: string;
  start(): Promise<DmsContractTarget>;
  /** Index data that a Vorgang must carry for this application, as the fixture's options map it. */
  vorgangProperties(application: Application): Readonly<Record<string, string>>;
  /** Writes of a new filing of three documents where they are fewer than {@link WRITES_MIN}: a message is one. Tells how often faults strike. */
  readonly writesMin?: number;
  /** What this DMS shows of a document it holds, default `sha512`; `nothing` where what was handed over is out of sight, or not asked for. */
  readonly shows?: 'sha512' | 'length' | 'nothing';
  /** Strings that must never appear in errors, reports or descriptions: passwords, tokens. */
  readonly secrets: readonly string[];
  /** Why two processes at once may make one Akte twice; absent: they never do. */
  readonly doublesBetweenProcesses?: string;
  /** Why newer content lies beside the older one instead of in its place; absent: it is a new version. */
  readonly keepsNoVersions?: string;
  /** Faults this target cannot have, each with the reason; their tests are not run. */
  readonly impossible?: Readonly<Partial<Record<DmsFault, string>>>;
}
