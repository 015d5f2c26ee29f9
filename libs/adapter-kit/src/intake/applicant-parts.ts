// SPDX-License-Identifier: EUPL-1.2
import { type Address, type Applicant, type JsonValue } from '@amtsbote/canonical';

import { isDay } from './day.js';

/** The parts of an applicant that forms ask for, by any name. */
export const APPLICANT_PARTS = ['familyName', 'givenName', 'organisationName', 'dateOfBirth', 'email', 'phone'] as const;
export type ApplicantPart = (typeof APPLICANT_PARTS)[number];
export const ADDRESS_PARTS = ['street', 'houseNumber', 'postalCode', 'city', 'country'] as const;
export type AddressPart = (typeof ADDRESS_PARTS)[number];

const GERMAN_DAY = /^(\d{2})\.(\d{2})\.(\d{4})$/;

/**
 * What a form's value contributes to the applicant, or `undefined` when it cannot be used there (unanswered, too long, no day). It stays in
 * the form or among the unmapped either way, so nothing is lost. Days may be ISO or German (`dd.mm.yyyy`).
 */
export function applicantPart(part: ApplicantPart | AddressPart, value: JsonValue | undefined): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const text = String(value).trim();
  if (text === '') return undefined;
  if (part !== 'dateOfBirth') return text.length <= 500 ? text : undefined;
  const day = text.replace(GERMAN_DAY, '$3-$2-$1');
  return isDay(day) ? day : undefined;
}

/** What an applicant is made of. */
export interface ApplicantParts {
  readonly parts: Readonly<Partial<Record<ApplicantPart, string>>>;
  readonly address: Readonly<Address>;
}

/** An organisation when it has an organisation's name, a person when it has a person's, else unknown. An empty address is left out. */
export function applicantOf({ parts, address }: ApplicantParts): Applicant {
  const isPerson = parts.familyName !== undefined || parts.givenName !== undefined;
  const kind = parts.organisationName !== undefined ? 'organisation' : isPerson ? 'person' : 'unknown';
  return { kind, ...parts, ...(Object.keys(address).length === 0 ? {} : { address }) };
}

/** What a sender says of the applicant's service account (BundID, Servicekonto). */
export interface AccountParts {
  readonly provider: string | undefined;
  readonly trustLevel: string | undefined;
  /** Handle of the mailbox; without it there is none. */
  readonly handle: string | undefined;
  /** Type and system of the mailbox. */
  readonly type: string | undefined;
  readonly system: string | undefined;
}

/** Identity and mailbox, carried unchanged, never upgraded. */
export function accountOf({ provider, trustLevel, handle, type, system }: AccountParts): Pick<Applicant, 'identity' | 'mailbox'> {
  const isIdentified = provider !== undefined || trustLevel !== undefined;
  return {
    ...(isIdentified ? { identity: { provider: provider ?? '', ...(trustLevel === undefined ? {} : { trustLevel }) } } : {}),
    ...(handle === undefined
      ? {}
      : { mailbox: { handle, ...(type === undefined ? {} : { type }), ...(system === undefined ? {} : { system }) } }),
  };
}
