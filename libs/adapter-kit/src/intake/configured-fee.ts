// SPDX-License-Identifier: EUPL-1.2
import type { PaymentDemand } from '@amtsbote/canonical';
import { z } from 'zod';

import { compileCondition, expression, ExpressionError } from '../expression.js';
import { IntakeRejection } from '../intake-rejection.js';
import type { ApplicationDraft } from '../ports/forms.js';

/** The fee of an endpoint's applications, decided by the operator where the sender's format has no payment. */
export const ConfiguredFee = z.strictObject({
  /** Condition (CEL) on the application; absent = always. Read optional fields with `text(fields, "name")`. */
  when: expression().optional(),
  /** Cents. */
  cents: z.int().min(1).max(99_999_900),
  /** SEPA characters; the payment adapter adds the reference where it has room. */
  purpose: z.string().regex(/^[A-Za-z0-9 /?:().,'+-]{1,27}$/, 'at most 27 characters of the SEPA set'),
  description: z.string().min(1).max(250),
  /** Of the one position. */
  reference: z.string().min(1).max(36).default('gebuehr'),
  /** Accounting data (Kontierung) as agreed with the bookkeeping. */
  bookingData: z.record(z.string().max(100), z.string().max(250)).default({}),
});
export type ConfiguredFee = z.infer<typeof ConfiguredFee>;

/** What is known of a draft when its fee is decided. */
export type FeeSubject = Pick<ApplicationDraft, 'test' | 'applicant' | 'serviceName' | 'leikaKeys' | 'form'>;

/**
 * Compiles the condition once. @returns the demand for a draft, nothing when none is due.
 * It throws IntakeRejection `untranslatable`, code `fee-undecidable`, at `place`: waiving a fee silently would be worse.
 */
export function compileFee(fee: ConfiguredFee | undefined, place: string): (known: FeeSubject) => Pick<ApplicationDraft, 'payment'> {
  if (fee === undefined) return () => ({});
  const when = fee.when === undefined ? undefined : compileCondition(fee.when);
  return (known) => (when === undefined || isDue(() => when(subjectOf(known)), place) ? { payment: demandOf(fee) } : {});
}

function subjectOf({ test, applicant, serviceName, leikaKeys, form }: FeeSubject): Parameters<ReturnType<typeof compileCondition>>[0] {
  return { application: { test, applicant, form: [...form], publicService: { name: serviceName, leikaKeys: [...leikaKeys] } } };
}

function isDue(when: () => boolean, place: string): boolean {
  try {
    return when();
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw new IntakeRejection(
      'untranslatable',
      'fee-undecidable',
      'The configured condition of the fee cannot be evaluated for this submission.',
      place,
    );
  }
}

function demandOf(fee: ConfiguredFee): PaymentDemand {
  const amount = { cents: fee.cents, currency: 'EUR' } as const;
  const item = { reference: fee.reference, description: fee.description, amount, quantity: 1, bookingData: { ...fee.bookingData } };
  return { amount, purpose: fee.purpose, description: fee.description, items: [item] };
}
