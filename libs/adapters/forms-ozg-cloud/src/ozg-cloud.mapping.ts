// SPDX-License-Identifier: EUPL-1.2
import {
  accountOf,
  applicantOfForm,
  type ApplicationDraft,
  type AttachmentDraft,
  checkedDraft,
  compileFee,
  FormLedger,
  IntakeRejection,
  isJsonObject,
  overlaid,
  ownEntry,
  pointerTo,
  readJson,
  type ReceivedFile,
  type ReceivedSubmission,
} from '@amtsbote/adapter-kit';
import { type Applicant, type JsonValue, LeikaKey } from '@amtsbote/canonical';

import { checkAnnouncedFiles } from './ozg-cloud.fields.mapping.js';
import { formOf } from './ozg-cloud.form.mapping.js';
import type { OzgCloudOptions } from './ozg-cloud.options.js';
import { PART } from './ozg-cloud.wire.js';

/** Parts that are data, even when they come as files. */
export const DATA_PARTS: readonly string[] = [PART.formData];

type Members = { [key: string]: JsonValue };

/** Compiles what the options hold into the translation of one endpoint; the translation is pure. */
export function ozgCloudTranslation(options: OzgCloudOptions): (submission: ReceivedSubmission) => ApplicationDraft {
  const feeOf = compileFee(options.payment, '/formData');
  return (submission) => translated(submission, options, feeOf);
}

function translated(submission: ReceivedSubmission, options: OzgCloudOptions, feeOf: ReturnType<typeof compileFee>): ApplicationDraft {
  const ledger = new FormLedger();
  const root = rootOf(submission);
  const control = membersOf(root['control'], '/control', ledger);
  const submissionId = control.text('transactionId');
  if (submissionId === undefined || submissionId === '') {
    throw new IntakeRejection(
      'malformed',
      'transaction-id-missing',
      'control.transactionId has to name the submission.',
      '/control/transactionId',
    );
  }
  if (!Array.isArray(root['formData']))
    throw new IntakeRejection('malformed', 'form-data-missing', 'formData has to be an array.', '/formData');
  const form = formOf(root['formData'], '/formData', ledger);
  for (const [member, value] of Object.entries(root))
    if (member !== 'control' && member !== 'formData') ledger.keep(pointerTo('', member), value);
  const formId = control.text('formId');
  const name = control.text('name') ?? formId ?? '';
  const authorityId = control.text('zustaendigeStelle');
  const sent = leikaKeysOf(control.take('leikaIds'), ledger);
  const leikaKeys = sent.length > 0 || formId === undefined ? sent : (ownEntry(options.leikaByForm, formId) ?? []);
  const applicant: Applicant = { ...applicantOfForm(form, options.names), ...accountOfControl(control.take('serviceKonto'), ledger) };
  control.keepRest();
  checkAnnouncedFiles(form, submission.files, options);
  const known = {
    submissionId,
    test: options.test,
    ...(formId === undefined ? {} : { formId }),
    ...(authorityId === undefined ? {} : { authorityId }),
    serviceName: ledger.name(name, '/control/name'),
    leikaKeys,
    applicant,
    form,
    attachments: attachmentsOf(submission, ledger),
    places: [],
    consents: [],
    deadlines: [],
    relations: [],
  };
  const draft = checkedDraft({ ...known, ...feeOf(known), unmapped: ledger.unmapped, sources: ledger.sources });
  return overlaid(draft, options.mapping, { sent: root['control'] ?? null, leikaByForm: options.leikaByForm });
}

function rootOf(submission: ReceivedSubmission): Members {
  const parts = submission.data.filter(({ name }) => name === PART.formData);
  const [part] = parts;
  if (part === undefined) throw new IntakeRejection('malformed', 'missing-part', 'The part "formData" is missing.', PART.formData);
  if (parts.length > 1) throw new IntakeRejection('malformed', 'duplicate-part', 'The part "formData" may come once.', PART.formData);
  const root = readJson(part.value);
  if (!isJsonObject(root))
    throw new IntakeRejection('malformed', 'not-an-object', 'The part "formData" has to be a JSON object.', PART.formData);
  return root;
}

