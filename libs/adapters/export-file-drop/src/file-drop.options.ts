// SPDX-License-Identifier: EUPL-1.2
import { expression, milliseconds, secret } from '@amtsbote/adapter-kit';
import { z } from 'zod';

/** What an operator configures for one folder of a Fachverfahren on an SFTP server. */
export const FileDropOptions = z
  .strictObject({
    host: z.string().min(1).max(253),
    port: z.int().min(1).max(65_535).default(22),
    username: z.string().min(1).max(200),
    password: secret().optional(),
    /** In OpenSSH's or PEM format. */
    privateKey: secret().optional(),
    passphrase: secret().optional(),
    /** Keys of the server, as `ssh-keygen -lf` shows them; more than one while the server changes its key. Another key is never accepted. */
    hostKeys: z
      .array(z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}$/, 'a fingerprint such as SHA256:… of 43 characters'))
      .min(1)
      .max(10),
    /** Folder that has to be there, absolute; applications are put in it. */
    directory: z.string().regex(/^(\/[^/]+)+$/, 'an absolute path without a slash at its end'),
    /** Name of the folder of an application. Use only what never changes of an application. */
    folder: expression().default('application.reference'),
    /** `windows`: names that every file system takes; `posix`: only what a path cannot hold is replaced. */
    names: z.enum(['windows', 'posix']).default('windows'),
    timeouts: z
      .strictObject({
        /** Longest wait for the connection. */
        connectMs: milliseconds({ min: 100, max: 120_000, default: 20_000 }),
        /** Longest wait for the answer to one request; a document goes in many. */
        answerMs: milliseconds({ min: 100, max: 300_000, default: 60_000 }),
      })
      .prefault({}),
    limits: z
      .strictObject({
        /** Larger documents are not sent, in bytes. */
        documentBytesMax: z.int().min(1).default(2_147_483_648),
      })
      .prefault({}),
  })
  .refine(({ password, privateKey }) => password !== undefined || privateKey !== undefined, 'needs a password or a privateKey');
export type FileDropOptions = z.infer<typeof FileDropOptions>;
