// SPDX-License-Identifier: EUPL-1.2
import type { FormItem, FormValue, JsonValue } from '@amtsbote/canonical';
import { type z } from 'zod';

import type { ApplicationDraft } from '../../ports/forms.js';
import { checkedDraft } from '../checked-draft.js';
import { consentsOf, placesOf, relationsOf } from './extras.js';
import { completeMapping, FormMapping, type MappingSettings } from './form-mapping.js';
import { applicantOfDocument, leikaKeysOf } from './map-document.js';
import { paymentOf } from './payment.js';
import { SentDocument } from './sent-document.js';

/**
 * The mapping language where a format already says what is an answer: what the mapping names goes before what the adapter found. Pointers begin at
 * `{form, sent}`: the answers by their names (`/form/anschrift/ort`), and what the sender says around them.
 */
export const OverlayMapping = FormMapping.pick({
  version: true,
  formId: true,
  formVersion: true,
  serviceName: true,
  authorityId: true,
  leikaKeys: true,
  applicant: true,
  payment: true,
  places: true,
  consents: true,
  relations: true,
  tables: true,
});
export type OverlayMapping = z.infer<typeof OverlayMapping>;

/** A draft with what the mapping says. Answers are copied, not moved. Pure. @throws IntakeRejection `untranslatable`. */
export function overlaid(
  draft: ApplicationDraft,
  given: OverlayMapping | undefined,
  { sent, leikaByForm }: { sent: JsonValue } & Pick<MappingSettings, 'leikaByForm'>,
): ApplicationDraft {
  if (given === undefined) return draft;
  const mapping = completeMapping(given);
  const document = new SentDocument({ form: answersOf(draft.form), sent }, mapping.tables);
  const known = {
    formId: document.text(mapping.formId),
    formVersion: document.text(mapping.formVersion),
    serviceName: document.text(mapping.serviceName),
    authorityId: document.text(mapping.authorityId),
    payment: paymentOf(mapping.payment, document),
  };
  const { kind: _found, ...own } = applicantOfDocument(mapping, document);
  const applicant = { ...draft.applicant, ...own, ...addressOf(draft, own) };
  const keys = mapping.leikaKeys === undefined ? [] : leikaKeysOf({ mapping, leikaByForm }, known.formId ?? draft.formId, document);
  return checkedDraft({
    ...draft,
    ...Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined)),
    leikaKeys: keys.length === 0 ? draft.leikaKeys : keys,
    applicant: { ...applicant, kind: kindOf(applicant) },
    places: [...draft.places, ...placesOf(mapping.places, document)],
    consents: [...draft.consents, ...consentsOf(mapping.consents, document)],
    relations: [...draft.relations, ...relationsOf(mapping.relations, document)],
  });
}

function addressOf({ applicant }: ApplicationDraft, { address }: Pick<ApplicationDraft['applicant'], 'address'>): object {
  return address === undefined ? {} : { address: { ...applicant.address, ...address } };
}

function kindOf({
  organisationName,
  familyName,
  givenName,
}: Omit<ApplicationDraft['applicant'], 'kind'>): 'organisation' | 'person' | 'unknown' {
  if (organisationName !== undefined) return 'organisation';
  return familyName !== undefined || givenName !== undefined ? 'person' : 'unknown';
}

/** Answers by name; of several with one name in one group the first. */
function answersOf(items: readonly FormItem[]): { [name: string]: JsonValue } {
  const answers = new Map<string, FormValue | { [name: string]: JsonValue }>();
  for (const item of items) if (!answers.has(item.name)) answers.set(item.name, item.kind === 'group' ? answersOf(item.items) : item.value);
  return Object.fromEntries(answers);
}
