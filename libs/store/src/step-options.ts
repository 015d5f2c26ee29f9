// SPDX-License-Identifier: EUPL-1.2

/** What a step was planned with; copied from the route, so that a later change of the route does not touch applications under way. */
export interface StepOptions {
  /** Filing and status: set when the step belongs to a decision. */
  readonly decisionId?: string;
  /** Status: the change that is reported. */
  readonly status?: { readonly state: string; readonly sequence: number; readonly changedAt: string };
  /** Export: collected from a pickup queue instead of pushed by an adapter. */
  readonly pickup?: boolean;
}
