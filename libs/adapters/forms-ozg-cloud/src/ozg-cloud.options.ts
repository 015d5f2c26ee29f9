// SPDX-License-Identifier: EUPL-1.2
import { expression, secret } from '@amtsbote/adapter-kit';
import { LeikaKey } from '@amtsbote/canonical';
import { z } from 'zod';

/** A field by its technical name, or by the end of its path: `anschrift/ort` is the field `ort` in a group `anschrift`. */
const fieldPath = z.string().min(1).max(1_000);

/** Where a part of the applicant stands: the first field that is answered counts. */
const fieldPaths = (...paths: string[]): z.ZodDefault<z.ZodArray<z.ZodString>> => z.array(fieldPath).max(20).default(paths);

/** Visible ASCII without a colon: a Basic user name must not have one (RFC 7617). */
const username = z.string().regex(/^[\x20-\x39\x3b-\x7e]{1,200}$/, 'a user name without colon');

/** How the sender proves who it is. The format itself knows no credentials; which ones a sender can send is the sender's setting. */
export const OzgCloudAuth = z.discriminatedUnion('kind', [
  /** Anybody who reaches the endpoint may submit: only behind mTLS or a reverse proxy that checks the sender. */
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({ kind: z.literal('basic'), username, password: secret() }),
  z.strictObject({ kind: z.literal('bearer'), token: secret() }),
  z.strictObject({
    kind: z.literal('header'),
    name: z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/, 'a header name'),
    value: secret(),
  }),
]);
export type OzgCloudAuth = z.infer<typeof OzgCloudAuth>;

/** Field names of the applicant's parts; the defaults are the names of the format's sample form. */
export const ApplicantFields = z.strictObject({
  familyName: fieldPaths('nachname'),
  givenName: fieldPaths('vorname'),
  organisationName: fieldPaths('firmenname'),
  dateOfBirth: fieldPaths('geburtsdatum'),
  email: fieldPaths('e_mail', 'email'),
  phone: fieldPaths('telefonnummer', 'telefon'),
  street: fieldPaths('anschrift/strasse'),
  houseNumber: fieldPaths('anschrift/hausnummer'),
  postalCode: fieldPaths('anschrift/plz'),
  city: fieldPaths('anschrift/ort'),
  country: fieldPaths('anschrift/land'),
});
export type ApplicantFields = z.infer<typeof ApplicantFields>;

/** The fee of this endpoint's applications, decided by the operator: the format has no payment. */
export const OzgCloudFee = z.strictObject({
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
export type OzgCloudFee = z.infer<typeof OzgCloudFee>;

/** One endpoint for a sender of the OZG-Cloud format. */
export const OzgCloudOptions = z.strictObject({
  auth: OzgCloudAuth,
  /** Form id → LeiKa keys, for senders that send none (gover always sends an empty list). What a sender does send counts first. */
  leikaByForm: z.record(z.string().max(200), z.array(LeikaKey).min(1).max(20)).default({}),
  names: ApplicantFields.prefault({}),
  /** Fields whose text lists the uploaded files: a file named there has to arrive as a part. */
  fileFields: z.array(fieldPath).max(50).default([]),
  /** What stands between two file names in such a field. */
  fileSeparator: z.string().min(1).max(10).default('\n'),
  payment: OzgCloudFee.optional(),
  /** Everything at this endpoint is a test: the format cannot say so itself. */
  test: z.boolean().default(false),
});
export type OzgCloudOptions = z.infer<typeof OzgCloudOptions>;
