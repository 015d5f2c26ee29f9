// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';

import { type Applicant, type JsonValue, LeikaKey } from '@amtsbote/canonical';

import { IntakeRejection } from '../../intake-rejection.js';
import type { ApplicationDraft, RawRequest, ReceivedFile } from '../../ports/forms.js';
import { accountOf, ADDRESS_PARTS, APPLICANT_PARTS, applicantOf, applicantPart } from '../applicant-parts.js';
import { checkedDraft } from '../checked-draft.js';
import { FormLedger } from '../form-limits.js';
import { pointerTo } from '../json-pointer.js';
import { ownEntry } from '../own-entry.js';
import { attachmentsOfDocument } from './attachments.js';
import { builtForm } from './built-form.js';
import { consentsOf, placesOf, relationsOf } from './extras.js';
import type { CompleteMapping, MappingSettings, Source } from './form-mapping.js';
import { formOfDocument } from './form-tree.js';
import { InlineFiles } from './inline-files.js';
import { paymentOf } from './payment.js';
import { SentDocument } from './sent-document.js';

/** What was sent beside the document. */
export interface SentAround {
  readonly request: Pick<RawRequest, 'headers' | 'body' | 'bodySha256'>;
  /** Files that were taken out of the document: their `partName` stands in their place. */
  readonly files?: readonly ReceivedFile[];
  /** The id where the mapping names none: of a signature's header. */
  readonly idHeader?: string;
}

/**
 * What was sent, in canonical words, as the mapping says. Pure.
 * @throws IntakeRejection `malformed` or `untranslatable`, naming the place.
 */
export function mapDocument(root: JsonValue, settings: MappingSettings, around: SentAround): ApplicationDraft {
  const { mapping } = settings;
  const files = new InlineFiles(around.files ?? []);
  const document = new SentDocument(root, mapping.tables);
  const ledger = new FormLedger();
  const submissionId = submissionIdOf(mapping, document, around);
  const formId = document.text(mapping.formId);
  const formVersion = document.text(mapping.formVersion);
  const authorityId = document.text(mapping.authorityId);
  const attachments = attachmentsOfDocument(settings, document, files);
  const payment = paymentOf(mapping.payment, document);
  const built = builtForm(mapping.fields, document, ledger);
  const draft = {
    submissionId,
    test: isTest(mapping, document),
    ...(formId === undefined ? {} : { formId }),
    ...(formVersion === undefined ? {} : { formVersion }),
    ...(authorityId === undefined ? {} : { authorityId }),
    serviceName: document.text(mapping.serviceName) ?? formId ?? '',
    leikaKeys: leikaKeysOf(settings, formId, document),
    applicant: applicantOfDocument(mapping, document),
    attachments,
    places: placesOf(mapping.places, document),
    consents: consentsOf(mapping.consents, document),
    deadlines: [],
    relations: relationsOf(mapping.relations, document),
    ...(payment === undefined ? {} : { payment }),
    form: [...built.items, ...formOfDocument(settings, { document, ledger, elsewhere: notAnswers(mapping, built.places) })],
  };
  const sources = document.sources(mapping.ignored);
  for (const pointer of mapping.ignored) document.markUsed(pointer);
  document.keepRest(ledger);
  return checkedDraft(files.keepRest({ ...draft, unmapped: ledger.unmapped, sources }));
}

/** Whether the document says of itself that it is no submission: a draft, saved on the way. */
export function saysNoSubmission(root: JsonValue, { noSubmission }: CompleteMapping): boolean {
  if (noSubmission === undefined) return false;
  const said = new SentDocument(root).at(noSubmission.pointer);
  return typeof said === 'string' && noSubmission.values.includes(said);
}

