// SPDX-License-Identifier: EUPL-1.2
import type { ApplicationState, Progress } from '@amtsbote/canonical';

/** Applications that are not over, counted. */
export interface OpenCount<Time = string> {
  readonly progress: Progress;
  readonly state: ApplicationState;
  readonly route: string | null;
  readonly count: number;
  readonly oldestReceivedAt: Time;
}

/** Where the house stands. */
export interface Overview<Time = string> {
  /** Everything that is not over. */
  readonly open: readonly OpenCount<Time>[];
  /** What came in within the last 24 hours, by what has become of it. */
  readonly last24Hours: Readonly<Record<Progress, number>>;
  readonly deadLetters: number;
}

/** Parked steps that fail alike: the same error 214 times is one line. */
export interface ParkedGroup<Time = string> {
  /** `null`: applications that no route matched. */
  readonly instance: string | null;
  readonly code: string;
  readonly kind: string;
  readonly message: string;
  readonly hintKey: string | null;
  readonly count: number;
  readonly oldestAt: Time;
}

/** A pickup queue and its collector. */
export interface QueueView<Time = string> {
  readonly name: string;
  readonly tenant: string;
  /** What a poll could take now. */
  readonly offered: number;
  readonly leased: number;
  readonly oldestOfferedAt: Time | null;
  readonly lastCollectedAt: Time | null;
  /** Given back by the Fachverfahren: in front of a person. */
  readonly rejected: number;
}

/** A message no handler could take. */
export interface DeadLetterView<Time = string> {
  readonly id: string;
  readonly type: string;
  /** `null`: the message is about none (the catalogue). */
  readonly applicationId: string | null;
  readonly tenant: string;
  readonly reason: string;
  readonly deliveries: number;
  readonly diedAt: Time;
}

/** A route an application can be given. */
export interface RouteName {
  readonly name: string;
}

/** Who is asking. */
export interface Session {
  readonly name: string;
  /** Whose applications that person may see; `null` = everybody's. */
  readonly tenants: readonly string[] | null;
  /** ARS → name of the municipality. */
  readonly tenantNames: Readonly<Record<string, string>>;
}

/** Opens the console once. */
export interface LoginLink<Time = string> {
  readonly url: string;
  readonly expiresAt: Time;
}
