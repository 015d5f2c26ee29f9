// SPDX-License-Identifier: EUPL-1.2
import { expression } from '@amtsbote/adapter-kit';
import { AttachmentPurpose, ConfigName, LeikaKey, Tenant } from '@amtsbote/canonical';
import { z } from 'zod';

import { DAY, MINUTE, ms } from './config-parts.js';

/** Key of an Akte that tells its kind; no characters that searches of a DMS read as a pattern. */
const AktePrefix = z.string().regex(/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,58}$/u, 'letters, digits, spaces, dots and hyphens, 59 at most');
const DISTINGUISHED = ['applicant', 'object', 'event'];

/** Where applications of a kind go. */
export const AktenplanRule = z.strictObject({
  version: z
    .int()
    .min(1)
    .max(1_000_000)
    .describe('Raised with every change of the rule: each filing step keeps the rule it was planned with.'),
  cabinet: ConfigName.optional().describe("Cabinet among the instance's options (akte.cabinets); absent: the instance's own."),
  akte: z
    .strictObject({
      per: z.enum(['applicant', 'object', 'event', 'year', 'service', 'case', 'application']).describe('What has an Akte of its own.'),
      by: expression().optional().describe('Tells applicants, objects or events apart; equal text, same Akte.'),
      prefix: AktePrefix.optional().describe('Begins the key of the Akte; absent: the name of the rule.'),
      yearly: z.boolean().default(false).describe('A new Akte every year.'),
      coded: z.boolean().optional().describe('Whether a code stands in the key instead of the text; by default only for applicants.'),
      title: expression().describe('Use only what is equal for all applications of the Akte.'),
    })
    .refine(
      ({ per, by }) => DISTINGUISHED.includes(per) === (by !== undefined),
      'by belongs to applicant, object and event, and only to them',
    )
    .refine(({ by, coded }) => coded === undefined || by !== undefined, 'coded belongs to by'),
  vorgang: z.strictObject({ title: expression().optional() }).prefault({}).describe('Absent: name of the service and reference.'),
  classes: z
    .partialRecord(z.enum(['applicationReadable', 'applicationData', ...AttachmentPurpose.options]), z.string().min(1).max(200))
    .default({})
    .describe('Role of a document → its class, for index data (filing.documentClass).'),
  retention: z.string().min(1).max(200).optional().describe('How long it is kept, for index data (filing.retention).'),
});
export type AktenplanRuleConfig = z.infer<typeof AktenplanRule>;

const stepBase = {
  name: ConfigName,
  after: z.array(ConfigName).default([]).describe('Names of steps that have to be settled first.'),
  when: expression().optional().describe('The step is skipped when this is false.'),
};
const RouteStep = z.discriminatedUnion('kind', [
  z.strictObject({ ...stepBase, kind: z.literal('payment'), instance: ConfigName }),
  z.strictObject({
    ...stepBase,
    kind: z.literal('filing'),
    instance: ConfigName,
    joins: z
      .boolean()
      .default(false)
      .describe('For what is handed in later: into the Vorgang of the application with which its case began.'),
    rule: ConfigName.optional().describe("Rule of the Aktenplan that says where; absent: the instance's options say it."),
  }),
  z.strictObject({ ...stepBase, kind: z.literal('export'), instance: ConfigName }),
  z.strictObject({ ...stepBase, kind: z.literal('pickup'), queue: ConfigName }),
]);
export type RouteStepConfig = z.infer<typeof RouteStep>;

/** How a payment is followed. */
export const PaymentPolicy = z.strictObject({
  pollMs: ms(15_000, 50, DAY),
  pollMaxMs: ms(60 * MINUTE, 50, DAY),
  payWithinMs: ms(30 * DAY, 1_000, 365 * DAY),
  returnUrl: z.url().optional(),
});

/** Which way which applications go. */
export const Route = z.strictObject({
  name: ConfigName,
  match: z.strictObject({
    tenants: z.array(Tenant).optional(),
    endpoints: z.array(ConfigName).optional(),
    leikaKeys: z.array(LeikaKey).optional(),
    formIds: z.array(z.string()).optional(),
    authorities: z
      .array(z.string().regex(/^[^:]*:[^:]+$/, 'the key of an office in the catalogue: <agency>:<id>, each part percent-encoded'))
      .optional()
      .describe('Competent offices by the service catalogue at submission.'),
    when: expression().optional(),
  }),
  steps: z.array(RouteStep).min(1).max(50),
  reportTo: ConfigName.optional().describe('Status instance that tells the portal of every change.'),
  completesBy: z.enum(['decision', 'steps']).default('decision').describe('What ends the application for the citizen.'),
  payment: PaymentPolicy.prefault({}),
});
export type RouteConfig = z.infer<typeof Route>;
