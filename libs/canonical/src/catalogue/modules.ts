// SPDX-License-Identifier: EUPL-1.2
import { z } from 'zod';

import { CatalogueLink, Code, HtmlText, Identifier, LocalizedText, Period } from './parts.js';

const localized = z.array(LocalizedText).default([]);
const html = z.array(HtmlText).default([]);
const links = z.array(CatalogueLink).default([]);
const ids = z.array(Identifier).default([]);
const validity = z.array(Period).default([]);

/** What every module of a service description has. */
export const ModuleFrame = z.strictObject({
  /** Way of access it holds for (Zugangskanal). */
  channel: Code.optional(),
  position: z.int().optional(),
  id: Identifier.optional(),
  secondaryIds: ids,
  validity,
});
export type ModuleFrame = z.infer<typeof ModuleFrame>;

/** A text of the description; its type says which (02 and 03 titles, 05 short text, 06 full text …). */
export const TextModule = ModuleFrame.extend({
  type: Code.optional(),
  alternativeNames: localized,
  content: html,
  links,
});
export type TextModule = z.infer<typeof TextModule>;

/** A length of time, or a date to keep; dates as the source wrote them (a day, `--MM-DD`, or words). */
export const TimeLimit = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('duration'),
    value: z.int(),
    unit: Code,
    valueTo: z.int().optional(),
    unitTo: Code.optional(),
  }),
  z.strictObject({ kind: z.literal('keyDate'), from: z.string().optional(), to: z.string().optional() }),
]);
export type TimeLimit = z.infer<typeof TimeLimit>;

/** One deadline, or one time that handling takes. */
export const ServiceDeadline = z.strictObject({
  type: Code.optional(),
  limit: TimeLimit.optional(),
  description: html,
  position: z.int().optional(),
  validity,
});
export type ServiceDeadline = z.infer<typeof ServiceDeadline>;

/** Deadlines of a service, or how long handling takes. */
export const DeadlineModule = ModuleFrame.extend({ deadlines: z.array(ServiceDeadline).default([]), description: html, links });
export type DeadlineModule = z.infer<typeof DeadlineModule>;

/** An amount of a fee, in cents. */
export const FeeAmount = z.strictObject({ cents: z.int().min(0), currency: z.string().max(20).optional() });
export type FeeAmount = z.infer<typeof FeeAmount>;

/** How much: a fixed amount, a range, or nothing. */
export const FeeRule = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('fixed'), amount: FeeAmount }),
  z.strictObject({ kind: z.literal('variable'), from: FeeAmount.optional(), to: FeeAmount.optional(), notes: localized }),
  z.strictObject({ kind: z.literal('free'), notes: localized }),
]);
export type FeeRule = z.infer<typeof FeeRule>;

/** One fee of a service. */
export const ServiceFee = z.strictObject({
  type: Code.optional(),
  rule: FeeRule.optional(),
  description: html,
  /** To be paid with the application. */
  isPrepaid: z.boolean().optional(),
  calculationLinks: links,
  position: z.int().optional(),
  validity,
});
export type ServiceFee = z.infer<typeof ServiceFee>;

/** What a service costs. */
export const FeeModule = ModuleFrame.extend({ fees: z.array(ServiceFee).default([]), description: html, links });
export type FeeModule = z.infer<typeof FeeModule>;

/** A document that is to be handed in, or that comes out. */
export const ServiceDocument = z.strictObject({
  type: Code.optional(),
  /** A type that its list does not have. */
  otherType: z.string().optional(),
  names: localized,
  description: html,
  formIds: ids,
  signature: Code.optional(),
  /** Whether it has to be there (Pflichtangabetyp). */
  requirement: Code.optional(),
  requirementReasons: z.array(Code).default([]),
  /** Handing it in starts the proceeding. */
  isTrigger: z.boolean().optional(),
});
export type ServiceDocument = z.infer<typeof ServiceDocument>;

/** Documents of a service. */
export const DocumentModule = ModuleFrame.extend({
  incoming: z.array(ServiceDocument).default([]),
  outgoing: z.array(ServiceDocument).default([]),
  description: html,
  incomingDescription: html,
  outgoingDescription: html,
  links,
});
export type DocumentModule = z.infer<typeof DocumentModule>;

/** Words under which a service is looked for. */
export const TermModule = ModuleFrame.extend({
  terms: z.array(z.strictObject({ names: localized, type: Code.optional() })).default([]),
});
export type TermModule = z.infer<typeof TermModule>;

/** Who found the description right, and when. */
export const ApprovalModule = ModuleFrame.extend({ approvedOn: z.string().optional(), approvedBy: localized });
export type ApprovalModule = z.infer<typeof ApprovalModule>;

/** A note for those who give information by phone. */
export const NoteModule = ModuleFrame.extend({ content: html, links });
export type NoteModule = z.infer<typeof NoteModule>;

/** Where the description can be read at its origin; `parameters` are names of the address's parameters. */
export const PortalModule = ModuleFrame.extend({
  link: CatalogueLink,
  parameters: z.array(z.strictObject({ type: Code.optional(), name: z.string().optional() })).default([]),
});
export type PortalModule = z.infer<typeof PortalModule>;
