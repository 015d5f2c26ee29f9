// SPDX-License-Identifier: EUPL-1.2
import { baseUrl, expression, milliseconds, secret } from '@amtsbote/adapter-kit';
import { z } from 'zod';

/** What an operator configures for one folder on a WebDAV server. */
export const WebdavOptions = z.strictObject({
  /** Folder that has to be there; Akten are made in it: `https://files.example/remote.php/dav/files/amtsbote/Gewerbeamt`. */
  baseUrl: baseUrl(),
  username: z.string().min(1).max(200),
  password: secret(),
  akte: z.strictObject({
    /** Name of the folder of an Akte, which is also its key: equal text, same Akte. Use only what never changes of an application. */
    folder: expression(),
  }),
  vorgang: z
    .strictObject({
      /** Name of the folder of a Vorgang within its Akte. Use only what never changes of an application. */
      folder: expression().default('application.reference'),
      /** Index data, kept in the list of contents of the Vorgang: name → expression. */
      properties: z.record(z.string().min(1).max(100), expression()).default({}),
    })
    .prefault({}),
  /** Where clerks put answers to applicants; absent: none are collected. */
  outbox: z
    .strictObject({
      /** Folder in the folder of the Vorgang; clerks make it. What lies in a folder in it has that folder's name as its mark. */
      folder: z
        .string()
        .regex(/^[^/\\]{1,100}$/, 'the name of a folder')
        .default('Ausgang'),
      /** Folder in it to which an answer is moved that was taken; `null`: nothing is moved, the hub remembers. */
      takenTo: z
        .string()
        .regex(/^[^/\\]{1,100}$/, 'the name of a folder')
        .nullable()
        .default('Erledigt'),
      /** A file is taken when it was not written to for so long. */
      quietMs: milliseconds({ min: 0, max: 3_600_000, default: 10_000 }),
    })
    .optional(),
  /** `windows`: names that every file system and every sync client takes; `posix`: only what a path cannot hold is replaced. */
  names: z.enum(['windows', 'posix']).default('windows'),
  /** How a stored document is compared with the one sent: by its length, or by reading it back. */
  verify: z.enum(['length', 'content']).default('length'),
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
    })
    .prefault({}),
});
export type WebdavOptions = z.infer<typeof WebdavOptions>;
