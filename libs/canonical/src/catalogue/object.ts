// SPDX-License-Identifier: EUPL-1.2
import { z } from 'zod';

import { CatalogueCompetence, CatalogueForm, CatalogueOnlineService, CatalogueOrganisation } from './offices.js';
import { CatalogueKey, CatalogueObjectKind } from './parts.js';
import { CatalogueService, CatalogueSpecialisation } from './service.js';

/** An object of a service catalogue, whole. */
export const CatalogueObject = z.discriminatedUnion('kind', [
  CatalogueService,
  CatalogueSpecialisation,
  CatalogueOrganisation,
  CatalogueOnlineService,
  CatalogueForm,
  CatalogueCompetence,
]);
export type CatalogueObject = z.infer<typeof CatalogueObject>;

/** One change: the whole object, which replaces what was there, or its removal. Removing the unknown is no error. */
export const CatalogueChange = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('put'), object: CatalogueObject }),
  z.strictObject({ op: z.literal('remove'), kind: CatalogueObjectKind, key: CatalogueKey }),
]);
export type CatalogueChange = z.infer<typeof CatalogueChange>;

/**
 * Something about the source that somebody should know. `muss`: it was not taken (the object, or the whole document when there is no
 * object); `soll`: it was taken all the same. Without texts of the source: those may hold personal data.
 */
export const CatalogueFinding = z.strictObject({
  severity: z.enum(['muss', 'soll']),
  /** Stable, `<adapter>/<what>`. */
  code: z.string().max(120),
  message: z.string().max(1_000),
  /** File or block of the source. */
  document: z.string().max(500),
  /** In the document, from 1. */
  line: z.int().min(1).optional(),
  kind: CatalogueObjectKind.optional(),
  key: CatalogueKey.optional(),
});
export type CatalogueFinding = z.infer<typeof CatalogueFinding>;
