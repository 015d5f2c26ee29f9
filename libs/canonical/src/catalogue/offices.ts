// SPDX-License-Identifier: EUPL-1.2
import { z } from 'zod';

import { CatalogueBase, CatalogueLink, Code, HtmlText, Identifier, LocalizedText, Period } from './parts.js';
import { CatalogueCategory, Publisher } from './service.js';

const text = z.string().optional();
const ids = z.array(Identifier).default([]);
const localized = z.array(LocalizedText).default([]);
const html = z.array(HtmlText).default([]);
const links = z.array(CatalogueLink).default([]);

/** Who does it for whom: an office, an online service or a form, for a service in areas. */
export const Competence = z.strictObject({
  id: Identifier.optional(),
  serviceId: Identifier.optional(),
  /** Area keys as they came (2 to 12 digits); the scheme tells the key system, where there is one. */
  areaIds: ids,
  /** 01, 02, 03: competent office or place to ask. */
  role: Code.optional(),
  validity: z.array(Period).default([]),
});
export type Competence = z.infer<typeof Competence>;

/** Where an address lies in the order of the state: codes of Land, district and municipality (AGS, ARS). */
export const RegionCodes = z.strictObject({
  nation: Code.optional(),
  state: Code.optional(),
  county: Code.optional(),
  district: Code.optional(),
  association: Code.optional(),
  /** Amtlicher Gemeindeschlüssel, 8 digits. */
  ags: Code.optional(),
  /** Amtlicher Regionalschlüssel, 12 digits. */
  ars: Code.optional(),
});
export type RegionCodes = z.infer<typeof RegionCodes>;

/** Where an office is, or where its letters go. */
export const OfficeAddress = z.strictObject({
  type: Code.optional(),
  id: Identifier.optional(),
  street: text,
  houseNumber: text,
  addition: text,
  postalCode: text,
  place: text,
  poBox: text,
  region: RegionCodes.optional(),
  validity: z.array(Period).default([]),
});
export type OfficeAddress = z.infer<typeof OfficeAddress>;

/** A way to reach an office: telephone, fax, e-mail. */
export const OfficeContact = z.strictObject({ channel: Code.optional(), value: text, note: localized });
export type OfficeContact = z.infer<typeof OfficeContact>;

/** An office (Organisationseinheit). Often filled in badly: everything but the key may be missing. */
export const CatalogueOrganisation = CatalogueBase.extend({
  kind: z.literal('organisation'),
  names: localized,
  shortNames: localized,
  description: html,
  shortDescription: html,
  parentIds: ids,
  categories: z.array(CatalogueCategory).default([]),
  addresses: z.array(OfficeAddress).default([]),
  contacts: z.array(OfficeContact).default([]),
  openingHours: html,
  links,
  publisher: Publisher.optional(),
  /** What came with the office: replaced with it, gone with it. */
  competences: z.array(Competence).default([]),
});
export type CatalogueOrganisation = z.infer<typeof CatalogueOrganisation>;

/** A service on the internet where one applies. */
export const CatalogueOnlineService = CatalogueBase.extend({
  kind: z.literal('onlineService'),
  /** The source's name of the type. */
  type: z.string().optional(),
  names: localized,
  description: html,
  links,
  trustLevel: Code.optional(),
  publisher: Publisher.optional(),
  competences: z.array(Competence).default([]),
});
export type CatalogueOnlineService = z.infer<typeof CatalogueOnlineService>;

/** A form that a service asks for. */
export const CatalogueForm = CatalogueBase.extend({
  kind: z.literal('form'),
  names: localized,
  description: html,
  links,
  publisher: Publisher.optional(),
  competences: z.array(Competence).default([]),
});
export type CatalogueForm = z.infer<typeof CatalogueForm>;

/** A competence as an object of its own. Its subject and its service may come later, or never: references dangle until they are resolved. */
export const CatalogueCompetence = CatalogueBase.extend({
  kind: z.literal('competence'),
  subjectId: Identifier.optional(),
  /** What the subject is, where the source says so. */
  subjectKind: z.enum(['organisation', 'onlineService', 'form']).optional(),
  serviceId: Identifier.optional(),
  areaIds: ids,
  role: Code.optional(),
});
export type CatalogueCompetence = z.infer<typeof CatalogueCompetence>;
