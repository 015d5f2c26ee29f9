// SPDX-License-Identifier: EUPL-1.2
import type { CatalogueObjectKind, Failure } from '@amtsbote/canonical';

/** How far a run has read. */
export interface CatalogueRunProgress {
  readonly documents: number;
  readonly documentsTotal?: number;
  readonly bytesRead: number;
  /** Absent while unknown. */
  readonly bytesTotal?: number;
  readonly objects: number;
  /** Parts without a place in the model; every one is kept with its object. */
  readonly unknownParts: number;
}

/** What a run does to the objects of one kind. */
export interface KindCounts {
  /** In the catalogue before the run; of increments without removals only those that they name. */
  readonly before: number;
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
}

/** What a run comes to. */
export interface RunCounts {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  readonly unchanged: number;
  /** Removals of what was not there. */
  readonly unknownRemovals: number;
  readonly kinds: Readonly<Partial<Record<CatalogueObjectKind, KindCounts>>>;
}

/** Something in use that a run breaks or changes. */
export interface Impact {
  /** `service`: a key that routes or endpoints name is described no more; the others: who or what is competent for it is another. */
  readonly what: 'service' | 'authority' | 'onlineService' | 'form' | 'fee';
  readonly tenant: string;
  readonly leikaKey: string;
  readonly before: string | null;
  readonly after: string | null;
  /** Names of routes and endpoints that use the key. */
  readonly routes: readonly string[];
  readonly endpoints: readonly string[];
  /** Applications for it that are not finished. */
  readonly openApplications: number;
}

/** Why a run waits for a person. */
export interface Hold {
  readonly reason: 'vanishing' | 'impact';
  readonly detail: string;
  /** For `vanishing`: which kind of object, how many there are, how many would go. */
  readonly kind?: string;
  readonly before?: number;
  readonly removed?: number;
}

/** A run of the catalogue as people watch it. */
export interface RunView<Time = string> {
  readonly id: number;
  readonly source: string;
  readonly kind: 'sync' | 'document' | 'rollback';
  readonly isDryRun: boolean;
  /** Known once the first page was read. */
  readonly mode: 'snapshot' | 'increments' | null;
  readonly state:
    'requested' | 'reading' | 'comparing' | 'held' | 'applying' | 'applied' | 'checked' | 'failed' | 'cancelled' | 'discarded';
  readonly actor: string;
  /** Name of the document, for runs of one. */
  readonly document: string | null;
  /** Process that works at it. */
  readonly owner: string | null;
  readonly progress: CatalogueRunProgress | null;
  readonly counts: RunCounts | null;
  readonly impact: readonly Impact[] | null;
  readonly hold: readonly Hold[] | null;
  readonly failure: Failure | null;
  /** Version it made. */
  readonly version: number | null;
  readonly findings: { readonly muss: number; readonly soll: number };
  /** Since it began, while it reads. */
  readonly objectsPerSecond: number | null;
  readonly bytesPerSecond: number | null;
  /** How long reading still takes, in milliseconds; `null` when the source does not say how much it is. */
  readonly remainingMs: number | null;
  readonly requestedAt: Time;
  readonly finishedAt: Time | null;
}

/** A source of the catalogue as people see it. */
export interface SourceView<Time = string> {
  readonly name: string;
  readonly instance: string;
  readonly tenants: readonly string[];
  readonly dueAt: Time | null;
  /** Why it is not read by itself. */
  readonly pausedReason: string | null;
  readonly lastRun: RunView<Time> | null;
  readonly objects: Readonly<Record<string, number>>;
  readonly history: SourceHistory<Time>;
}

/** How far back a source can be read, compared and gone back to. */
export interface SourceHistory<Time = string> {
  /** Versions of the source that are kept whole. */
  readonly versions: number;
  /** From this version of the catalogue on everything can be read; 0: nothing was ever removed. */
  readonly oldestVersion: number;
  /** When the oldest of them was applied. */
  readonly oldestAt: Time | null;
  /** Older versions that are kept because applications name them. */
  readonly namedVersions: number;
  /** What is no longer promised is being removed. */
  readonly isRemoving: boolean;
  /** States of objects removed so far, and the bytes of their contents as the database had stored them. */
  readonly removedStates: number;
  readonly removedBytes: number;
}

/** A finding of a run. */
export interface FindingView {
  readonly no: number;
  readonly severity: 'muss' | 'soll';
  readonly code: string;
  readonly message: string;
  readonly document: string;
  readonly line: number | null;
  readonly kind: string | null;
  readonly agency: string | null;
  readonly id: string | null;
}

/** One object in the difference between two versions. */
export interface Difference {
  readonly op: 'add' | 'change' | 'remove';
  readonly source: string;
  readonly kind: string;
  readonly agency: string;
  readonly id: string;
}
