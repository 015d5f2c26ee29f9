// SPDX-License-Identifier: EUPL-1.2
import type { StepState } from '@amtsbote/canonical';

/** What became of a step. */
export interface MovedStep {
  readonly stepId: string;
  readonly name: string;
  readonly from: StepState;
  readonly to: StepState;
}

/** What became of a retry of many parked steps. */
export interface BulkResult {
  /** Parked steps that fit the filter. */
  readonly matched: number;
  readonly retried: number;
  /** Changed by somebody else meanwhile, or not to be retried as they are. */
  readonly refused: number;
  /** Still to come with another call. */
  readonly remaining: number;
  /** Stands in the journal entry of every step. */
  readonly bulk: string;
}

/** What rerouting did to the Laufzettel, by names of steps. */
export interface Rerouted {
  readonly route: string;
  readonly kept: readonly string[];
  readonly cancelled: readonly string[];
  readonly added: readonly string[];
}

/** What cancelling an application ended. */
export interface Cancelled {
  /** Names of the steps that were open. */
  readonly cancelled: readonly string[];
  /** Payments that the citizen could still pay at the provider. */
  readonly openPayments: number;
}

/** An adapter instance that goes on. */
export interface Resumed {
  readonly paused: false;
  /** Steps that its misconfiguration had parked. */
  readonly retried: number;
}

/** Dead letters that are back in the queue. */
export interface Redriven {
  readonly redriven: number;
}
