// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';

import {
  applicantOfForm,
  type ApplicationDraft,
  checkedDraft,
  compileFee,
  FormLedger,
  IntakeRejection,
  overlaid,
  ownEntry,
  type ReceivedFile,
  type ReceivedSubmission,
} from '@amtsbote/adapter-kit';

import { formOf } from './formcycle.form.mapping.js';
import type { FormcycleOptions } from './formcycle.options.js';
import { type Parameters, parametersOf, placeOf } from './formcycle.parameters.mapping.js';
import { NO, YES } from './formcycle.wire.js';

/** Compiles what the options hold into the translation of one endpoint; the translation is pure. */
export function formcycleTranslation(options: FormcycleOptions): (submission: ReceivedSubmission) => ApplicationDraft {
  const feeOf = compileFee(options.payment, '/parameters');
  return (submission) => translated(submission, options, feeOf);
}

function translated(submission: ReceivedSubmission, options: FormcycleOptions, feeOf: ReturnType<typeof compileFee>): ApplicationDraft {
  if (submission.data.length === 0)
    throw new IntakeRejection('malformed', 'no-parameters', 'The form has to send its values.', '/parameters');
  const ledger = new FormLedger();
  const parameters = parametersOf(submission, options);
  const sent = Object.fromEntries([...parameters.rest].map(([name, [value = '']]) => [name, value]));
  const submissionId = submissionIdOf(submission, parameters, options);
  const formId = parameters.one(options.formId);
  const formVersion = parameters.one(options.formVersion);
  const serviceName = parameters.one(options.serviceName) ?? formId ?? '';
  const authorityId = parameters.one(options.authorityId);
  const test = isTest(parameters, options, ledger);
  for (const name of parameters.taken) ledger.took(placeOf(name));
  const form = formOf(parameters.rest, options, ledger);
  const known = {
    submissionId,
    test,
    ...(formId === undefined || formId === '' ? {} : { formId }),
    ...(formVersion === undefined || formVersion === '' ? {} : { formVersion }),
    ...(authorityId === undefined || authorityId === '' ? {} : { authorityId }),
    serviceName: ledger.name(serviceName, '/serviceName'),
    leikaKeys: ownEntry(options.leikaByForm, formId ?? '') ?? options.leikaKeys,
    applicant: applicantOfForm(form, options.names),
    form,
    attachments: submission.files.map((file) => ({
      name: file.fileName,
      mediaType: file.mediaType,
      purpose: purposeOf(file, submission.files, options),
      file,
    })),
    places: [],
    consents: [],
    deadlines: [],
    relations: [],
  };
  const draft = checkedDraft({ ...known, ...feeOf(known), unmapped: ledger.unmapped, sources: ledger.sources });
  return overlaid(draft, options.mapping, { sent, leikaByForm: options.leikaByForm });
}

/** @throws IntakeRejection `malformed`, code `submission-id-missing`. */
function submissionIdOf(submission: ReceivedSubmission, parameters: Parameters, { submissionId: source }: FormcycleOptions): string {
  if ('contentHash' in source) return contentHash(submission);
  const isParameter = 'parameter' in source;
  const id = isParameter ? parameters.one(source) : submission.request.headers[source.header.toLowerCase()];
  if (id !== undefined && id.trim() !== '') return id;
  const place = isParameter ? placeOf(source.parameter) : source.header;
  throw new IntakeRejection('malformed', 'submission-id-missing', 'The submission has to name itself.', place);
}

/** Of names, values and files, in the order sent. */
function contentHash({ data, files }: ReceivedSubmission): string {
  const hash = createHash('sha256');
  for (const { name, value } of data) hash.update(`${JSON.stringify(name)} ${value.length} `).update(value);
  for (const { partName, fileName, sha512 } of files) hash.update(`${JSON.stringify([partName, fileName])} ${sha512}`);
  return `sha256-${hash.digest('hex')}`;
}

/** A test must never pass for a real application, nor a real one for a test: what is neither yes nor no is refused. */
function isTest(parameters: Parameters, { test }: FormcycleOptions, ledger: FormLedger): boolean {
  if (test === undefined) return false;
  const said = parameters.one({ parameter: test }) ?? '';
  // The word itself is kept where it is not the one that the canonical application shows.
  if (!['true', 'false', ''].includes(said)) ledger.keep(placeOf(test), said);
  const word = said.trim().toLowerCase();
  if (YES.includes(word)) return true;
  if (NO.includes(word)) return false;
  throw new IntakeRejection('untranslatable', 'test-mark-unclear', 'Has to say yes (true, ja, 1) or no (false, nein, 0).', placeOf(test));
}

/** There is one representation; a second one is kept, as an attachment. */
function purposeOf(
  file: ReceivedFile,
  files: readonly ReceivedFile[],
  { representation }: FormcycleOptions,
): 'representation' | 'attachment' {
  if (representation === undefined) return 'attachment';
  return files.find(({ partName }) => partName === representation) === file ? 'representation' : 'attachment';
}
