// SPDX-License-Identifier: EUPL-1.2
import { baseUrl, expression, milliseconds, secret } from '@amtsbote/adapter-kit';
import { z } from 'zod';

/** Key of a category or property as the source offers it: in d.velop documents mostly a UUID or a short code. */
const key = z.string().regex(/^[^\s"\\\p{Cc}]{1,200}$/u, 'a key without spaces and quotes');

const dossierId = z.string().min(1).max(200);

/** What a value has to be like. No hooks of d.3 run when something is stored without a user, so what they would check is checked here. */
const rule = z.strictObject({
  required: z.boolean().default(false),
  /** Longest value, in characters. */
  lengthMax: z.int().min(1).max(100_000).optional(),
  choices: z.array(z.string().max(1_000)).min(1).max(1_000).optional(),
});

/** What Akte, Vorgang and document have in common. */
const target = {
  /** Category of the source. */
  category: key,
  /** Property under which an object is found again; takes texts of up to 250 characters. */
  keyProperty: key,
  /** Property → expression that gives its value, or a list of them. */
  properties: z.record(key, expression()).default({}),
  /** Property → what its value has to be like. */
  rules: z.record(key, rule).default({}),
};
const dossier = { ...target, /** Property that shows the title. */ titleProperty: key, title: expression() };

interface Target {
  readonly keyProperty: string;
  readonly titleProperty?: string;
  readonly properties: Readonly<Record<string, string>>;
}
const ownNotMapped = ({ keyProperty, titleProperty, properties }: Target): boolean =>
  !(keyProperty in properties) && (titleProperty === undefined || !(titleProperty in properties)) && keyProperty !== titleProperty;
const rulesAreMapped = ({ keyProperty, titleProperty, properties, rules }: Target & { readonly rules: object }): boolean =>
  Object.keys(rules).every((name) => name in properties || name === keyProperty || name === titleProperty);
const RULES_ARE_MAPPED = 'rules are for properties that are mapped';
const OWN_NOT_MAPPED = 'keyProperty and titleProperty are two properties, and neither is among the mapped ones';

/** What an operator configures for one repository of d.velop documents. */
export const DvelopOptions = z.strictObject({
  /** Address of the d.velop platform without a path: `https://musterstadt.d-velop.cloud`. */
  baseUrl: baseUrl().refine((address) => new URL(address).pathname === '/', 'an address without a path'),
  repositoryId: z.string().min(1).max(200),
  /** API key of a technical user, or a session of the identity provider: sent as bearer token. */
  apiKey: secret(),
  /** Certificate authority of the server (PEM), when it is not a public one. */
  ca: z.string().min(1).optional(),
  /** Source whose categories and properties are meant. Absent: the repository's own, whose keys are checked before anything is written. */
  sourceId: z.string().min(1).max(500).optional(),
  akte: z
    .strictObject({
      ...dossier,
      /** Id of a dossier all Akten lie in. Absent: they lie in none. */
      parentId: dossierId.optional(),
      /** Dossiers for rules of the Aktenplan that name a cabinet: name → id. */
      cabinets: z.record(z.string().min(1).max(60), dossierId).default({}),
      /** Which Akte an application belongs to; equal text, same Akte. */
      key: expression(),
    })
    .refine(ownNotMapped, OWN_NOT_MAPPED)
    .refine(rulesAreMapped, RULES_ARE_MAPPED),
  vorgang: z.strictObject(dossier).refine(ownNotMapped, OWN_NOT_MAPPED).refine(rulesAreMapped, RULES_ARE_MAPPED),
  document: z
    .strictObject({
      ...target,
      /** How a stored document is compared with the one sent: by its length, or by reading it back. */
      verify: z.enum(['length', 'content']).default('length'),
    })
    .refine(ownNotMapped, OWN_NOT_MAPPED)
    .refine(rulesAreMapped, RULES_ARE_MAPPED),
  timeouts: z
    .strictObject({
      /** Longest wait for an answer without content. */
      answerMs: milliseconds({ min: 100, max: 300_000, default: 30_000 }),
      /** Longest time for sending, or reading back, one document. */
      uploadMs: milliseconds({ min: 1_000, max: 3_600_000, default: 900_000 }),
      /** How long what is known of repository and source is taken for true. */
      discoveryMs: milliseconds({ min: 0, max: 86_400_000, default: 600_000 }),
    })
    .prefault({}),
  limits: z
    .strictObject({
      /** Larger documents are not sent, in bytes. */
      documentBytesMax: z.int().min(1).default(2_147_483_648),
      /** Connections to the server at the same time. */
      connectionsMax: z.int().min(1).max(64).default(8),
      /** Longest value of any property, in characters; rules of a property may be stricter. */
      valueLengthMax: z.int().min(1).max(100_000).default(250),
    })
    .prefault({}),
});
export type DvelopOptions = z.infer<typeof DvelopOptions>;
