// SPDX-License-Identifier: EUPL-1.2
import type { Application, JsonValue, Unmapped } from '@amtsbote/canonical';

import type { FieldFate } from './form-versions.js';

/** What a submission would become; sent to be looked at, nothing is stored. */
export interface MappingTrialOrder {
  readonly endpoint: string;
  /** As the sender would say it, with boundary or charset. */
  readonly contentType: string;
  /** The body, base64. */
  readonly content: string;
  /** Headers of the sender that its mapping reads; credentials are not looked at. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Tried in the place of the endpoint's `mapping`. */
  readonly mapping?: JsonValue;
}

/** Where a submission does not fit: no values, only the place and what is expected there. */
export interface SchemaViolationView {
  readonly path: string;
  /** Stable: `required`, `type`, `maxLength`. */
  readonly rule: string;
  readonly message: string;
}

/** The outcome: what was sent, what became of it, what is left over. Holds personal data: for the one who asked, and not to be kept. */
export interface MappingTrial {
  readonly endpoint: string;
  readonly input: {
    readonly mediaType: string;
    readonly bytes: number;
    readonly parts: readonly { readonly name: string; readonly bytes: number; readonly fileName: string | null }[];
  };
  /** What would be stored, with ids that are made up; `null` when it would be refused or passed over. */
  readonly application: Application | null;
  readonly unmapped: readonly Unmapped[];
  readonly fields: readonly { readonly path: string; readonly fate: FieldFate }[];
  /** Violations of the schema that the form is bound to; `null`: it is bound to none. */
  readonly violations: readonly SchemaViolationView[] | null;
  /** Name of the route that would be taken; `null`: none. */
  readonly route: string | null;
  /** A draft, by the sender's own word. */
  readonly passedOver: boolean;
  readonly rejection: { readonly kind: string; readonly code: string; readonly detail: string; readonly place: string | null } | null;
}
