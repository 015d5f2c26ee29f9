// SPDX-License-Identifier: EUPL-1.2
import {
  ADDRESS_PARTS,
  type AddressPart,
  APPLICANT_PARTS,
  applicantOf,
  type ApplicantPart,
  applicantPart,
  IntakeRejection,
  type ReceivedFile,
} from '@amtsbote/adapter-kit';
import { type Applicant, fieldsOf, type FormItem, type FormValue } from '@amtsbote/canonical';

import type { ApplicantFields, OzgCloudOptions } from './ozg-cloud.options.js';

/** Values of the fields at the end of whose path `fieldPath` stands, in the order of the form. */
function valuesAt(form: readonly FormItem[], fieldPath: string): { path: string; value: FormValue }[] {
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

/**
 * Every file the form announces has to be there, each counted once: an application whose Lageplan got lost on the way is not complete.
 * @throws IntakeRejection `untranslatable`, code `attachment-missing`, naming the field, never the file (names tell about people).
 */
export function checkAnnouncedFiles(form: readonly FormItem[], files: readonly ReceivedFile[], options: OzgCloudOptions): void {
  const here = files.map(({ fileName }) => foldedName(fileName));
  for (const { path, value } of options.fileFields.flatMap((field) => valuesAt(form, field))) {
    const announced =
      typeof value === 'string'
        ? value
            .split(options.fileSeparator)
            .map((name) => name.trim())
            .filter((name) => name !== '')
        : [];
    const missing = announced.filter((name) => !taken(here, foldedName(name)));
    if (missing.length > 0) {
      const detail = `${missing.length} of ${announced.length} files announced in this field did not arrive.`;
      throw new IntakeRejection('untranslatable', 'attachment-missing', detail, path.slice(0, 300));
    }
  }
}

function taken(names: string[], name: string): boolean {
  const index = names.indexOf(name);
  if (index >= 0) names.splice(index, 1);
  return index >= 0;
}

/** Senders fold the names of parts (gover: every run of other than letters, digits and _ becomes one _): compared as if both were. */
function foldedName(name: string): string {
  return name.normalize('NFC').replace(/\W+/g, '_').toLowerCase();
}
