// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';

import {
  accountOf,
  ADDRESS_PARTS,
  APPLICANT_PARTS,
  applicantOf,
  applicantPart,
  type ApplicationDraft,
  checkedDraft,
  FormLedger,
  IntakeRejection,
  isJsonObject,
  ownEntry,
  pointerTo,
  readJson,
  type ReceivedSubmission,
} from '@amtsbote/adapter-kit';
import { type Applicant, LeikaKey } from '@amtsbote/canonical';

import { attachmentsOfDocument } from './webhook.attachments.mapping.js';
import { SentDocument } from './webhook.document.mapping.js';
import { consentsOf, placesOf, relationsOf } from './webhook.extras.mapping.js';
import { formOfDocument } from './webhook.form.mapping.js';
import type { WebhookMapping, WebhookOptions } from './webhook.options.js';
import { paymentOf } from './webhook.payment.mapping.js';
import { completed, type CompleteMapping, type CompleteOptions } from './webhook.profiles.mapping.js';
import { HEADER } from './webhook.wire.js';

/**
 * A verified webhook in canonical words, as the endpoint's mapping says. Pure.
 * @throws IntakeRejection `malformed` or `untranslatable`, naming the place.
 */
export function translated({ request }: ReceivedSubmission, given: WebhookOptions): ApplicationDraft {
  const options = completed(given);
  const { mapping } = options;
  const document = documentIn(request.body);
  const ledger = new FormLedger();
  const submissionId = submissionIdOf(mapping, document, request);
  const formId = document.text(mapping.formId);
  const formVersion = document.text(mapping.formVersion);
  const authorityId = document.text(mapping.authorityId);
  const attachments = attachmentsOfDocument(options, document);
  const payment = paymentOf(mapping.payment, document);
  const draft = {
    submissionId,
    test: isTest(mapping, document),
    ...(formId === undefined ? {} : { formId }),
    ...(formVersion === undefined ? {} : { formVersion }),
    ...(authorityId === undefined ? {} : { authorityId }),
    serviceName: document.text(mapping.serviceName) ?? formId ?? '',
    leikaKeys: leikaKeysOf(options, formId, document),
    applicant: applicantOfDocument(mapping, document),
    attachments,
    places: placesOf(mapping.places, document),
    consents: consentsOf(mapping.consents, document),
    deadlines: [],
    relations: relationsOf(mapping.relations, document),
    ...(payment === undefined ? {} : { payment }),
    form: formOfDocument(options, { document, ledger, elsewhere: notAnswers(mapping) }),
  };
  const sources = document.sources(mapping.ignored);
  for (const pointer of mapping.ignored) document.markUsed(pointer);
  document.keepRest(ledger);
  return checkedDraft({ ...draft, unmapped: ledger.unmapped, sources });
}

/** Whether the body says of itself that it is no submission: a draft, saved on the way. */
export function isNoSubmission({ request }: ReceivedSubmission, given: WebhookOptions): boolean {
  const { noSubmission } = completed(given).mapping;
  if (noSubmission === undefined) return false;
  const said = documentIn(request.body).at(noSubmission.pointer);
  return typeof said === 'string' && noSubmission.values.includes(said);
}

function documentIn(body: Uint8Array): SentDocument {
  const root = readJson(body);
  if (!isJsonObject(root)) throw new IntakeRejection('malformed', 'not-an-object', 'The body has to be a JSON object.', '');
  return new SentDocument(root);
}

/** What may stand among the answers and is none. */
function notAnswers({ attachments, representation, places, consents, relations }: CompleteMapping): Set<string> {
  return new Set([...attachments, representation, places, consents, relations].filter((pointer) => pointer !== undefined));
}

function submissionIdOf(
  { submissionId }: WebhookMapping,
  document: SentDocument,
  { headers, body }: ReceivedSubmission['request'],
): string {
  if (typeof submissionId === 'object' && !Array.isArray(submissionId)) return `sha256-${createHash('sha256').update(body).digest('hex')}`;
  const places = submissionId === undefined ? [] : [submissionId].flat();
  const parts = submissionId === undefined ? [headers[HEADER.id]] : places.map((place) => document.text(place));
  const missing = parts.findIndex((part) => part === undefined || part === '');
  if (missing < 0) return parts.join('/');
  throw new IntakeRejection('malformed', 'submission-id-missing', 'The submission has to name itself.', places[missing] ?? HEADER.id);
}

/** A test must never pass for a real application, nor a real one for a test: what is neither yes nor no is refused. */
function isTest({ test }: WebhookMapping, document: SentDocument): boolean {
  const value = document.at(test);
  if (test === undefined || value === undefined) return false;
  const text = typeof value === 'boolean' || typeof value === 'string' ? String(value) : '';
  if (text !== 'true' && text !== 'false')
    throw new IntakeRejection('untranslatable', 'test-flag-unreadable', 'The test flag has to be true or false.', test);
  document.markUsed(test);
  return text === 'true';
}

function leikaKeysOf({ mapping, leikaByForm }: CompleteOptions, formId: string | undefined, document: SentDocument): readonly string[] {
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

function applicantOfDocument({ applicant: sources }: CompleteMapping, document: SentDocument): Applicant {
  const found = <Part extends (typeof APPLICANT_PARTS)[number] | (typeof ADDRESS_PARTS)[number]>(
    parts: readonly Part[],
  ): Partial<Record<Part, string>> => {
    const result: Partial<Record<Part, string>> = {};
    for (const part of parts) {
      const pointer = sources[part];
      const value = applicantPart(part, document.at(pointer));
      if (pointer === undefined || value === undefined) continue;
      document.markUsed(pointer);
      result[part] = value;
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
