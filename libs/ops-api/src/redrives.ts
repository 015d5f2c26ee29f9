// SPDX-License-Identifier: EUPL-1.2
import type { ApplicationState, StepKind } from '@amtsbote/canonical';

/** What a redrive is about: steps in front of a person, or messages that no handler could take. */
export type RedriveWhat = 'steps' | 'deadLetters';

/** Which of them; everything that is given has to fit. */
export interface RedriveFilter<Time = string> {
  readonly tenant?: string | undefined;
  /** Adapter instance or pickup queue. */
  readonly instance?: string | undefined;
  /** Steps: what they do. */
  readonly kind?: StepKind | undefined;
  /** Dead letters: type of the message. */
  readonly type?: string | undefined;
  /** Steps: code of the failure. Dead letters: the reason. */
  readonly code?: string | undefined;
  /** Steps: kind of the failure. */
  readonly failureKind?: string | undefined;
  readonly route?: string | undefined;
  /** State of the application as the citizen sees it. */
  readonly state?: ApplicationState | undefined;
  /** Parked or died at or after. */
  readonly from?: Time | undefined;
  /** Parked or died before. */
  readonly to?: Time | undefined;
}

/** What fits a filter and failed alike: the same error 214 times is one line. */
export interface RedriveGroup<Time = string> {
  readonly instance: string | null;
  /** Code of the failure; of dead letters the reason. */
  readonly code: string;
  /** Kind of the failure; of dead letters the type of the message. */
  readonly kind: string;
  readonly count: number;
  readonly oldestAt: Time;
  /** Whether nobody can tell if it has happened: left out unless asked for. */
  readonly uncertain: boolean;
}

/** What a redrive would do. */
export interface RedrivePreview<Time = string> {
  /** How many it would touch, those that nobody can tell about not counted. */
  readonly matched: number;
  /** Parked because nobody can tell whether it has happened. */
  readonly uncertain: number;
  /** The largest first; not all when there are very many. */
  readonly groups: readonly RedriveGroup<Time>[];
}

/** `running` and `paused` may change; the others are ends. */
export type RedriveState = 'running' | 'paused' | 'done' | 'cancelled';

/** A job that redrives in bulk. */
export interface RedriveJobView<Time = string> {
  readonly id: string;
  readonly what: RedriveWhat;
  /** Whose applications it may touch; `null` = all. */
  readonly tenants: readonly string[] | null;
  readonly filter: RedriveFilter;
  /** Whether it asks targets again that could not tell. */
  readonly uncertain: boolean;
  readonly ratePerSecond: number;
  /** Who asked for it, and why. */
  readonly actor: string;
  readonly reason: string;
  readonly state: RedriveState;
  /** Who brought it into this state, and why. */
  readonly stateBy: string;
  readonly stateReason: string;
  /** What fitted when it was asked for. */
  readonly matched: number;
  readonly redriven: number;
  /** Changed by somebody else meanwhile, or not to be redriven as they are. */
  readonly refused: number;
  /** Why, by code. */
  readonly refusals: Readonly<Record<string, number>>;
  readonly remaining: number;
  /** At its rate, in seconds; `null` unless it runs. */
  readonly remainingSeconds: number | null;
  readonly requestedAt: Time;
  readonly startedAt: Time | null;
  readonly changedAt: Time;
  readonly finishedAt: Time | null;
}
