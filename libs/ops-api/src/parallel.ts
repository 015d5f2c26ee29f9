// SPDX-License-Identifier: EUPL-1.2
import type { JsonValue, Progress } from '@amtsbote/canonical';

/** A service offered by two form systems while it moves from one to the other. */
export interface ParallelRunView<Time = string> {
  readonly name: string;
  /** Endpoint of the form system it comes from. */
  readonly current: string;
  /** Endpoint of the form system it moves to. */
  readonly next: string;
  /** Endpoint whose applications are delivered. */
  readonly live: string;
  /** The last switch; `null`: nobody has switched yet. */
  readonly switched: { readonly at: Time; readonly by: string; readonly reason: string } | null;
  readonly counts: ParallelCounts;
}

/** Applications of a parallel run. */
export interface ParallelCounts {
  readonly pairs: number;
  /** Without a counterpart: came through one form system only. */
  readonly onlyCurrent: number;
  readonly onlyNext: number;
  /** Without anything to find a counterpart by. */
  readonly unpairable: number;
  /** Kept and delivered nowhere, with a counterpart that is, or was, delivered. */
  readonly shadowsPaired: number;
  /** Kept and delivered nowhere, and nobody delivers a counterpart: to be released or discarded by a person. */
  readonly shadowsAlone: number;
}

/** How one fact of two applications compares. */
export type Verdict = 'equal' | 'different' | 'onlyCurrent' | 'onlyNext' | 'ignored';

/** One field, over all pairs that were compared. */
export interface FieldTally {
  /** Place in the current form system's application, see {@link FactComparison.place}. */
  readonly place: string;
  readonly label: string;
  readonly equal: number;
  readonly different: number;
  readonly onlyCurrent: number;
  readonly onlyNext: number;
}

/** One side of a pair. */
export interface PairSide<Time = string> {
  readonly id: string;
  readonly reference: string;
  readonly receivedAt: Time;
  readonly progress: Progress;
}

/** A pair and where it differs; no values. */
export interface PairSummary<Time = string> {
  readonly current: PairSide<Time>;
  readonly next: PairSide<Time>;
  readonly equal: number;
  /** Places of what is not equal. */
  readonly differing: readonly string[];
}

/** Both form systems' applications, compared. No personal data. */
export interface FormComparison<Time = string> {
  readonly run: ParallelRunView<Time>;
  /** The newest pairs, newest first. */
  readonly pairs: readonly PairSummary<Time>[];
  /** Over these pairs, what differs most first. */
  readonly fields: readonly FieldTally[];
  /** Newest applications without a counterpart. */
  readonly alone: readonly (PairSide<Time> & { readonly endpoint: string })[];
}

/** One fact of a pair: values of citizens. */
export interface FactComparison {
  /** `form/anschrift/strasse`, `applicant/familyName`, `attachments/attachment#2`; in the current form system's words. */
  readonly place: string;
  /** Where it lies in the next form system's application, when that differs. */
  readonly nextPlace?: string;
  readonly label: string;
  /** `undefined`: not there. */
  readonly current?: JsonValue;
  readonly next?: JsonValue;
  readonly verdict: Verdict;
}

/** Two applications side by side, fact by fact. */
export interface PairComparison<Time = string> {
  readonly current: PairSide<Time>;
  readonly next: PairSide<Time>;
  readonly facts: readonly FactComparison[];
}

/** What a switch of the form system in charge left behind. */
export interface Switched<Time = string> {
  readonly run: ParallelRunView<Time>;
  /** Shadows of the endpoint that is in charge now and that no route would take: their routes are missing. */
  readonly withoutRoute: number;
}

/** Which shadows are settled: those whose counterpart is delivered, or those nobody delivers. */
export type ShadowChoice = 'paired' | 'alone';
/** How: delivered from now on by their route, or ended as copies. */
export type ShadowEnd = 'release' | 'discard';

/** What became of shadows. */
export interface Settled {
  readonly matched: number;
  readonly settled: number;
  /** Reason → how many it kept from being settled. */
  readonly refused: Readonly<Record<string, number>>;
  readonly remaining: number;
}
