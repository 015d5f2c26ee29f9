// SPDX-License-Identifier: EUPL-1.2
import type { Clock, JsonValue } from '@amtsbote/canonical';

import type { Found } from './found.js';

/** One outside effect: how to do it, and how to see whether an earlier try already did. */
export interface Effect<Receipt extends JsonValue> {
  /** Does it and returns what has to be remembered (ids, links); JSON, no personal data. */
  act(): Promise<Receipt>;
  /** Asks the target whether it is there. Called before `act` whenever an earlier try of this effect has an unknown outcome. */
  find(): Promise<Found<Receipt>>;
}

/** What the runner hands to a delivery adapter for one attempt. */
export interface DeliveryContext {
  /** Idempotency key of the whole act: equal over all attempts, unique in the house. Write it to the target where the target can keep it. */
  readonly key: string;
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** Fires when the attempt's time is over or the hub stops: pass it to every outside call. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /**
   * Runs one named outside effect at most once over all attempts (law 4): a remembered receipt comes back without a call; after an unknown
   * outcome `find` decides. Names are stable and unique within the act: `akte`, `document:3`.
   * @throws DeliveryError kind `outcomeUnknown` with code `…/cannot-tell` when the target cannot tell; the runner parks the step.
   */
  once<Receipt extends JsonValue>(name: string, effect: Effect<Receipt>): Promise<Receipt>;
}
