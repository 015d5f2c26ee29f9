// SPDX-License-Identifier: EUPL-1.2
import type { Adapter } from '../../../src/index.js';
import type { SimulatedTarget } from '../contract-tools.js';
import type { FileSample } from '../forms-contract.js';

/** What the suite needs to judge an adapter that fetches submissions: its simulated source, and how to look into it. */
export interface FormsPullContract<Options, Target extends SimulatedTarget> {
  readonly adapter: Adapter<'forms', Options>;
  /** Tells several runs for one adapter apart. */
  readonly variant?: string;
  /** A started source in which nothing is waiting. */
  start(): Promise<Target>;
  /** Options that fit the source, as an operator writes them; one pull source at least. */
  optionsFor(target: Target): unknown;
  /** Everything in `optionsFor` that must never be seen. */
  readonly secrets: readonly string[];
  /** Puts readable submissions into one pull source. @returns their ids, in the order in which they were submitted */
  put(target: Target, count: number, files?: readonly FileSample[]): readonly string[] | Promise<readonly string[]>;
  /** Puts one that cannot be read, into the same pull source. */
  putUnreadable(target: Target): string | Promise<string>;
  /** Somebody else at the other side takes it away. */
  withdraw(target: Target, id: string): void;
  /** What the source knows to be taken over: the ids, one for each time that changed anything there. */
  acknowledged(target: Target): readonly string[];
  /** What becomes of an unreadable one. */
  readonly refusals: 'told' | 'kept';
  /** Submissions that need more than one page, where the source has pages. */
  readonly severalPages?: number;
  /** The request lines of one kind each: what faults strike. */
  readonly lines: { readonly list: RegExp; readonly fetch: RegExp; readonly acknowledge: RegExp };
  /** Whether a probe asks the source. */
  readonly probes: boolean;
  /** Texts of the submissions that must not stand in request lines or handles. */
  readonly personal?: readonly string[];
}
