// SPDX-License-Identifier: EUPL-1.2
import {
  accountOf,
  applicantOfForm,
  type ApplicationDraft,
  type AttachmentDraft,
  checkedDraft,
  FormLedger,
  IntakeRejection,
  isJsonObject,
  pointerTo,
  readJson,
  type ReceivedSubmission,
} from '@amtsbote/adapter-kit';
import { type Applicant, type Consent, type FormItem, type JsonValue, LeikaKey } from '@amtsbote/canonical';

import { areDataAttached, checkedMetadata } from './fit-connect.checks.mapping.js';
import { problem } from './fit-connect.errors.js';
import { formOfJson } from './fit-connect.form.mapping.js';
import type { AttachmentDescription, Metadata } from './fit-connect.metadata.wire.js';
import type { FitConnectOptions } from './fit-connect.options.js';
import { isSameId } from './fit-connect.set.auth.js';
import { PART, SubmissionPart } from './fit-connect.wire.js';
import { formOfXml } from './fit-connect.xml.mapping.js';

const LEIKA_URN = /^urn:de:fim:leika:leistung:(\d{14})$/;
/** A schema of FIM: `…/s17000717_1.0.schema.json`. */
const FIM_SCHEMA = /\/(s\d{8,12}(?:v\d+)?)[_v](\d+(?:\.\d+){0,2})[^/]*$/i;
const FORM_ID_LENGTH_MAX = 200;
/** Members of the metadata that have a place of their own, or say only what was checked. */
const PLACED = new Set(['$schema', 'contentStructure']);

/**
 * A fetched submission in canonical words. Pure.
 * @throws IntakeRejection `malformed` or `untranslatable`, naming the place.
 */
export function translated(received: ReceivedSubmission, options: FitConnectOptions): ApplicationDraft {
  const submission = submissionIn(received);
  const bytes = partOf(received, PART.metadata);
  const metadata = checkedMetadata(Buffer.from(bytes));
  const ledger = new FormLedger();
  const form = formOf(metadata, received.request.body, ledger, options);
  const sent = readJson(bytes);
  if (isJsonObject(sent)) keepRest(sent, metadata, ledger);
  ledger.keep('/submission/caseId', submission.caseId);
  ledger.keep('/submission/destinationId', submission.destinationId);
  const { previousSubmissionId, service } = submission;
  return checkedDraft({
    submissionId: submission.submissionId,
    test: options.test,
    ...formIdOf(metadata.contentStructure.data?.submissionSchema.schemaUri, ledger),
    serviceName: service.name ?? service.identifier,
    leikaKeys: leikaKeysOf(service.identifier, ledger),
    applicant: applicantOf(form, metadata, options),
    form,
    attachments: attachmentsOf(metadata, received),
    places: [],
    consents: consentsOf(metadata),
    deadlines: [],
    relations: previousSubmissionId === undefined ? [] : [{ kind: 'followUpOf', target: previousSubmissionId }],
    unmapped: ledger.unmapped,
  });
}

function submissionIn(received: ReceivedSubmission): SubmissionPart {
  const read = SubmissionPart.safeParse(readJson(partOf(received, PART.submission)));
  if (read.success) return read.data;
  throw new IntakeRejection(
    'malformed',
    'submission-unreadable',
    'What the delivery service says of the submission is missing.',
    PART.submission,
  );
}

function partOf({ data }: ReceivedSubmission, name: string): Uint8Array {
  const part = data.find((candidate) => candidate.name === name);
  if (part === undefined) throw new IntakeRejection('malformed', 'part-missing', `The part "${name}" is missing.`, name);
  return part.value;
}

function formOf({ contentStructure }: Metadata, body: Uint8Array, ledger: FormLedger, { labels }: FitConnectOptions): FormItem[] {
  const { data } = contentStructure;
  if (data === undefined || (body.length === 0 && areDataAttached(contentStructure))) return [];
  return data.submissionSchema.mimeType === 'application/json' ? formOfJson(body, ledger, labels) : formOfXml(body, ledger, labels);
}

