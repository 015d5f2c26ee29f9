// SPDX-License-Identifier: EUPL-1.2
import type { ApplicationState, Failure, JsonValue, Progress, StepKind, StepState } from '@amtsbote/canonical';

import type { SchemaViolationView } from './mappings.js';

/** One line of the list: what identifies an application and where it is; nothing of what the citizen wrote. */
export interface ApplicationSummary<Time = string> {
  readonly id: string;
  readonly reference: string;
  readonly tenant: string;
  readonly service: string;
  readonly leikaKey: string | null;
  readonly formId: string | null;
  readonly endpoint: string;
  readonly submissionId: string;
  readonly route: string | null;
  readonly state: ApplicationState;
  readonly progress: Progress;
  readonly test: boolean;
  readonly attachments: number;
  readonly receivedAt: Time;
  readonly changedAt: Time;
  readonly finishedAt: Time | null;
}

/** One page of the list; `next` is absent on the last one. */
export interface ApplicationPage<Time = string> {
  readonly items: readonly ApplicationSummary<Time>[];
  readonly next?: string;
}

/** What may be done with a step now, for buttons and help texts; the hub decides again when it is done. */
export type StepAction = 'retry' | 'forceAct' | 'confirmDone' | 'skip';

/** A step as operators see it. */
export interface StepView<Time = string> {
  readonly id: string;
  readonly name: string;
  readonly kind: StepKind;
  /** Adapter instance, or pickup queue. */
  readonly instance: string;
  readonly pickup: boolean;
  readonly forDecision: boolean;
  /** Filing by a rule of the Aktenplan, as it was when the step was planned. */
  readonly rule: { readonly name: string; readonly version: number } | null;
  readonly state: StepState;
  readonly after: readonly string[];
  readonly condition: string | null;
  readonly dueAt: Time | null;
  readonly leaseUntil: Time | null;
  readonly attempts: number;
  readonly failures: number;
  readonly failingSince: Time | null;
  readonly failure: Failure | null;
  readonly receipt: JsonValue;
  readonly changedAt: Time;
  /** What a person may do with it now. */
  readonly actions: readonly StepAction[];
}

/** Where a form did not fit its schema: places and rules, never values. */
export interface ApplicationViolations {
  readonly schema: string;
  readonly policy: 'carry' | 'park';
  readonly count: number;
  readonly violations: readonly SchemaViolationView[];
}

/** One application with its Laufzettel. */
export interface ApplicationDetail<Time = string> extends ApplicationSummary<Time> {
  readonly reportTo: string | null;
  readonly completesBy: 'decision' | 'steps';
  /** Things the sender sent that have no place in the canonical application; kept. */
  readonly unmapped: number;
  /** Where the form did not fit its schema when it came in; `null`: it fitted, or is bound to none. */
  readonly violations: ApplicationViolations | null;
  readonly steps: readonly StepView<Time>[];
}
