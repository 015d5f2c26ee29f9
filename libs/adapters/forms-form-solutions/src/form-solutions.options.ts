// SPDX-License-Identifier: EUPL-1.2
import { ApplicantFields, baseUrl, ConfiguredFee, jsonPointer, milliseconds, secret, SenderCredential } from '@amtsbote/adapter-kit';
import { LeikaKey } from '@amtsbote/canonical';
import { z } from 'zod';

const path = (...placeholders: string[]): z.ZodString =>
  z
    .string()
    .max(300)
    .regex(/^\/[^\s#]*$/, 'a path such as /submission/{mandant}/{form}')
    .refine((text) => placeholders.every((one) => text.includes(one)), `a path with ${placeholders.join(' and ')}`);

/** Where submissions are fetched: the Submission-API. */
const Pull = z
  .strictObject({
    /** Address of the API with its version, such as https://formulare.example/submission/api/v2. */
    baseUrl: baseUrl(),
    /** User of the API: the Mandantennummer, such as 22222222-2222. */
    mandant: z.string().regex(/^[A-Za-z0-9_-]{1,60}$/, 'a Mandantennummer such as 22222222-2222'),
    /** Password of the API (formerly CMS key). */
    apiKey: secret(),
    /** Numbers of the forms as the API has them in its addresses; each is asked by itself. */
    forms: z
      .array(z.string().regex(/^[A-Za-z0-9_-]{1,60}$/, 'the number of a form such as 940000'))
      .min(1)
      .max(500)
      .refine((forms) => new Set(forms).size === forms.length, 'each form once'),
    /** Which ones are waiting. */
    statuses: z
      .array(z.enum(['NEW', 'READ']))
      .min(1)
      .max(2)
      .default(['NEW']),
    /** What they are once the hub has them. */
    acknowledgeAs: z.enum(['READ', 'CLOSED']).default('READ'),
    paths: z
      .strictObject({
        list: path('{form}').default('/submission/{mandant}/{form}'),
        one: path('{transId}').default('/submission/{mandant}/{form}/{transId}'),
        status: path('{transId}').default('/submission/{mandant}/{form}/{transId}'),
        statusMethod: z.enum(['PUT', 'POST', 'PATCH']).default('PUT'),
      })
      .prefault({}),
    timeoutMs: milliseconds({ min: 100, max: 600_000, default: 60_000 }),
  })
  .refine(({ statuses, acknowledgeAs }) => !statuses.some((status) => status === acknowledgeAs), {
    path: ['acknowledgeAs'],
    message: 'a status that is not among statuses: otherwise what the hub has would wait for ever',
  });
export type PullOptions = z.infer<typeof Pull>;

/** Where values are left before a form is opened. */
const Prefill = z.strictObject({
  /** Address of the form server, such as https://formulare.example. */
  baseUrl: baseUrl(),
  postdataPath: path().default('/metaform/Form-Solutions/postdata'),
  startPath: path('{form}').default('/metaform/FormSolutions/sid/assistant/{form}'),
  /** Name under which the token is left with the values. */
  tokenField: z.string().min(1).max(100).default('Ordnungsziffer'),
  timeoutMs: milliseconds({ min: 100, max: 60_000, default: 15_000 }),
});
export type PrefillOptions = z.infer<typeof Prefill>;

/** One endpoint for a Mandant of a Form-Solutions server: fetched from, sent to, or both, with one key against doubles. */
export const FormSolutionsOptions = z
  .strictObject({
    pull: Pull.optional(),
    /** Absent: nothing is sent here. */
    push: z.strictObject({ auth: SenderCredential }).optional(),
    prefill: Prefill.optional(),
    /** Article (with or without AS_) → name of the service; without one the article is its name. */
    services: z.record(z.string().max(200), z.string().min(1).max(500)).default({}),
    leikaKeys: z.array(LeikaKey).max(20).default([]),
    /** Article (with or without AS_) → LeiKa keys; `leikaKeys` counts where there is none. */
    leikaByForm: z.record(z.string().max(200), z.array(LeikaKey).min(1).max(20)).default({}),
    /** Label by name of a member of the payload. */
    labels: z.record(z.string().max(500), z.string().min(1).max(2_000)).default({}),
    /** Fields of the payload that name the applicant; what the account (BundID, MUK) says counts first. */
    names: ApplicantFields.prefault({}),
    /** Place in the payload of the token that a prefill left there. */
    prefilledFrom: jsonPointer().default('/Ordnungsziffer'),
    /** Values of options.submissionType that mean a test. */
    testTypes: z.array(z.string().min(1).max(100)).max(20).default(['TEST']),
    /** Payments of the form server are not carried: the fee is collected by the hub. */
    payment: ConfiguredFee.optional(),
  })
  .refine(({ pull, push }) => pull !== undefined || push !== undefined, 'pull, push or both');
export type FormSolutionsOptions = z.infer<typeof FormSolutionsOptions>;
