// SPDX-License-Identifier: EUPL-1.2

/** How a payment is followed, in milliseconds. */
export interface PaymentFollowing {
  /** First pause before the provider is asked whether the citizen has paid. */
  readonly pollMs: number;
  readonly pollMaxMs: number;
  /** Unpaid for so long: a person gets it. */
  readonly payWithinMs: number;
  /** Where the citizen lands after paying; absent: a page of the hub. */
  readonly returnUrl?: string | undefined;
}

/** A rule of the Aktenplan as it was when the step was planned. Holds expressions, never values of an application. */
export interface FilingRule {
  readonly name: string;
  readonly version: number;
  readonly cabinet?: string;
  readonly akte: {
    readonly per: 'applicant' | 'object' | 'event' | 'year' | 'service' | 'case' | 'application';
    /** Expression that tells applicants, objects or events apart. */
    readonly by?: string;
    readonly prefix: string;
    readonly yearly: boolean;
    readonly coded: boolean;
    readonly title: string;
  };
  readonly vorgang: { readonly title: string };
  readonly classes: Readonly<Record<string, string>>;
  readonly retention?: string;
}

/** What a step was planned with; copied from the route, so that a later change of the route does not touch applications under way. */
export interface StepOptions {
  /** Filing and status: set when the step belongs to a decision. */
  readonly decisionId?: string;
  /** Status: the change that is reported. */
  readonly status?: { readonly state: string; readonly sequence: number; readonly changedAt: string };
  /** Export: collected from a pickup queue instead of pushed by an adapter. */
  readonly pickup?: boolean;
  /** Export that is collected: of a test submission, and its queue does not want such. */
  readonly testRefused?: boolean;
  /** Payment: how it is followed. */
  readonly payment?: PaymentFollowing;
  /** Filing: id of the filing step whose summary has become out of date; its documents get a new version. */
  readonly refreshes?: string;
  /** Filing: into the Vorgang of the application with which the case began. */
  readonly joins?: boolean;
  /** Filing: the rule that says where; absent: the instance's options say it. */
  readonly rule?: FilingRule;
}
