// SPDX-License-Identifier: EUPL-1.2
/* The hub's answers, as far as the command line shows them; what else is in them is passed on with --json. */

export interface Failure {
  readonly kind: string;
  readonly code: string;
  readonly message: string;
}

export interface Application {
  readonly id: string;
  readonly reference: string;
  readonly tenant: string;
  readonly service: string;
  readonly submissionId: string;
  readonly route: string | null;
  readonly state: string;
  readonly progress: string;
  readonly receivedAt: string;
}

export interface Step {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly instance: string;
  readonly state: string;
  readonly attempts: number;
  readonly dueAt: string | null;
  readonly failure: Failure | null;
  readonly actions: readonly string[];
}

export interface Entry {
  readonly at: string;
  readonly kind: string;
  readonly event: string;
  readonly step?: string;
  readonly actor?: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface Timeline {
  readonly application: Application & { readonly steps: readonly Step[] };
  readonly entries: readonly Entry[];
}

export interface Instance {
  readonly name: string;
  readonly type: string;
  readonly target: string;
  readonly paused: boolean;
  readonly pausedReason: string | null;
  readonly breaker: string;
  readonly due: number;
  readonly running: number;
  readonly awaiting: number;
  readonly parked: number;
  readonly oldestDueAt: string | null;
}

export interface Probe {
  readonly name: string;
  readonly type: string;
  readonly target: string;
  readonly ok: boolean;
  readonly checks: readonly { readonly name: string; readonly ok: boolean; readonly detail: string }[];
}

export interface Queue {
  readonly name: string;
  readonly tenant: string;
  readonly offered: number;
  readonly leased: number;
  readonly rejected: number;
  readonly oldestOfferedAt: string | null;
  readonly lastCollectedAt: string | null;
}

export interface DeadLetter {
  readonly id: string;
  readonly type: string;
  readonly applicationId: string;
  readonly reason: string;
  readonly deliveries: number;
  readonly diedAt: string;
}

export interface ParkedGroup {
  readonly instance: string | null;
  readonly code: string;
  readonly message: string;
  readonly count: number;
  readonly oldestAt: string;
}
