// SPDX-License-Identifier: EUPL-1.2

/** Why the intake refuses for a while. */
export type IntakeRefusal = 'storage-low' | 'backlog-full' | 'too-many-at-once' | 'too-much-at-once';

/** What the intake of the process that answers is bearing, and what it can bear. */
export interface IntakeLoadView {
  /** Submissions being taken. */
  readonly inFlight: number;
  readonly inFlightMax: number;
  /** What they may hold in memory. */
  readonly memoryBytes: number;
  readonly memoryBytesMax: number;
  /** Free space of the blob directory; `null` when it cannot be read. */
  readonly freeBytes: number | null;
  readonly freeBytesMin: number;
  /** Messages still to be handled, counted up to the limit. */
  readonly backlogs: readonly { readonly tenant: string; readonly waiting: number }[];
  readonly backlogMax: number;
  /** Since the process started. */
  readonly refused: Readonly<Record<IntakeRefusal, number>>;
  /** Whether somebody was refused a short while ago. */
  readonly isPressed: boolean;
  /** Whether one of the limits is reached to 70 percent. */
  readonly nearLimit: boolean;
}
