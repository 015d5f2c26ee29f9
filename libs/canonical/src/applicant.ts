// SPDX-License-Identifier: EUPL-1.2
import { z } from 'zod';

const text = z.string().max(500);

/** Postal address; every part as the citizen wrote it. */
export const Address = z.strictObject({
  street: text.optional(),
  houseNumber: text.optional(),
  postalCode: text.optional(),
  city: text.optional(),
  country: text.optional(),
});
export type Address = z.infer<typeof Address>;

/**
 * Who vouched for the applicant and how strongly. The trust level is the identity provider's own word
 * (`STORK-QAA-Level-1`, `substanziell`, …), carried unchanged and never upgraded (TR-03107-1).
 */
export const Identity = z.strictObject({ provider: text, trustLevel: text.optional() });
export type Identity = z.infer<typeof Identity>;

/** Where the answer goes: the handle of the applicant's mailbox (Postkorb, Postfach) at the service account. */
export const Mailbox = z.strictObject({ handle: text, type: text.optional(), system: text.optional() });
export type Mailbox = z.infer<typeof Mailbox>;

/** The person or organisation that applies (Antragsteller:in). */
export const Applicant = z.strictObject({
  kind: z.enum(['person', 'organisation', 'unknown']),
  familyName: text.optional(),
  givenName: text.optional(),
  organisationName: text.optional(),
  dateOfBirth: z.iso.date().optional(),
  email: text.optional(),
  phone: text.optional(),
  address: Address.optional(),
  identity: Identity.optional(),
  mailbox: Mailbox.optional(),
});
export type Applicant = z.infer<typeof Applicant>;
