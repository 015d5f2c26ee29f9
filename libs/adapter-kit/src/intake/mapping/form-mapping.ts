// SPDX-License-Identifier: EUPL-1.2
import { FormValueType, LeikaKey } from '@amtsbote/canonical';
import { z } from 'zod';

import { ADDRESS_PARTS, APPLICANT_PARTS } from '../applicant-parts.js';
import { jsonPointer } from '../json-pointer.js';
import { boundExpression } from './bound-expression.js';

/*
 * The mapping language, version 1: from what a form server sends, seen as JSON, to the words of the canonical application. Data, no code; what
 * paths, constants, dates and tables cannot say is said by an expression (CEL), which sees nothing but the values it names.
 *
 * Terminology
 *   pointer   JSON Pointer (RFC 6901) into what was sent: `/data/name`; within a repeated group `./name` is a member of the row
 *   source    where a value comes from: a pointer, a constant, a pointer with a way to read it, or an expression on pointers
 */

/** The version of the language; a file that says another one is refused when it is loaded. */
export const MAPPING_VERSION = 1;

const ABSOLUTE = jsonPointer().min(1);
const RELATIVE = z
  .string()
  .max(1_000)
  .regex(/^\.(?:\/(?:[^~/]|~[01])*)+$/, 'a pointer within the row such as ./name');
const pointer = z.union([ABSOLUTE, RELATIVE]);

/** How days are written. Moments count as the day they are in Germany. */
export const DAY_FORMATS = [
  'yyyy-mm-dd',
  'dd.mm.yyyy',
  'yyyymmdd',
  'dd/mm/yyyy',
  'isoMoment',
  'epochSeconds',
  'epochMilliseconds',
] as const;
export type DayFormat = (typeof DAY_FORMATS)[number];

const table = z.record(z.string().max(500), z.string().max(2_000));
const ReadSource = z.strictObject({
  /** The first place that holds something counts; the others stay unmapped. */
  at: z.union([pointer, z.array(pointer).min(1).max(20)]),
  /** Read as a day, given as ISO 8601. */
  day: z.enum(DAY_FORMATS).optional(),
  /** Read as a number: `de` = 1.234,50. */
  number: z.enum(['de', 'plain']).optional(),
  /** Word of the sender → word of ours; the name of one of `tables`, or a table. */
  lookup: z.union([z.string().min(1).max(100), table]).optional(),
  /** Where it is missing, or in no table, or cannot be read. */
  otherwise: z.string().max(500).optional(),
});
const ExpressionSource = z.strictObject({
  /** Name in the expression → where its value stands; missing values are null. */
  from: z.record(z.string().regex(/^[a-z_][a-zA-Z0-9_]{0,49}$/, 'a name such as street'), pointer),
  /** CEL on exactly these names. `text(x)` writes out a value, null as nothing. */
  expr: z.string().min(1).max(1_000),
});

/** Where a text comes from. */
export const Source = z
  .union([pointer, z.strictObject({ text: z.string().max(500) }), ReadSource, ExpressionSource])
  .superRefine((source, ctx) => {
    if (typeof source !== 'object' || !('expr' in source)) return;
    const problem = boundExpression(source).problem;
    if (problem !== undefined) ctx.addIssue({ code: 'custom', message: `not a valid expression (CEL): ${problem}` });
  });
export type Source = z.infer<typeof Source>;

const APPLICANT_SOURCES = [
  ...APPLICANT_PARTS,
  ...ADDRESS_PARTS,
  'identityProvider',
  'trustLevel',
  'mailboxHandle',
  'mailboxType',
  'mailboxSystem',
] as const;

/** Where the demand stands. A missing, null or zero amount is no demand; an unreadable one refuses the submission. */
export const PaymentMapping = z.strictObject({
  amount: ABSOLUTE,
  /** `decimal`: 26, 26.5, "26.00" euros; `cents`: whole cents. */
  unit: z.enum(['cents', 'decimal']),
  /** Anything but EUR refuses the submission. */
  currency: Source.default({ text: 'EUR' }),
  /** At most 27 characters; what is longer is cut and kept whole among the unmapped. */
  purpose: Source,
  description: Source,
  reference: Source.default({ text: 'gebuehr' }),
  /** An object of accounting data (Kontierung). */
  bookingData: ABSOLUTE.optional(),
  /** No demand when the text at `pointer` is one of `values`: the portal has already collected the money. */
  unless: z.strictObject({ pointer: ABSOLUTE, values: z.array(z.string().min(1)).min(1) }).optional(),
});
export type PaymentMapping = z.infer<typeof PaymentMapping>;

