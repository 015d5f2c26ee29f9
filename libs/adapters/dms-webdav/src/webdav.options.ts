// SPDX-License-Identifier: EUPL-1.2
import { baseUrl, folderOptions, milliseconds, secret } from '@amtsbote/adapter-kit';
import { z } from 'zod';

/** Where Nextcloud shows the files of a user. */
const NEXTCLOUD_FILES = /^https?:\/\/[^/]+(\/[^?]*)?\/remote\.php\/dav\/files\/[^/]+/;

/** What an operator configures for one folder on a WebDAV server. */
export const WebdavOptions = z
  .strictObject({
    /** Folder that has to be there; Akten are made in it: `https://files.example/remote.php/dav/files/amtsbote/Gewerbeamt`. */
    baseUrl: baseUrl(),
    username: z.string().min(1).max(200),
    password: secret(),
    ...folderOptions,
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
    /** A Nextcloud: longer documents go in chunks, which proxies and time limits let through. */
    nextcloud: z
      .strictObject({
        /** Bytes of a chunk; shorter documents go in one request. */
        chunkBytes: z.int().min(5_242_880).max(5_368_709_120).default(52_428_800),
      })
      .optional(),
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
  })
  .refine(({ baseUrl: url, nextcloud }) => nextcloud === undefined || NEXTCLOUD_FILES.test(url), {
    path: ['baseUrl'],
    message: 'with nextcloud: an address of the form https://HOST/remote.php/dav/files/USER/…',
  });
export type WebdavOptions = z.infer<typeof WebdavOptions>;