/** Reads an object member by member; `keepRest` records everything that was not understood. */
function membersOf(
  value: JsonValue | undefined,
  pointer: string,
  ledger: FormLedger,
): { text(m: string): string | undefined; take(m: string): JsonValue | undefined; keepRest(): void } {
  const members = new Map(Object.entries(isJsonObject(value) ? value : {}));
  if (value !== undefined && value !== null && !isJsonObject(value)) ledger.keep(pointer, value);
  const take = (member: string): JsonValue | undefined => {
    const taken = members.get(member) ?? undefined;
    members.delete(member);
    if (taken !== undefined && typeof taken !== 'object') ledger.took(pointerTo(pointer, member));
    return taken;
  };
  return {
    take,
    text: (member) => {
      const given = members.get(member);
      if (typeof given !== 'string' && typeof given !== 'number') return undefined;
      members.delete(member);
      ledger.took(pointerTo(pointer, member));
      return String(given);
    },
    keepRest: () => {
      for (const [member, rest] of members) if (rest !== null) ledger.keep(pointerTo(pointer, member), rest);
    },
  };
}

function leikaKeysOf(value: JsonValue | undefined, ledger: FormLedger): string[] {
  const pointer = '/control/leikaIds';
  const ids = Array.isArray(value) ? value : [];
  if (value !== undefined && !Array.isArray(value)) ledger.keep(pointer, value);
  return ids.flatMap((id, index) => {
    const key = LeikaKey.safeParse(id);
    if (key.success) {
      ledger.took(pointerTo(pointer, index));
      return [key.data];
    }
    ledger.keep(pointerTo(pointer, index), id);
    return [];
  });
}

/** The service account (Servicekonto): carried unchanged, never upgraded. */
function accountOfControl(value: JsonValue | undefined, ledger: FormLedger): Pick<Applicant, 'identity' | 'mailbox'> {
  const pointer = '/control/serviceKonto';
  const account = membersOf(value, pointer, ledger);
  const provider = account.text('type');
  const trustLevel = account.text('trustLevel');
  const address = membersOf(account.take('postfachAddress'), `${pointer}/postfachAddress`, ledger);
  const handle = address.text('identifier');
  const type = handle === undefined ? undefined : address.text('type');
  account.keepRest();
  address.keepRest();
  return accountOf({ provider, trustLevel, handle, type, system: provider });
}

/** Every file, in the order sent, and file parts that came without a file name. Data parts nobody knows are kept as text, or as base64. */
function attachmentsOf(submission: ReceivedSubmission, ledger: FormLedger): AttachmentDraft[] {
  const files = submission.files.map((file): AttachmentDraft => {
    if (file.partName !== PART.representation && file.partName !== PART.attachment)
      ledger.keep(pointerTo('/parts', file.partName), file.fileName);
    return { name: file.fileName, mediaType: file.mediaType, purpose: purposeOf(file, submission.files), file };
  });
  const nameless: AttachmentDraft[] = [];
  for (const { name, value } of submission.data) {
    if (name === PART.formData) continue;
    if (name === PART.representation || name === PART.attachment) {
      nameless.push({ name, mediaType: 'application/octet-stream', purpose: name, bytes: value });
    } else ledger.keep(pointerTo('/parts', name), textOrBase64(value));
  }
  return [...files, ...nameless];
}

/** The format has one representation; a second one is kept, as an attachment. */
function purposeOf(file: ReceivedFile, files: readonly ReceivedFile[]): 'representation' | 'attachment' {
  return files.find(({ partName }) => partName === PART.representation) === file ? 'representation' : 'attachment';
}

function textOrBase64(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes);
  const text = buffer.toString('utf8');
  return Buffer.from(text, 'utf8').equals(buffer) ? text : buffer.toString('base64');
}
