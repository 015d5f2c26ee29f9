// SPDX-License-Identifier: EUPL-1.2
import { ApplicantFields, ConfiguredFee, OverlayMapping, SenderCredential } from '@amtsbote/adapter-kit';
import { LeikaKey } from '@amtsbote/canonical';
import { z } from 'zod';

/** Name of a request parameter: the name or alias of a form element, or an extra parameter of the action. */
const parameter = z.string().min(1).max(500);
/** A parameter that holds it, or a constant text of the operator. */
const source = z.union([z.strictObject({ parameter }), z.strictObject({ text: z.string().min(1).max(500) })]);
export type ParameterSource = z.infer<typeof source>;

/** What tells a submission from every other one. */
const SubmissionIdSource = z.union([
  /** The form author adds the Vorgang's id to the action; it stays equal when a clerk runs the action again. */
  z.strictObject({ parameter }),
  z.strictObject({ header: z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/, 'a header name') }),
  /** Equal content, same submission: two citizens who answer alike are taken for one. Only where every form carries something unique. */
  z.strictObject({ contentHash: z.literal(true) }),
]);

/** How one element is carried. */
const Element = z.strictObject({
  label: z.string().min(1).max(2_000).optional(),
  /** What the text is read as; a text that is not one (no day, no number) stays text. */
  type: z.enum(['text', 'number', 'date', 'boolean']).default('text'),
});

/** Elements that the citizen may repeat together: children, places of business. */
const RepeatedGroup = z.strictObject({
  name: z.string().min(1).max(500),
  label: z.string().min(1).max(2_000),
  elements: z.array(parameter).min(1).max(200),
  /** How rows are told apart in the names, such as `_{row}`; absent: the same name comes once for each row. */
  rowSuffix: z
    .string()
    .max(50)
    .regex(/^[^{}]*\{row\}[^{}]*$/, 'a suffix with {row}, such as _{row}')
    .optional(),
});
export type RepeatedGroup = z.infer<typeof RepeatedGroup>;

/** One endpoint for the action "HTTP-Request" of a FORMCYCLE workflow. */
export const FormcycleOptions = z.strictObject({
  auth: SenderCredential,
  /** As chosen in the action; a charset in the Content-Type of the request counts first. */
  charset: z.enum(['utf-8', 'iso-8859-1', 'windows-1252']).default('utf-8'),
  submissionId: SubmissionIdSource,
  formId: source.optional(),
  formVersion: source.optional(),
  serviceName: source.optional(),
  authorityId: source.optional(),
  /** A parameter that says whether this is a test: true, ja, 1; false, nein, 0 or empty. Anything else refuses the submission. */
  test: parameter.optional(),
  leikaKeys: z.array(LeikaKey).max(20).default([]),
  /** Form id → LeiKa keys; `leikaKeys` counts where there is none. */
  leikaByForm: z.record(z.string().max(200), z.array(LeikaKey).min(1).max(20)).default({}),
  elements: z.record(parameter, Element).default({}),
  groups: z
    .array(RepeatedGroup)
    .max(50)
    .default([])
    .refine((groups) => {
      const elements = groups.flatMap((group) => group.elements);
      return new Set(elements).size === elements.length;
    }, 'an element belongs to one group, once'),
  names: ApplicantFields.prefault({}),
  /** Upload element that holds the readable application; without one the hub makes its own. */
  representation: parameter.optional(),
  /** What names and groups cannot say, in the mapping language: answers stand below `/form`, every parameter as it came below `/sent`. */
  mapping: OverlayMapping.optional(),
  /** FORMCYCLE's own payments are not carried: the fee is collected by the hub. */
  payment: ConfiguredFee.optional(),
});
export type FormcycleOptions = z.infer<typeof FormcycleOptions>;
