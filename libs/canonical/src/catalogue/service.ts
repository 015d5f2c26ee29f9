// SPDX-License-Identifier: EUPL-1.2
import { z } from 'zod';

import { ApprovalModule, DeadlineModule, DocumentModule, FeeModule, NoteModule, PortalModule, TermModule, TextModule } from './modules.js';
import { CatalogueBase, Code, HtmlText, Identifier, inLanguage, LeikaReference, LocalizedText } from './parts.js';

const codes = z.array(Code).default([]);
const ids = z.array(Identifier).default([]);
const localized = z.array(LocalizedText).default([]);
const html = z.array(HtmlText).default([]);

/** A group that services or offices are sorted into. */
export const CatalogueCategory = z.strictObject({
  id: Identifier.optional(),
  secondaryIds: ids,
  parentId: Identifier.optional(),
  childIds: ids,
  names: localized,
  description: html,
  class: z
    .strictObject({
      id: Identifier.optional(),
      secondaryIds: ids,
      type: Code.optional(),
      names: localized,
      description: html,
      version: z.string().optional(),
    })
    .optional(),
});
export type CatalogueCategory = z.infer<typeof CatalogueCategory>;

/** Who publishes the object. */
export const Publisher = z.strictObject({
  id: Identifier.optional(),
  secondaryIds: ids,
  names: localized,
  shortNames: localized,
  description: html,
});
export type Publisher = z.infer<typeof Publisher>;

/** What the service acts on, and how: "Gewerbe" + "Anmeldung" + detail. */
export const ServiceStructure = z.strictObject({
  /** The source's name of the type, which says how many of the parts there are. */
  type: z.string().optional(),
  group: Code.optional(),
  groupCategory: CatalogueCategory.optional(),
  objectId: Identifier.optional(),
  action: Code.optional(),
  actionCategory: CatalogueCategory.optional(),
  details: localized,
});
export type ServiceStructure = z.infer<typeof ServiceStructure>;

/** Everything a service description may say. Relations between key, type and SDG area are not recoverable: three sets side by side. */
export const ServiceDescription = CatalogueBase.extend({
  structure: ServiceStructure.optional(),
  leikaKeys: z.array(LeikaReference).default([]),
  texts: z.array(TextModule).default([]),
  individualTexts: z.array(TextModule).default([]),
  deadlines: z.array(DeadlineModule).default([]),
  processingTimes: z.array(DeadlineModule).default([]),
  fees: z.array(FeeModule).default([]),
  documents: z.array(DocumentModule).default([]),
  terms: z.array(TermModule).default([]),
  approvals: z.array(ApprovalModule).default([]),
  notes: z.array(NoteModule).default([]),
  portals: z.array(PortalModule).default([]),
  /** Typisierung: who makes the law and who carries it out. */
  types: codes,
  trustLevel: Code.optional(),
  addressees: codes,
  needsWrittenForm: z.boolean().optional(),
  needsPersonalAppearance: z.boolean().optional(),
  isInformal: z.boolean().optional(),
  categories: z.array(CatalogueCategory).default([]),
  classifications: codes,
  /** Information areas of the Single Digital Gateway. */
  sdgAreas: codes,
  sdgGroups: codes,
  relatedServiceIds: ids,
  processIds: ids,
  publisher: Publisher.optional(),
  /** Where the description holds; the scheme tells the key system. */
  areaIds: ids,
  /** Whether the Einheitliche Stelle can handle it: a flag, or codes that say more. */
  isForSingleContact: z.boolean().optional(),
  singleContact: codes,
  industries: z.array(z.strictObject({ code: Code.optional(), specificId: Identifier.optional() })).default([]),
  legalForms: codes,
  nationalities: codes,
  countryGroups: codes,
  catalogueStatus: Code.optional(),
  libraryStatus: Code.optional(),
  detailLevel: Code.optional(),
  placeType: Code.optional(),
});
export type ServiceDescription = z.infer<typeof ServiceDescription>;

/** A public service as an editorial office describes it. */
export const CatalogueService = ServiceDescription.extend({ kind: z.literal('service') });
export type CatalogueService = z.infer<typeof CatalogueService>;

/** What one municipality says otherwise about a service. */
export const CatalogueSpecialisation = ServiceDescription.extend({
  kind: z.literal('specialisation'),
  serviceId: Identifier.optional(),
});
export type CatalogueSpecialisation = z.infer<typeof CatalogueSpecialisation>;

/** Types of text modules that are titles, best first: Leistungsbezeichnung II, Leistungsbezeichnung. */
const TITLE_TYPES = ['03', '02'];
/** Empty for a reader: nothing, only line breaks, or a dash. */
const EMPTY = /^(?:<br\s*\/?>|<\/?p>|&nbsp;|&#160;|\s|-)*$/;

/** What a service is called in a language, as plain text; `undefined` when the source does not say. */
export function titleOf(service: Pick<ServiceDescription, 'texts'>, language = 'de'): string | undefined {
  for (const type of TITLE_TYPES) {
    const contents = service.texts.filter((text) => text.type?.code === type).flatMap(({ content }) => content);
    const title = inLanguage(
      contents.filter(({ html }) => !EMPTY.test(html)),
      language,
    );
    if (title !== undefined) return plainText(title.html);
  }
  return undefined;
}

/** Characters that clean HTML writes as entities. */
const ENTITIES: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&nbsp;': ' ', '&#160;': ' ' };

/** Clean HTML as one line of text. */
export function plainText(html: string): string {
  const words = html.replace(/<[^>]*>/g, ' ').replace(/&(?:amp|lt|gt|quot|nbsp|#160);/g, (entity) => ENTITIES[entity] ?? entity);
  return words.replace(/\s+/g, ' ').trim();
}