const named = { name: z.string().min(1).max(500), label: z.string().min(1).max(2_000) };
/** One answer that is put together by the mapping. */
export interface MappedField {
  readonly name: string;
  readonly label: string;
  readonly type?: z.infer<typeof FormValueType> | undefined;
  readonly value: Source;
}
/** A section; with `each` a group that is repeated, one row for each element of a list. */
export interface MappedGroup {
  readonly name: string;
  readonly label: string;
  readonly each?: string | undefined;
  readonly fields: readonly MappedItem[];
}
export type MappedItem = MappedField | MappedGroup;
const MappedField = z.strictObject({ ...named, type: FormValueType.optional(), value: Source });
const MappedGroup = z.strictObject({
  ...named,
  each: pointer.optional(),
  get fields(): z.ZodArray<z.ZodType<MappedItem>> {
    return z.array(MappedItem).min(1).max(500);
  },
});
const MappedItem: z.ZodType<MappedItem> = z.lazy(() => z.union([MappedField, MappedGroup]));

/** From what was sent to canonical words. What is absent comes from a profile, if there is one. */
export const FormMapping = z.strictObject({
  version: z.literal(MAPPING_VERSION).optional(),
  /**
   * Absent = the header of the sender's signature, where there is one. Several places make one id together. `contentHash`: equal bodies are one
   * submission, two citizens who answer alike included; only for senders that name nothing.
   */
  submissionId: z
    .union([
      ABSOLUTE,
      z.array(ABSOLUTE).min(2).max(5),
      z.strictObject({ header: z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/, 'a header name') }),
      z.strictObject({ contentHash: z.literal(true) }),
    ])
    .optional(),
  formId: Source.optional(),
  formVersion: Source.optional(),
  serviceName: Source.optional(),
  authorityId: Source.optional(),
  /** A list of keys, or one; without any, the endpoint's `leikaByForm` counts. */
  leikaKeys: z.union([ABSOLUTE, z.strictObject({ texts: z.array(LeikaKey).min(1).max(20) })]).optional(),
  /** `true` or `"true"` marks a test; missing, null, `false` and `"false"` do not; anything else refuses the submission. */
  test: ABSOLUTE.optional(),
  /** The answers; `/data` where nobody says. */
  form: jsonPointer().optional(),
  /**
   * `object` (where nobody says): any JSON, objects are groups, arrays repeated rows; `canonical`: a list of canonical form items; `questions`: a
   * list of `{question, fields: [{key, title, answer}]}`; `none`: only what `fields` says.
   */
  formKind: z.enum(['object', 'canonical', 'questions', 'none']).optional(),
  /** Answers that are put together here; they stand before those of `form`, and what they use does not stand there again. */
  fields: z.array(MappedItem).max(1_000).optional(),
  /** What stands among the answers and is none: kept unmapped, where nothing else uses it. */
  notForm: z.array(ABSOLUTE).max(50).optional(),
  /** A link to the submission's data as JSON, where the event itself is thin: collected as an attachment, from agreed origins. */
  linkedData: ABSOLUTE.optional(),
  /** Lists of attachment objects, or single ones. */
  attachments: z.array(ABSOLUTE).max(20).optional(),
  /** The readable application: an attachment object, or a PDF as bare base64. */
  representation: ABSOLUTE.optional(),
  applicant: z.partialRecord(z.enum(APPLICANT_SOURCES), Source).optional(),
  payment: PaymentMapping.optional(),
  /** GeoJSON: geometry, feature, collection of features, `{label, geometry}`, or a list of those. */
  places: ABSOLUTE.optional(),
  /** A list of `{purpose, given}`, or an object of truth values. */
  consents: ABSOLUTE.optional(),
  /** A list of `{kind, target}`. */
  relations: ABSOLUTE.optional(),
  /** Deliberately not carried: what the sender repeats elsewhere. */
  ignored: z.array(ABSOLUTE).max(50).optional(),
  /** What is sent beside submissions, and answered without being kept: drafts. */
  noSubmission: z.strictObject({ pointer: ABSOLUTE, values: z.array(z.string().min(1)).min(1) }).optional(),
  /** Tables for `lookup`, by name. */
  tables: z.record(z.string().min(1).max(100), table).optional(),
});
export type FormMapping = z.infer<typeof FormMapping>;

type Said = 'form' | 'formKind' | 'attachments' | 'applicant' | 'ignored' | 'fields' | 'tables' | 'notForm';
/** A mapping in which everything that always has to be known is said. */
export type CompleteMapping = Omit<FormMapping, Said> & { readonly [Member in Said]: NonNullable<FormMapping[Member]> };

/** The operator's mapping over the profile's, member by member, over what holds where nobody says anything. Pure. */
export function completeMapping(given: FormMapping, profile: FormMapping = {}): CompleteMapping {
  const said = { ...profile, ...given };
  const {
    form = '/data',
    formKind = 'object',
    attachments = [],
    applicant = {},
    ignored = [],
    fields = [],
    tables = {},
    notForm = [],
  } = said;
  return { ...said, form, formKind, attachments, applicant, ignored, fields, tables, notForm };
}

/** A mapping with what belongs to it at an endpoint. */
export interface MappingSettings {
  readonly mapping: CompleteMapping;
  /** Technical name → label a person can read. */
  readonly labels: Readonly<Record<string, string>>;
  readonly leikaByForm: Readonly<Record<string, readonly string[]>>;
  /** Exact origins from which linked attachments may be collected. */
  readonly linkOrigins: readonly string[];
}
