// SPDX-License-Identifier: EUPL-1.2
import { baseUrl, expression, milliseconds, secret } from '@amtsbote/adapter-kit';
import { z } from 'zod';

/** [P] Id of the Enterprise workspace in most installations. */
const ENTERPRISE_ID = 2_000;
/** [P] Key of an attribute: id of its category, number of the attribute, for sets further numbers. */
export const ATTRIBUTE = /^(\d{1,15})(_\d{1,6}){1,4}$/;

const nodeId = z.string().regex(/^\d{1,15}$/, 'the number of a node, in quotes');
const attribute = z.string().regex(ATTRIBUTE, 'key of an attribute: <id of the category>_<number of the attribute>');

/** A folder: its number, or its path of names below a root, which is the Enterprise workspace if nothing else is said. */
const folder = z.union([
  z.strictObject({ id: nodeId }),
  z.strictObject({
    path: z.string().regex(/^(\/[^/]+)+$/, 'a path such as /Gewerbeamt/Akten'),
    root: nodeId.default(String(ENTERPRISE_ID)),
  }),
]);

/** What a value has to be like; checked here, so that a gap is found before anything is written. */
const rule = z.strictObject({
  required: z.boolean().default(false),
  /** Longest value, in characters. */
  lengthMax: z.int().min(1).max(100_000).optional(),
  choices: z.array(z.string().max(1_000)).min(1).max(1_000).optional(),
});

/** What Akte, Vorgang and document have in common. */
const target = {
  /** Attribute of a category → expression that gives its value, or a list of them. The categories are given to the object. */
  properties: z.record(attribute, expression()).default({}),
  /** Attribute → what its value has to be like. */
  rules: z.record(attribute, rule).default({}),
};
const rulesAreMapped = ({ properties, rules }: { properties: Record<string, string>; rules: object }): boolean =>
  Object.keys(rules).every((name) => name in properties);
const RULES_ARE_MAPPED = 'rules are for attributes that are mapped';

/** What an operator configures for one Content Server. */
export const OpentextOptions = z.strictObject({
  /** Address of the program: `https://otcs.example/otcs/cs.exe`. */
  baseUrl: baseUrl(),
  username: z.string().min(1).max(200),
  password: secret(),
  /** Certificate authority of the server (PEM), when it is not a public one. */
  ca: z.string().min(1).optional(),
  akte: z
    .strictObject({
      ...target,
      /** Folder in which new Akten are created: its number, or its path of names below the Enterprise workspace (`/Gewerbeamt/Akten`). */
      parent: folder,
      /** Folders for rules of the Aktenplan that name a cabinet: name → folder. */
      cabinets: z.record(z.string().min(1).max(60), folder).default({}),
      /** Which Akte an application belongs to; equal text, same Akte. Only a code of it is written. */
      key: expression(),
      /** Name of the Akte, before the code; use only what is equal for all applications of it. */
      title: expression(),
    })
    .refine(rulesAreMapped, RULES_ARE_MAPPED),
  vorgang: z.strictObject({ ...target, title: expression() }).refine(rulesAreMapped, RULES_ARE_MAPPED),
  document: z
    .strictObject({
      ...target,
      /** How a stored document is compared with the one sent: by its length, or by reading it back. */
      verify: z.enum(['length', 'content']).default('length'),
    })
    .refine(rulesAreMapped, RULES_ARE_MAPPED),
  timeouts: z
    .strictObject({
      /** Longest wait for an answer without content. */
      answerMs: milliseconds({ min: 100, max: 300_000, default: 30_000 }),
      /** Longest time for sending, or reading back, one document. */
      uploadMs: milliseconds({ min: 1_000, max: 3_600_000, default: 900_000 }),
    })
    .prefault({}),
  limits: z
    .strictObject({
      /** Larger documents are not sent, in bytes. */
      documentBytesMax: z.int().min(1).default(2_147_483_648),
      /** Connections to the server at the same time. */
      connectionsMax: z.int().min(1).max(64).default(8),
      /** Longest value of any attribute, in characters; rules of an attribute may be stricter. */
      valueLengthMax: z.int().min(1).max(100_000).default(254),
    })
    .prefault({}),
});
export type OpentextOptions = z.infer<typeof OpentextOptions>;
