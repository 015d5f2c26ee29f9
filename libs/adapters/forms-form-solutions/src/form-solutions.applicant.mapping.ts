// SPDX-License-Identifier: EUPL-1.2
import {
  accountOf,
  ADDRESS_PARTS,
  type AddressPart,
  APPLICANT_PARTS,
  applicantOf,
  applicantOfForm,
  type ApplicantPart,
  applicantPart,
} from '@amtsbote/adapter-kit';
import type { Applicant, FormItem, JsonValue } from '@amtsbote/canonical';

import type { FormSolutionsOptions } from './form-solutions.options.js';
import { SECURE_MEMBERS } from './form-solutions.wire.js';

type Members = { [key: string]: JsonValue };

/**
 * The applicant: what the account (BundID, MUK) vouches for counts first, then what the form says, then what the form server notes. The trust level is
 * the account's own word, in whichever of its two vocabularies, and never upgraded.
 */
export function applicantOfSubmission(
  submission: Members,
  secure: Members,
  form: readonly FormItem[],
  { names }: FormSolutionsOptions,
): Applicant {
  const vouched = partsOf(secure);
  const said = applicantOfForm(form, names);
  const saidAddress = said.address ?? {};
  const saidParts: Partial<Record<ApplicantPart, string>> = {};
  for (const part of APPLICANT_PARTS) if (said[part] !== undefined) saidParts[part] = said[part];
  const email = applicantPart('email', submission['applicantEMail'] ?? undefined);
  // An address is taken as a whole: a street of here with a town of there would be nobody's.
  const address = Object.keys(vouched.address).length > 0 ? vouched.address : saidAddress;
  const parts = { ...(email === undefined ? {} : { email }), ...saidParts, ...vouched.parts };
  const isNamed = parts.familyName !== undefined || parts.givenName !== undefined || parts.organisationName !== undefined;
  const noted = isNamed ? undefined : applicantPart('familyName', submission['applicantName'] ?? undefined);
  return {
    ...applicantOf({ parts: { ...parts, ...(noted === undefined ? {} : { familyName: noted }) }, address }),
    ...accountOfSecure(secure),
  };
}

function partsOf(secure: Members): { parts: Partial<Record<ApplicantPart, string>>; address: Partial<Record<AddressPart, string>> } {
  const found = <Part extends ApplicantPart | AddressPart>(wanted: readonly Part[]): Partial<Record<Part, string>> => {
    const result: Partial<Record<Part, string>> = {};
    for (const part of wanted) {
      const members: readonly string[] = SECURE_MEMBERS[part];
      const value = members.map((member) => applicantPart(part, secure[member] ?? undefined)).find((one) => one !== undefined);
      if (value !== undefined) result[part] = value;
    }
    return result;
  };
  return { parts: found(APPLICANT_PARTS), address: found(ADDRESS_PARTS) };
}

function accountOfSecure(secure: Members): Pick<Applicant, 'identity' | 'mailbox'> {
  const text = (member: string): string | undefined => {
    const value = secure[member];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const provider = text(SECURE_MEMBERS.provider);
  const account = { provider, trustLevel: text(SECURE_MEMBERS.trustLevel), handle: text(SECURE_MEMBERS.mailbox) };
  return accountOf({ ...account, type: undefined, system: provider });
}
