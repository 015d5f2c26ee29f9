// SPDX-License-Identifier: EUPL-1.2
import { canonicalSchemas } from './canonical-schemas.js';
import { configSchema } from './config-schema.js';
import { exportSchema } from './export-schema.js';
import { mappingSchema } from './mapping-schema.js';
import { openApi } from './open-api.js';

/** A file that is generated, committed and checked for freshness. */
export interface GeneratedFile {
  /** Relative to the project's root. */
  readonly path: string;
  readonly content: string;
}

/** Makes files of what the code says; the same code, the same bytes. */
export type Generator = () => readonly GeneratedFile[] | Promise<readonly GeneratedFile[]>;

/** What `npm run gen` writes beside the registry of adapters. A new published contract is one entry here. */
export const GENERATORS: readonly Generator[] = [canonicalSchemas, configSchema, exportSchema, mappingSchema, openApi];
