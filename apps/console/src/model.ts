// SPDX-License-Identifier: EUPL-1.2
/* The answers of the operators' API, as far as the console shows them; described in full at /docs. Times are ISO 8601. */

export type Progress = 'flowing' | 'parked' | 'finished' | 'cancelled';
export type StepState = 'waiting' | 'due' | 'running' | 'awaiting' | 'retrying' | 'inDoubt' | 'parked' | 'done' | 'skipped' | 'cancelled';
export type ApplicationState = 'INITIATED' | 'SUBMITTED' | 'RECEIVED' | 'PROCESSING' | 'ACTION_REQUIRED' | 'COMPLETED';

export interface Session {
  readonly name: string;
  readonly tenantNames: Readonly<Record<string, string>>;
}

export interface Failure {
  readonly kind: string;
  readonly code: string;
  readonly message: string;
  readonly hintKey?: string;
}

export interface Application {
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
  readonly receivedAt: string;
  readonly finishedAt: string | null;
}

export interface Step {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly instance: string;
  readonly pickup: boolean;
  readonly forDecision: boolean;
  readonly state: StepState;
  readonly dueAt: string | null;
  readonly attempts: number;
  readonly failure: Failure | null;
  readonly actions: readonly ('retry' | 'forceAct' | 'confirmDone' | 'skip')[];
}

export interface Entry {
  readonly at: string;
  readonly kind: string;
  readonly event: string;
  readonly step?: string;
  readonly actor?: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface Detail extends Application {
  readonly unmapped: number;
  readonly steps: readonly Step[];
}

export interface Timeline {
  readonly application: Detail;
  readonly entries: readonly Entry[];
}

export interface Instance {
  readonly name: string;
  readonly type: string;
  readonly target: string;
  readonly paused: boolean;
  readonly pausedReason: string | null;
  readonly pausedBy: string | null;
  readonly breaker: 'closed' | 'open' | 'halfOpen';
  readonly openUntil: string | null;
  readonly lastFailure: Failure | null;
  readonly due: number;
  readonly running: number;
  readonly awaiting: number;
  readonly parked: number;
  readonly oldestDueAt: string | null;
  readonly mayPause: boolean;
}

export interface Probe {
  readonly name: string;
  readonly part: 'instance' | 'endpoint';
  readonly type: string;
  readonly target: string;
  readonly ok: boolean;
  readonly durationMs: number;
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
  readonly kind: string;
  readonly message: string;
  readonly hintKey: string | null;
  readonly count: number;
  readonly oldestAt: string;
}

export interface Overview {
  readonly open: readonly { readonly progress: Progress; readonly count: number }[];
  readonly last24Hours: Readonly<Record<Progress, number>>;
  readonly deadLetters: number;
}