function submissionIdOf({ submissionId }: CompleteMapping, document: SentDocument, { request, idHeader }: SentAround): string {
  const { headers } = request;
  if (typeof submissionId === 'object' && 'contentHash' in submissionId)
    return `sha256-${request.bodySha256 ?? createHash('sha256').update(request.body).digest('hex')}`;
  const header = typeof submissionId === 'object' && 'header' in submissionId ? submissionId.header.toLowerCase() : idHeader;
  const places = typeof submissionId === 'string' || Array.isArray(submissionId) ? [submissionId].flat() : [];
  const parts = places.length === 0 ? [header === undefined ? undefined : headers[header]] : places.map((place) => document.text(place));
  const missing = parts.findIndex((part) => part === undefined || part === '');
  if (missing < 0) return parts.join('/');
  throw new IntakeRejection('malformed', 'submission-id-missing', 'The submission has to name itself.', places[missing] ?? header ?? '');
}

/** What may stand among the answers and is none. */
function notAnswers(
  { attachments, representation, places, consents, relations, notForm, linkedData }: CompleteMapping,
  builtFrom: readonly string[],
): Set<string> {
  return new Set(
    [...builtFrom, ...notForm, ...attachments, linkedData, representation, places, consents, relations].filter(
      (pointer) => pointer !== undefined,
    ),
  );
}

/** A test must never pass for a real application, nor a real one for a test: what is neither yes nor no is refused. */
function isTest({ test }: CompleteMapping, document: SentDocument): boolean {
  const value = document.at(test);
  if (test === undefined || value === undefined) return false;
  const text = typeof value === 'boolean' || typeof value === 'string' ? String(value) : '';
  if (text !== 'true' && text !== 'false')
    throw new IntakeRejection('untranslatable', 'test-flag-unreadable', 'The test flag has to be true or false.', test);
  document.markUsed(test);
  return text === 'true';
}

/** The keys that are sent, or configured for the form. */
export function leikaKeysOf(
  { mapping, leikaByForm }: Pick<MappingSettings, 'mapping' | 'leikaByForm'>,
  formId: string | undefined,
  document: SentDocument,
): readonly string[] {
  const { leikaKeys } = mapping;
  const configured = formId === undefined ? [] : (ownEntry(leikaByForm, formId) ?? []);
  if (leikaKeys === undefined) return configured;
  if (typeof leikaKeys !== 'string') return leikaKeys.texts;
  const value = document.at(leikaKeys);
  const places = Array.isArray(value) ? value.map((_, index) => pointerTo(leikaKeys, index)) : [leikaKeys];
  const sent = places.flatMap((place) => {
    const key = LeikaKey.safeParse(document.at(place));
    if (key.success) document.markUsed(place);
    return key.success ? [key.data] : [];
  });
  return sent.length > 0 ? sent : configured;
}

/** The applicant as the mapping finds it. */
export function applicantOfDocument({ applicant: sources }: CompleteMapping, document: SentDocument): Applicant {
  const found = <Part extends (typeof APPLICANT_PARTS)[number] | (typeof ADDRESS_PARTS)[number]>(
    parts: readonly Part[],
  ): Partial<Record<Part, string>> => {
    const result: Partial<Record<Part, string>> = {};
    for (const part of parts) {
      const value = partOf(part, sources[part], document);
      if (value !== undefined) result[part] = value;
    }
    return result;
  };
  const applicant = applicantOf({ parts: found(APPLICANT_PARTS), address: found(ADDRESS_PARTS) });
  return { ...applicant, ...accountOfDocument(sources, document) };
}

function accountOfDocument(sources: CompleteMapping['applicant'], document: SentDocument): Pick<Applicant, 'identity' | 'mailbox'> {
  const handle = document.text(sources.mailboxHandle);
  return accountOf({
    provider: document.text(sources.identityProvider),
    trustLevel: document.text(sources.trustLevel),
    handle,
    // Looked at only where there is a mailbox: otherwise they stay among the unmapped.
    type: handle === undefined ? undefined : document.text(sources.mailboxType),
    system: handle === undefined ? undefined : document.text(sources.mailboxSystem),
  });
}

/** A part that cannot be used there stays among the answers or the unmapped, where it stood. */
function partOf(
  part: (typeof APPLICANT_PARTS)[number] | (typeof ADDRESS_PARTS)[number],
  source: Source | undefined,
  document: SentDocument,
): string | undefined {
  return applicantPart(part, document.value(source, { isUsable: (value) => applicantPart(part, value) !== undefined }));
}
