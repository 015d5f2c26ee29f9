// SPDX-License-Identifier: EUPL-1.2
import { baseUrl, milliseconds, secret } from '@amtsbote/adapter-kit';
import { z } from 'zod';

import { DEFAULT_LIMITS } from './xzufi.limits.client.js';

const path = z.string().min(1).max(1_000);
/** A file or index name below the base address: no way up, no query. */
const relativeName = z.string().regex(/^(?!.*\.\.)[\w.-]+(?:\/[\w.-]+)*$/, 'a name such as index.txt or redaktion/index.txt');
const mode = z.enum(['snapshot', 'increments']);

const timeouts = z
  .strictObject({
    /** Longest wait for an answer that is read as a whole. */
    answerMs: milliseconds({ min: 100, max: 600_000, default: 60_000 }),
    /** Longest time for downloading one file. */
    downloadMs: milliseconds({ min: 1_000, max: 86_400_000, default: 3_600_000 }),
  })
  .prefault({});

/** Where the catalogue comes from. */
const source = z.discriminatedUnion('type', [
  /** Nowhere: documents are only uploaded or pushed. */
  z.strictObject({ type: z.literal('none') }),
  z.strictObject({
    type: z.literal('file'),
    path,
    /** Whether the file is everything, or what changed. */
    mode: mode.default('snapshot'),
  }),
  z.strictObject({
    type: z.literal('folder'),
    /** Its `*.xml` in the order of their names; those that its `index*.txt` names, where there are such. */
    path,
    /** `increments`: files are read once, in the order of their names; new ones have to come after. */
    mode: mode.default('snapshot'),
  }),
  z.strictObject({
    type: z.literal('index'),
    /** The indexes and what they name are below this address. */
    baseUrl: baseUrl(),
    indexes: z.array(relativeName).min(1).max(200).default(['index.txt']),
    basic: z.strictObject({ username: z.string().min(1).max(200), password: secret() }).optional(),
    timeouts,
  }),
  z.strictObject({
    type: z.literal('pvog'),
    /** `https://pvog.fitko.net/bereitstelldienst`. */
    baseUrl: baseUrl(),
    /** Changes with the interface's version: old ones are switched off quarterly. */
    path: z
      .string()
      .regex(/^(?:\/[\w.-]+)+$/, 'a path such as /api/v3/verwaltungsobjekte/xzufi-2-3-1')
      .default('/api/v3/verwaltungsobjekte/xzufi-2-3-1'),
    /** Amtlicher Regionalschlüssel, hierarchical; absent = everything. */
    ars: z
      .string()
      .regex(/^\d{2,12}$/, '2 to 12 digits')
      .optional(),
    tokenUrl: baseUrl(),
    clientId: z.string().min(1).max(200),
    clientSecret: secret(),
    /** Largest block, in bytes: it is held in memory. */
    blockBytesMax: z.int().min(1_024).max(268_435_456).default(33_554_432),
    timeouts,
  }),
]);

/** A schema that an operator has put in place. */
const schema = z.strictObject({
  /** Below `schemas/external`, or any folder; imports of `https://host/path` are looked for at `host/path` in it. */
  folder: path.default('schemas/external'),
  /** The main file, relative to the folder. */
  entry: z.string().regex(/^(?!.*\.\.)[\w.-]+(?:\/[\w.-]+)*\.xsd$/, 'an .xsd below the folder'),
});

/** What an operator configures for one catalogue in XZuFi. */
export const XzufiOptions = z.strictObject({
  source,
  /** A technically invalid file: `reject` ends the run, `isolate` leaves the file out (nothing is swept then). */
  invalidDocuments: z.enum(['reject', 'isolate']).default('reject'),
  /** XSD validation; absent = well-formedness and business rules only. */
  schemas: z.strictObject({ '2.2.0': schema.optional(), '2.3.1': schema.optional() }).prefault({}),
  limits: z
    .strictObject({
      documentBytesMax: z.int().min(1_024).default(DEFAULT_LIMITS.documentBytesMax),
      /** One object. */
      recordBytesMax: z.int().min(1_024).max(268_435_456).default(DEFAULT_LIMITS.recordBytesMax),
      depthMax: z.int().min(16).max(1_000).default(DEFAULT_LIMITS.depthMax),
      /** Of one element. */
      attributesMax: z.int().min(8).max(1_000).default(DEFAULT_LIMITS.attributesMax),
      textCharsMax: z.int().min(1_024).default(DEFAULT_LIMITS.textCharsMax),
    })
    .prefault({}),
  /**
   * Threads that help to read large documents, about 30 MB each; 0 = none. A thread makes a first import some 15 % faster where a processor is idle
   * beside the hub and its database; a source that hardly changed is read no faster.
   */
  threads: z.int().min(0).max(16).default(0),
  /** What is written. */
  write: z.strictObject({ version: z.enum(['2.2.0', '2.3.1']).default('2.3.1') }).prefault({}),
});
export type XzufiOptions = z.infer<typeof XzufiOptions>;
export type XzufiSource = XzufiOptions['source'];
