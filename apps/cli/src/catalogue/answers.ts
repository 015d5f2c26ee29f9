// SPDX-License-Identifier: EUPL-1.2
/* The hub's answers about the catalogue, as far as the command line shows them. */

export interface Progress {
  readonly documents: number;
  readonly documentsTotal?: number;
  readonly bytesRead: number;
  readonly bytesTotal?: number;
  readonly objects: number;
}

export interface Impact {
  readonly what: string;
  readonly tenant: string;
  readonly leikaKey: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly routes: readonly string[];
  readonly endpoints: readonly string[];
  readonly openApplications: number;
}

export interface Run {
  readonly id: number;
  readonly source: string;
  readonly kind: string;
  readonly isDryRun: boolean;
  readonly mode: string | null;
  readonly state: string;
  readonly actor: string;
  readonly document: string | null;
  readonly progress: Progress | null;
  readonly counts: {
    readonly added: number;
    readonly changed: number;
    readonly removed: number;
    readonly unchanged: number;
    readonly unknownRemovals: number;
  } | null;
  readonly impact: readonly Impact[] | null;
  readonly hold: readonly { readonly reason: string; readonly detail: string }[] | null;
  readonly failure: { readonly code: string; readonly message: string } | null;
  readonly version: number | null;
  readonly findings: { readonly muss: number; readonly soll: number };
  readonly objectsPerSecond: number | null;
  readonly bytesPerSecond: number | null;
  readonly remainingMs: number | null;
  readonly requestedAt: string;
  readonly finishedAt: string | null;
}

export interface Finding {
  readonly no: number;
  readonly severity: string;
  readonly code: string;
  readonly message: string;
  readonly document: string;
  readonly line: number | null;
  readonly kind: string | null;
  readonly agency: string | null;
  readonly id: string | null;
}

export interface Difference {
  readonly op: string;
  readonly kind: string;
  readonly agency: string;
  readonly id: string;
}

export interface Source {
  readonly name: string;
  readonly instance: string;
  readonly dueAt: string | null;
  readonly pausedReason: string | null;
  readonly lastRun: Run | null;
  readonly objects: Readonly<Record<string, number>>;
}
