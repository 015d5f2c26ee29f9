// SPDX-License-Identifier: EUPL-1.2
import { jsonPointer } from '@amtsbote/adapter-kit';
import { Tenant } from '@amtsbote/canonical';
import { z } from 'zod';

import { Breaker, count, DAY, MEBIBYTE, MINUTE, ms, Rate } from './config-parts.js';

/** Limits of one submission (and of a decision). */
export const IntakeLimits = z.strictObject({
  bodyBytesMax: count(32 * MEBIBYTE, 1_024, 512 * MEBIBYTE).describe('Largest JSON, XML or form body.'),
  dataPartBytesMax: count(8 * MEBIBYTE, 1_024, 256 * MEBIBYTE).describe('Largest data part of a multipart body.'),
  attachmentBytesMax: count(600 * MEBIBYTE, 1, 20 * 1024 * MEBIBYTE),
  attachmentsMax: count(100, 0, 500),
  totalBytesMax: count(2_000 * MEBIBYTE, 1_024, 50 * 1024 * MEBIBYTE),
  idleMs: ms(30_000, 100, 10 * MINUTE).describe('A sender that sends nothing for so long is cut off.'),
  totalMs: ms(30 * MINUTE, 1_000, 6 * 60 * MINUTE).describe('Longest time for one submission.'),
});
export type IntakeLimits = z.infer<typeof IntakeLimits>;

/** What an answer to a sender may hold. */
export const AnswerMember = z.enum(['applicationId', 'reference', 'statusUrl', 'receivedAt', 'status', 'fileNumber', 'message']);

/** Limits of archives that are unpacked; one that does not keep them stays closed, and is an attachment like any other. */
const UnpackZip = z.strictObject({
  entriesMax: count(100, 1, 500),
  entryBytesMax: count(100 * MEBIBYTE, 1, 2_000 * MEBIBYTE),
  totalBytesMax: count(500 * MEBIBYTE, 1, 20 * 1024 * MEBIBYTE),
  ratioMax: count(100, 2, 2_000).describe('How often larger a file may be than in the archive.'),
});

const DataSchema = z.strictObject({
  file: z.string().min(1).max(1_000).describe('Schema file, beside the configuration.'),
  kind: z.enum(['xdatenfelder', 'json-schema']).describe('XDatenfelder 2 or 3 (FIM), or JSON Schema.'),
  formIds: z.array(z.string().max(500)).optional().describe('Forms it is for; absent: all of the endpoint.'),
  formVersions: z.array(z.string().max(500)).optional(),
  onViolation: z
    .enum(['carry', 'park', 'reject'])
    .default('carry')
    .describe('carry: goes on, violations listed; park: waits for a person; reject: is not accepted.'),
  names: z
    .record(z.string().max(500), z.string().max(500))
    .default({})
    .describe('Name in the form → identifier or name in the schema, where they differ; of XDatenfelder.'),
});
export type DataSchemaConfig = z.infer<typeof DataSchema>;

/** How an endpoint whose adapter can fetch asks for submissions. */
export const Pull = z.strictObject({
  everyMs: ms(MINUTE, 50, DAY).describe('How often each source is asked; up to a tenth earlier or later.'),
  retry: z
    .strictObject({
      firstMs: ms(5_000, 10, DAY).describe('Pause after the first failure of a source, or of one submission.'),
      maxMs: ms(15 * MINUTE, 10, DAY).describe('Longest pause; pauses double up to it, with jitter.'),
    })
    .prefault({}),
  keptMaxMs: ms(DAY, 100, 30 * DAY).describe('A submission that nobody can read is tried again at least so often.'),
  concurrency: count(2, 1, 100).describe('Sources asked at the same time, per process.'),
  submissionsAtOnce: count(4, 1, 100).describe('Submissions of one source fetched at the same time.'),
  roundMax: count(1_000, 1, 100_000).describe('Submissions of one round; then other sources have their turn.'),
  rate: Rate.optional().describe('Submissions that may be fetched, over all processes; absent: as many as come.'),
  listMs: ms(MINUTE, 100, 10 * MINUTE).describe('Longest time for one list of what is waiting.'),
  leaseMs: ms(MINUTE, 200, 60 * MINUTE).describe('A source whose worker died is asked by another one after this.'),
  breaker: Breaker.prefault({}),
  reconcile: z
    .strictObject({
      everyMs: ms(DAY, MINUTE, 30 * DAY).describe('How often the books of the form server are compared with ours, where it has any.'),
      windowMs: ms(3 * DAY, MINUTE, 90 * DAY).describe('How far back they are compared.'),
      settleMs: ms(10 * MINUTE, 0, DAY).describe('What was submitted more recently may still be on its way.'),
    })
    .prefault({}),
});
export type PullConfig = z.infer<typeof Pull>;

/** Where a form server sends to, or is asked. */
export const Endpoint = z.strictObject({
  adapter: z.string(),
  tenant: Tenant.describe('Municipality that receives what comes in here.'),
  authorities: z.record(z.string(), Tenant).optional().describe("Sender's word for the office → tenant; others are refused."),
  answerStatus: z.union([z.literal(202), z.literal(200), z.literal(201)]).default(202),
  answerAs: z
    .enum(['json', 'page', 'xml', 'text'])
    .default('json')
    .describe(
      '`page`: a page for the citizen, where the form server shows what it gets as the end of the form; `text`: the reference alone.',
    ),
  answerMembers: z
    .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_.-]{0,99}$/, 'a name that JSON and XML know'), AnswerMember)
    .optional()
    .describe('Name the sender looks for → what it gets, in JSON and XML; absent: everything, under its own names.'),
  limits: IntakeLimits.prefault({}),
  prefillToken: z
    .string()
    .min(1)
    .max(500)
    .optional()
    .describe('Technical name of the field in which a form that was prefilled brings its token back.'),
  pull: Pull.prefault({}).describe('For adapters that can fetch submissions; others take no notice.'),
  linkOrigins: z.array(z.url()).default([]).describe('Origins from which linked attachments may be collected.'),
  ignoredFields: z
    .array(jsonPointer().min(1))
    .max(500)
    .default([])
    .describe('Unmapped places that are deliberately not carried, with what is below them; `*` stands for any row.'),
  unpackZip: UnpackZip.optional().describe('ZIP archives among the attachments are unpacked beside themselves; absent: they stay closed.'),
  dataSchemas: z.array(DataSchema).max(200).default([]).describe('What forms have to look like; the first that is for the form counts.'),
  options: z.record(z.string(), z.unknown()).default({}),
});
export type EndpointConfig = z.infer<typeof Endpoint>;
