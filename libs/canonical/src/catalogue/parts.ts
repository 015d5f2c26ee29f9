// SPDX-License-Identifier: EUPL-1.2
import { z } from 'zod';

/** What a service catalogue is made of. The same id may occur in several kinds. */
export const CatalogueObjectKind = z.enum(['service', 'specialisation', 'organisation', 'onlineService', 'form', 'competence']);
export type CatalogueObjectKind = z.infer<typeof CatalogueObjectKind>;

/**
 * Identity within a kind: the agency that gave the id, and the id. The id alone is not unique across editorial offices. An agency that the
 * source does not name is the empty text.
 */
export const CatalogueKey = z.strictObject({ schemeAgencyId: z.string().max(500), id: z.string().min(1).max(500) });
export type CatalogueKey = z.infer<typeof CatalogueKey>;

const scheme = {
  schemeAgencyId: z.string().optional(),
  schemeAgencyName: z.string().optional(),
  schemeDataUri: z.string().optional(),
  /** For a competence it tells the kind of its subject, for an area the key system (ARS, AGS). */
  schemeId: z.string().optional(),
  schemeName: z.string().optional(),
  schemeUri: z.string().optional(),
  schemeVersionId: z.string().optional(),
};
const list = { name: z.string().optional(), listUri: z.string().optional(), listVersionId: z.string().optional() };

/** An id with everything that says what it is an id of; digits stay text, leading zeros count. */
export const Identifier = z.strictObject({ value: z.string(), ...scheme });
export type Identifier = z.infer<typeof Identifier>;

/** A value of a code list, with the list; values stay text (`001`, `2/3a`). */
export const Code = z.strictObject({ code: z.string(), ...list });
export type Code = z.infer<typeof Code>;

/** A service's key in the Leistungskatalog, as the source wrote it: as code of a list, or as identifier. */
export const LeikaReference = z.strictObject({ key: z.string(), ...list, ...scheme });
export type LeikaReference = z.infer<typeof LeikaReference>;

/** A text in one language (`de`, `en`; `de-DE` stays as it came). */
export const LocalizedText = z.strictObject({ language: z.string().optional(), text: z.string() });
export type LocalizedText = z.infer<typeof LocalizedText>;

/** Formatted text in one language, safe to show: only the tags, attributes and protocols that the standard allows. */
export const HtmlText = z.strictObject({
  language: z.string().optional(),
  html: z.string(),
  /** What the source wrote, when cleaning changed anything. Never to be shown as HTML. */
  original: z.string().optional(),
});
export type HtmlText = z.infer<typeof HtmlText>;

/** A link that may be followed: ftp, http, https or mailto. */
export const CatalogueLink = z.strictObject({
  language: z.string().optional(),
  /** Absent when the source's link is none, or of a protocol that may not be followed. */
  uri: z.string().optional(),
  /** What the source wrote, when it is not `uri`. Never to be shown as a link. */
  originalUri: z.string().optional(),
  title: z.string().optional(),
  description: z.string().optional(),
  position: z.int().optional(),
  type: Code.optional(),
});
export type CatalogueLink = z.infer<typeof CatalogueLink>;

/** From when until when something holds; moments as the source wrote them (xs:dateTime, zone optional). */
export const Period = z.strictObject({
  start: z.string().optional(),
  end: z.string().optional(),
  notes: z.array(LocalizedText).default([]),
});
export type Period = z.infer<typeof Period>;

/** Who wrote it when, as the editorial system says. */
export const EditorialVersion = z.strictObject({
  createdAt: z.string().optional(),
  createdBy: z.string().optional(),
  changedAt: z.string().optional(),
  changedBy: z.string().optional(),
  version: z.string().optional(),
});
export type EditorialVersion = z.infer<typeof EditorialVersion>;

/** A language the object exists in. */
export const LanguageVersion = EditorialVersion.extend({
  language: z.string(),
  germanName: z.string().optional(),
  nativeName: z.string().optional(),
  isMachineTranslated: z.boolean().optional(),
  machineTranslation: z
    .strictObject({ originalLanguage: z.string().optional(), originalId: Identifier.optional(), translatedBy: z.string().optional() })
    .optional(),
});
export type LanguageVersion = z.infer<typeof LanguageVersion>;

/** An element of the source that has no place in the model, whole. */
export interface UnknownElement {
  name: string;
  namespace?: string | undefined;
  attributes?: { name: string; namespace?: string | undefined; value: string }[] | undefined;
  children?: (string | UnknownElement)[] | undefined;
}
export const UnknownElement: z.ZodType<UnknownElement> = z.strictObject({
  name: z.string(),
  namespace: z.string().optional(),
  attributes: z.array(z.strictObject({ name: z.string(), namespace: z.string().optional(), value: z.string() })).optional(),
  get children(): z.ZodOptional<z.ZodArray<z.ZodType<string | UnknownElement>>> {
    return z.array(z.union([z.string(), UnknownElement])).optional();
  },
});

/** Something the source said and the model has no place for: kept with the object, counted, written again on export. */
export const UnknownPart = z.strictObject({
  /** Where it stood: the source's element names below the object, each with its position among those of its name (`modulText[2]`). */
  path: z.string(),
  part: z.union([
    z.strictObject({ element: UnknownElement }),
    z.strictObject({ attribute: z.strictObject({ name: z.string(), namespace: z.string().optional(), value: z.string() }) }),
    z.strictObject({ text: z.string() }),
  ]),
});
export type UnknownPart = z.infer<typeof UnknownPart>;

/** Standard and version that the object was written in. */
export const CatalogueSource = z.strictObject({ standard: z.string().max(60), version: z.string().max(60), namespace: z.string() });
export type CatalogueSource = z.infer<typeof CatalogueSource>;

/** What every object has. */
export const CatalogueBase = z.strictObject({
  key: CatalogueKey,
  source: CatalogueSource,
  /** The key with everything the source says about it. */
  id: Identifier,
  secondaryIds: z.array(Identifier).default([]),
  version: EditorialVersion.optional(),
  languages: z.array(LanguageVersion).default([]),
  validity: z.array(Period).default([]),
  unknown: z.array(UnknownPart).default([]),
});
export type CatalogueBase = z.infer<typeof CatalogueBase>;

/** The key that an identifier means; `agency` stands in where it names none. */
export function keyOf(identifier: Identifier, agency = ''): CatalogueKey {
  return { schemeAgencyId: identifier.schemeAgencyId ?? agency, id: identifier.value };
}

/** The first entry in a language (`de` also finds `de-DE`), else the first without a language. */
export function inLanguage<Entry extends { language?: string | undefined }>(
  entries: readonly Entry[],
  language: string,
): Entry | undefined {
  const isIn = (entry: Entry): boolean => entry.language?.toLowerCase().split(/[-_]/, 1)[0] === language;
  return entries.find(isIn) ?? entries.find((entry) => entry.language === undefined);
}
