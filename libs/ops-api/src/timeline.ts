// SPDX-License-Identifier: EUPL-1.2
import type { Failure, JsonValue, Relation } from '@amtsbote/canonical';

import type { ApplicationDetail } from './applications.js';

/** What an entry of a timeline tells of. */
export type TimelineKind = 'journal' | 'attempt' | 'effect' | 'payment' | 'pickup' | 'decision' | 'message' | 'deadLetter';

/** One thing that happened, or that is still to happen, to one application. */
export interface TimelineEntry<Time = string> {
  readonly at: Time;
  readonly kind: TimelineKind;
  /** Dotted and stable: `step.parked`, `attempt.ended`, `effect.done`, `message.waiting`. */
  readonly event: string;
  /** Name of the step. */
  readonly step?: string;
  readonly actor?: string;
  readonly data: Readonly<Record<string, JsonValue | Failure>>;
}

/** How an application hangs together with another one. */
export interface RelatedApplication {
  readonly kind: Relation['kind'];
  /** `to`: this one names the other; `from`: the other names this one. */
  readonly direction: 'to' | 'from';
  /** Reference of the other one, or what the sender called it. */
  readonly reference: string;
  /** `null`: it is not here. */
  readonly id: string | null;
}

/** One application's whole story. */
export interface Timeline<Time = string> {
  readonly application: ApplicationDetail<Time>;
  readonly related: readonly RelatedApplication[];
  /** Oldest first. */
  readonly entries: readonly TimelineEntry<Time>[];
}
