// SPDX-License-Identifier: EUPL-1.2
import type { CatalogueMode, CatalogueProgress } from '@amtsbote/adapter-kit';
import type { Failure } from '@amtsbote/canonical';
import type { Hold, Impact, RunCounts } from '@amtsbote/ops-api';

/*
 * Terminology
 *   source    a configured catalogue of somebody: one adapter instance, the tenants it is for, a cursor
 *   run       one attempt to bring the hub's copy of a source to another state: by reading it (sync), by a document that somebody brought
 *             (document), or by going back to an earlier version (rollback)
 *   staging   what a run has read so far: a table of its own that nobody else reads
 *   change    what a run would do to one object: add, change or remove; the difference between staging and the catalogue
 *   version   the whole catalogue (all sources) as one run left it; numbers only grow. A reader names one, or gets the current one
 *
 * A run:  requested ─▶ reading ─▶ comparing ─▶ applying ─▶ applied
 *                                                │  ▲
 *                                                ▼  │ approve
 *                                               held ─▶ discarded        dry run: ends as `checked`; any open run: failed, cancelled
 *
 * Every state can be left by a crash: the next process claims the run after its lease, under a higher fence, and goes on in the state it
 * finds. Reading goes on at the last saved cursor, comparing begins anew, applying is one transaction.
 */

export type RunKind = 'sync' | 'document' | 'rollback';
export type ActiveState = 'reading' | 'comparing' | 'held' | 'applying';
export type EndState = 'applied' | 'checked' | 'failed' | 'cancelled' | 'discarded';
export type RunState = 'requested' | ActiveState | EndState;

/** A document that was brought and waits in the blob store. */
export interface BroughtDocument {
  readonly blob: string;
  readonly name: string;
  readonly mode: CatalogueMode;
  readonly bytes: number;
}

/** A run as it is stored. */
export interface Run {
  readonly id: number;
  readonly source: string;
  readonly sourceNo: number;
  readonly kind: RunKind;
  readonly isDryRun: boolean;
  /** Known once the first page was read. */
  readonly mode: CatalogueMode | null;
  readonly state: RunState;
  readonly actor: string;
  readonly upload: BroughtDocument | null;
  /** Version to go back to. */
  readonly targetVersion: number | null;
  readonly startCursor: string | null;
  readonly cursor: string | null;
  /** How many changes had been staged at the cursor. */
  readonly cursorPosition: number;
  readonly position: number;
  /** The whole source was read. */
  readonly isComplete: boolean;
  readonly progress: CatalogueProgress | null;
  readonly progressBase: CatalogueProgress | null;
  readonly counts: RunCounts | null;
  readonly impact: readonly Impact[] | null;
  readonly hold: readonly Hold[] | null;
  readonly approvedBy: string | null;
  readonly failure: Failure | null;
  /** Version it was compared with. */
  readonly baseVersion: number | null;
  /** Version it made. */
  readonly version: number | null;
  readonly cancelRequested: boolean;
  readonly leaseOwner: string | null;
  readonly fence: number;
  readonly failures: number;
  readonly dueAt: Date;
  readonly requestedAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

/** Another process took the run over: whatever is done for it here has no effect any more. */
export class RunLost extends Error {
  override readonly name = 'RunLost';
}

/** An operator cancelled the run. */
export class RunCancelled extends Error {
  override readonly name = 'RunCancelled';
}
