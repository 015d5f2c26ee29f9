// SPDX-License-Identifier: EUPL-1.2

/** An object as a trial shows it. */
export interface TriedObject {
  readonly key: string;
  readonly title: string;
  /** Object class, category or type of the DMS; empty where there is none. */
  readonly class: string;
  readonly properties: readonly { readonly name: string; readonly values: readonly string[] }[];
}

/** What a filing step would do, worked out without the DMS. */
export interface TriedStep {
  readonly step: string;
  readonly instance: string;
  /** System, address, user; no secrets. */
  readonly target: string;
  /** Rule of the Aktenplan; null: the instance's own options. */
  readonly rule: { readonly name: string; readonly version: number; readonly retention: string | null } | null;
  /** The step's condition; null: there is none, or it cannot be evaluated for this application. */
  readonly runs: boolean | null;
  readonly result: {
    readonly cabinet: string;
    readonly akte: TriedObject;
    readonly vorgang: TriedObject;
    readonly documents: readonly (TriedObject & { readonly document: string; readonly role: string })[];
  } | null;
  /** Why it could not be filed. */
  readonly problem: { readonly kind: string; readonly code: string; readonly message: string } | null;
}

/** Where an application would be filed by a route; nothing was filed. */
export interface FilingTrial {
  readonly reference: string;
  readonly route: string;
  /** Whether what depends on personal data is hidden: always for applications the hub holds. */
  readonly masked: boolean;
  readonly steps: readonly TriedStep[];
}
