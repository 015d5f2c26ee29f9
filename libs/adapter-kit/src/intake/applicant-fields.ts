// SPDX-License-Identifier: EUPL-1.2
import { type Applicant, fieldsOf, type FormItem, type FormValue } from '@amtsbote/canonical';
import { z } from 'zod';

import { ADDRESS_PARTS, type AddressPart, APPLICANT_PARTS, applicantOf, type ApplicantPart, applicantPart } from './applicant-parts.js';

/** A field by its technical name, or by the end of its path: `anschrift/ort` is the field `ort` in a group `anschrift`. */
export const FieldPath = z.string().min(1).max(1_000);

/** Where a part of the applicant stands: the first field that is answered counts. */
const fieldPaths = (...paths: string[]): z.ZodDefault<z.ZodArray<z.ZodString>> => z.array(FieldPath).max(20).default(paths);

/** Field names of the applicant's parts; the defaults are those of common German sample forms. */
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

/** Values of the fields at the end of whose path `fieldPath` stands, in the order of the form. */
export function valuesAt(form: readonly FormItem[], fieldPath: string): { path: string; value: FormValue }[] {
  const wanted = `/${fieldPath}`;
  return [...fieldsOf(form)]
    .map(({ path, field }) => ({ path: `/${[...path, field.name].join('/')}`, value: field.value }))
    .filter(({ path }) => path.endsWith(wanted));
}

/** The applicant as the form names it; identity and mailbox come from elsewhere. */
export function applicantOfForm(form: readonly FormItem[], names: ApplicantFields): Applicant {
  const found = <Part extends ApplicantPart | AddressPart>(parts: readonly Part[]): Partial<Record<Part, string>> => {
    const result: Partial<Record<Part, string>> = {};
    for (const part of parts) {
      const candidates = names[part].flatMap((path) => valuesAt(form, path)).map(({ value }) => applicantPart(part, value));
      const first = candidates.find((value) => value !== undefined);
      if (first !== undefined) result[part] = first;
    }
    return result;
  };
  return applicantOf({ parts: found(APPLICANT_PARTS), address: found(ADDRESS_PARTS) });
}
