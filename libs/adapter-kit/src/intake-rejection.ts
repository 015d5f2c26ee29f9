// SPDX-License-Identifier: EUPL-1.2

/** Why a submission is not accepted, and the HTTP status that says so. */
export const INTAKE_REJECTION_STATUS = { unsigned: 401, malformed: 400, untranslatable: 422, tooLarge: 413, wrongMediaType: 415 } as const;
export type IntakeRejectionKind = keyof typeof INTAKE_REJECTION_STATUS;

/**
 * The sender is wrong: nothing is stored, the sender is told where. Becomes an RFC 9457 problem+json. A duplicate is no rejection.
 * `place` points into the submission (JSON pointer, part name, header name); `detail` names expectation and what was found, without values
 * a citizen typed.
 */
export class IntakeRejection extends Error {
  override readonly name = 'IntakeRejection';
  constructor(
    readonly kind: IntakeRejectionKind,
    /** Stable, kebab-case: `signature-mismatch`, `missing-part`. */
    readonly code: string,
    readonly detail: string,
    readonly place?: string,
  ) {
    super(detail);
  }
  get status(): number {
    return INTAKE_REJECTION_STATUS[this.kind];
  }
}
