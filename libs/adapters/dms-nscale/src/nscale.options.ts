// SPDX-License-Identifier: EUPL-1.2
import { baseUrl, expression, milliseconds, secret } from '@amtsbote/adapter-kit';
import { z } from 'zod';

/** Name of an object class, indexing property or document area as nscale's administration shows it. */
const nscaleName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/, 'a name of letters, digits and underscores');

/** Properties that nscale keeps itself, and the one that carries the title: not for the index mapping. */
const SYSTEM_PROPERTIES = ['displayname', 'resourceid', 'parentresourceid', 'objectclass', 'resourcetype', 'lockdate'];

/** Indexing property → expression that gives its value. */
const properties = z
  .record(nscaleName, expression())
  .refine((mapping) => Object.keys(mapping).every((name) => !SYSTEM_PROPERTIES.includes(name.toLowerCase())), {
    message: `may not set ${SYSTEM_PROPERTIES.join(', ')}`,
  })
  .default({});

/** A folder: its resource key, or its path of display names from the root. */
const folder = z.union([
  z.strictObject({ key: z.string().min(1).max(500) }),
  z.strictObject({ path: z.string().regex(/^(\/[^/]+)+$/, 'a path such as /Gewerbeamt/Akten') }),
]);

const keyNotMapped = {
  test: (object: { keyProperty: string; properties: Record<string, string> }) => !(object.keyProperty in object.properties),
  message: 'the key property may not be among the mapped properties',
};

/** A value that can be searched for. */
const outboxValue = z.string().regex(/^[^"\\\p{Cc}]{1,200}$/u, 'a text without quotes and backslashes');

/** What an operator configures for one nscale document area. */
export const NscaleOptions = z.strictObject({
  /** Address of the application layer's instance, `http://dms.example:8080/nscalealinst1`. */
  baseUrl: baseUrl(),
  /** `user@domain`. */
  username: z.string().regex(/^[^@\s:]+@[^@\s:]+$/, 'user@domain'),
  password: secret(),
  documentArea: nscaleName,
  akte: z
    .strictObject({
      objectClass: nscaleName,
      /** Folder in which new Akten are created: its resource key, or its path of display names from the root (`/Gewerbeamt/Akten`). */
      parent: folder,
      /** Folders for rules of the Aktenplan that name a cabinet: name → folder. */
      cabinets: z.record(z.string().min(1).max(60), folder).default({}),
      /** Indexing property under which an Akte is found again; should be unique in nscale. */
      keyProperty: nscaleName,
      /** Which Akte an application belongs to; equal text, same Akte. */
      key: expression(),
      title: expression(),
      properties,
    })
    .refine(keyNotMapped.test, keyNotMapped.message),
  vorgang: z
    .strictObject({
      objectClass: nscaleName,
      /** Indexing property that takes the application's id; should be unique in nscale. */
      keyProperty: nscaleName.default('amtsboteKey'),
      title: expression(),
      properties,
    })
    .refine(keyNotMapped.test, keyNotMapped.message),
  document: z
    .strictObject({
      objectClass: nscaleName,
      /** Indexing property that takes the key of the act and of the document; should be unique in nscale. */
      keyProperty: nscaleName.default('amtsboteKey'),
      properties,
    })
    .refine(keyNotMapped.test, keyNotMapped.message),
  /** Which documents of a Vorgang are answers to its applicant; absent: none are collected. Searched for and changed as inferred. */
  outbox: z
    .strictObject({
      property: nscaleName,
      /** Its value while an answer waits to be sent. */
      waiting: outboxValue,
      /** Its value once it was taken; `null`: nothing is changed, the hub remembers. */
      taken: outboxValue.nullable(),
    })
    .optional(),
  timeouts: z
    .strictObject({
      /** Longest wait for an answer without content. */
      answerMs: milliseconds({ min: 100, max: 300_000, default: 30_000 }),
      /** Longest time for sending one document and getting the answer. */
      uploadMs: milliseconds({ min: 1_000, max: 3_600_000, default: 900_000 }),
    })
    .prefault({}),
  limits: z
    .strictObject({
      /** Larger documents are not sent, in bytes. */
      documentBytesMax: z.int().min(1).default(2_147_483_648),
      /** Connections to nscale at the same time. */
      connectionsMax: z.int().min(1).max(64).default(8),
    })
    .prefault({}),
});
export type NscaleOptions = z.infer<typeof NscaleOptions>;
