// SPDX-License-Identifier: EUPL-1.2
import {
  type ApplicationDraft,
  checkedDraft,
  compileFee,
  FormLedger,
  IntakeRejection,
  isJsonObject,
  ownEntry,
  pointerTo,
  readJson,
  type ReceivedSubmission,
  valueAt,
} from '@amtsbote/adapter-kit';
import type { FormItem, JsonValue, Relation } from '@amtsbote/canonical';

import { applicantOfSubmission } from './form-solutions.applicant.mapping.js';
import { attachmentsOf } from './form-solutions.attachments.mapping.js';
import { type Conversion, itemOf, itemsOf } from './form-solutions.form.mapping.js';
import type { FormSolutionsOptions } from './form-solutions.options.js';
import { ASSISTANT_PREFIX, FILE_MEMBERS, PRELIMINARY } from './form-solutions.wire.js';

type Members = { [key: string]: JsonValue };

/** Name of the group that holds what the form server says about the submission itself. */
const ABOUT = 'einreichung';
const ELSEWHERE: readonly string[] = ['transID', 'identifier', 'payload', 'secureData', ...FILE_MEMBERS];

/** Compiles what the options hold into the translation of one endpoint; the translation is pure, for what is sent and what is fetched alike. */
export function formSolutionsTranslation(options: FormSolutionsOptions): (submission: ReceivedSubmission) => ApplicationDraft {
  const feeOf = compileFee(options.payment, '/payload');
  return (submission) => translated(submission, options, feeOf);
}

/** Whether the citizen has not sent it off yet. @throws IntakeRejection `malformed` */
export function isPreliminary({ request }: ReceivedSubmission): boolean {
  return rootOf(request.body)['status'] === PRELIMINARY;
}

/** The status a fetched submission has by now. */
export function statusOf(body: Uint8Array): string | undefined {
  const { status } = rootOf(body);
  return typeof status === 'string' ? status : undefined;
}

function translated(
  { request, files }: ReceivedSubmission,
  options: FormSolutionsOptions,
  feeOf: ReturnType<typeof compileFee>,
): ApplicationDraft {
  const root = rootOf(request.body);
  const ledger = new FormLedger();
  const conversion: Conversion = { ledger, labels: options.labels };
  const submissionId = root['transID'];
  if (typeof submissionId !== 'string' || submissionId.trim() === '')
    throw new IntakeRejection('malformed', 'trans-id-missing', 'transID has to name the submission.', '/transID');
  const identifier = textOf(root, 'identifier', ledger);
  const payload = embedded(root['payload']);
  const secure = embedded(root['secureData']);
  const form = formOf(root, { payload, secure }, conversion);
  const known = {
    submissionId,
    test: isTest(root, options),
    ...(identifier === '' ? {} : { formId: identifier }),
    serviceName: ledger.name(byArticle(options.services, identifier) ?? identifier, '/identifier'),
    leikaKeys: byArticle(options.leikaByForm, identifier) ?? options.leikaKeys,
    applicant: applicantOfSubmission(root, isJsonObject(secure) ? secure : {}, form, options),
    form,
    attachments: attachmentsOf(root, submissionId, files, ledger),
    places: [],
    consents: [],
    deadlines: [],
    relations: relationsOf(payload, options),
  };
  return checkedDraft({ ...known, ...feeOf(known), unmapped: ledger.unmapped });
}

/** @throws IntakeRejection */
function rootOf(body: Uint8Array): Members {
  const root = readJson(body);
  if (isJsonObject(root)) return root;
  throw new IntakeRejection('malformed', 'not-an-object', 'A submission has to be a JSON object.', '/');
}

/** What was given at the start of the assistant, what the account says, and what the form server says of the submission. */
function formOf(root: Members, { payload, secure }: { payload: JsonValue; secure: JsonValue }, conversion: Conversion): FormItem[] {
  const given = payload === null ? [] : [itemOf(payload, 'payload', '/payload', conversion)];
  const account = secure === null ? [] : [itemOf(secure, 'secureData', '/secureData', conversion)];
  const about = Object.fromEntries(Object.entries(root).filter(([member, value]) => !ELSEWHERE.includes(member) && value !== null));
  if (Object.keys(about).length === 0) return [...given, ...account];
  conversion.ledger.enter(1, '/');
  const items = itemsOf(readable(about), '', conversion, 2);
  return [...given, ...account, { kind: 'group', name: ABOUT, label: 'Angaben zur Einreichung', items }];
}

/** Milliseconds since 1970 are for nobody to read. */
function readable(about: Members): Members {
  const { submissionDate } = about;
  if (typeof submissionDate !== 'number') return about;
  const moment = new Date(submissionDate);
  return Number.isNaN(moment.getTime()) ? about : { ...about, submissionDate: moment.toISOString() };
}

/** JSON that may be embedded as an object, or as its text. */
function embedded(value: JsonValue | undefined): JsonValue {
  if (value === undefined || value === '') return null;
  if (typeof value !== 'string' || !/^\s*[{[]/.test(value)) return value;
  try {
    return readJson(Buffer.from(value));
  } catch (error) {
    // A text that only begins like JSON is a text; what is too deep for anybody is not.
    if (error instanceof IntakeRejection && error.kind === 'malformed') return value;
    throw error;
  }
}

function textOf(root: Members, member: string, ledger: FormLedger): string {
  const value = root[member];
  if (typeof value === 'string') return value;
  if (value !== undefined && value !== null) ledger.keep(pointerTo('', member), value);
  return '';
}

function isTest({ options: about }: Members, { testTypes }: FormSolutionsOptions): boolean {
  const type = isJsonObject(about) ? about['submissionType'] : undefined;
  return typeof type === 'string' && testTypes.includes(type);
}

/** The token that a prefill left comes back in the payload: it says where the values are from. */
function relationsOf(payload: JsonValue, { prefilledFrom }: FormSolutionsOptions): Relation[] {
  const target = valueAt(payload, prefilledFrom);
  return typeof target === 'string' && target !== '' && target.length <= 200 ? [{ kind: 'prefilledFrom', target }] : [];
}

/** Operators may write an article as they know it, with or without the prefix of assistants. */
function byArticle<Value>(table: Readonly<Record<string, Value>>, article: string): Value | undefined {
  const bare = article.startsWith(ASSISTANT_PREFIX) ? article.slice(ASSISTANT_PREFIX.length) : article;
  return ownEntry(table, article) ?? ownEntry(table, bare) ?? ownEntry(table, ASSISTANT_PREFIX + bare);
}
