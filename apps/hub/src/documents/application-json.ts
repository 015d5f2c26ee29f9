// SPDX-License-Identifier: EUPL-1.2
import { Application, Decision, type JsonValue, Payment } from '@amtsbote/canonical';
import { z } from 'zod';

/** Id of the JSON Schema that the data file follows: the value of its `$schema`. */
export const FILED_APPLICATION_SCHEMA_ID = 'urn:de:amtsbote:schema:filed-application:1';

/**
 * The data file of an application in the file: canonical words, nothing left out but the payment link (`payUrl`), which lets its holder act
 * for the citizen and changes while the payment is open.
 */
export const FiledApplication = z.strictObject({
  $schema: z.literal(FILED_APPLICATION_SCHEMA_ID),
  application: Application,
  payment: Payment.omit({ payUrl: true }).optional(),
  decision: Decision.optional(),
});
export type FiledApplication = z.infer<typeof FiledApplication>;

/** What goes into a document about an application. */
export interface DocumentSubject {
  readonly application: Application;
  readonly payment?: Payment;
  readonly decision?: Decision;
}

/**
 * The data file: UTF-8 JSON, keys sorted by code unit, indented by two spaces, newline at the end. Databases and parsers keep keys in different
 * orders; sorted, equal data give equal bytes.
 */
export function renderApplicationJson(subject: DocumentSubject): Buffer {
  return Buffer.from(`${JSON.stringify(sorted({ $schema: FILED_APPLICATION_SCHEMA_ID, ...fileable(subject) }), null, 2)}\n`);
}

/** The parts of a subject that are filed and handed over: without the payment link. */
export function fileable({ application, payment, decision }: DocumentSubject): {
  application: Application;
  payment?: Omit<Payment, 'payUrl'>;
  decision?: Decision;
} {
  const { payUrl: _payUrl, ...filedPayment } = payment ?? {};
  return {
    application,
    ...(payment === undefined ? {} : { payment: filedPayment as Omit<Payment, 'payUrl'> }),
    ...(decision === undefined ? {} : { decision }),
  };
}

function sorted(value: unknown): JsonValue {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value as JsonValue;
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  // Object.entries gives integer-like keys first whatever the order of insertion; so does JSON.stringify: the result is stable either way.
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, member]) => [key, sorted(member)]));
}