/** What the metadata say beyond what has a place; the reply channel stays here whole, because an answer needs it. */
function keepRest(sent: { [key: string]: JsonValue }, { contentStructure }: Metadata, ledger: FormLedger): void {
  for (const [name, value] of Object.entries(sent)) if (!PLACED.has(name)) ledger.keep(pointerTo('/metadata', name), value);
  const structure = sent['contentStructure'];
  if (!isJsonObject(structure)) return;
  for (const [name, value] of Object.entries(structure)) {
    if (name !== 'attachments' && name !== 'data') ledger.keep(`/metadata/contentStructure/${name}`, value);
  }
  if (isJsonObject(structure['data']))
    keepOthers(structure['data'], ['hash', 'submissionSchema'], '/metadata/contentStructure/data', ledger);
  const described = structure['attachments'];
  contentStructure.attachments.forEach((_, index) => {
    const attachment = Array.isArray(described) ? described[index] : undefined;
    const pointer = `/metadata/contentStructure/attachments/${index}`;
    if (isJsonObject(attachment))
      keepOthers(attachment, ['hash', 'mimeType', 'filename', 'attachmentId', 'purpose', 'fragments'], pointer, ledger);
    if (isJsonObject(attachment) && attachment['purpose'] !== 'form') ledger.keep(`${pointer}/purpose`, attachment['purpose'] ?? null);
  });
}

function keepOthers(object: { [key: string]: JsonValue }, placed: readonly string[], pointer: string, ledger: FormLedger): void {
  for (const [name, value] of Object.entries(object)) if (!placed.includes(name)) ledger.keep(pointerTo(pointer, name), value);
}

/** Number and version of a FIM schema, or the address of any other. */
function formIdOf(schemaUri: string | undefined, ledger: FormLedger): { formId?: string; formVersion?: string } {
  if (schemaUri === undefined) return {};
  const [, id, version] = FIM_SCHEMA.exec(schemaUri) ?? [];
  if (id !== undefined && version !== undefined) return { formId: id.toUpperCase(), formVersion: version };
  if (schemaUri.length > FORM_ID_LENGTH_MAX) ledger.keep('/metadata/contentStructure/data/submissionSchema/schemaUri', schemaUri);
  return { formId: schemaUri.slice(0, FORM_ID_LENGTH_MAX) };
}

function leikaKeysOf(identifier: string, ledger: FormLedger): string[] {
  const key = LeikaKey.safeParse(LEIKA_URN.exec(identifier)?.[1]);
  if (key.success) return [key.data];
  ledger.keep('/submission/service/identifier', identifier);
  return [];
}

/**
 * The applicant by the data. Nobody vouches for it: an identification report is kept as it came, because nothing here verifies it, and form
 * fields are never an identity.
 */
function applicantOf(form: readonly FormItem[], { replyChannel }: Metadata, { applicant }: FitConnectOptions): Applicant {
  const handle = replyChannel?.idBundDeMailbox?.mailboxUuid;
  const account = {
    provider: undefined,
    trustLevel: undefined,
    handle,
    type: undefined,
    system: handle === undefined ? undefined : 'id.bund.de',
  };
  return { ...applicantOfForm(form, applicant), ...accountOf(account) };
}

/** Without the word of the citizen there is no consent and no refusal. */
function consentsOf({ additionalReferenceInfo }: Metadata): Consent[] {
  const given = additionalReferenceInfo?.['zustimmungZumDigitalenBescheid'];
  return typeof given === 'boolean' ? [{ purpose: 'zustimmungZumDigitalenBescheid', given }] : [];
}

function attachmentsOf({ contentStructure }: Metadata, { files }: ReceivedSubmission): AttachmentDraft[] {
  return contentStructure.attachments.map((description: AttachmentDescription) => {
    const { attachmentId, filename, mimeType, purpose } = description;
    const file = files.find(({ partName }) => isSameId(partName, attachmentId));
    if (file === undefined) throw problem('attachments-mismatch', 'metadata');
    return { name: filename ?? attachmentId, mediaType: mimeType, purpose: purpose === 'form' ? 'representation' : 'attachment', file };
  });
}
