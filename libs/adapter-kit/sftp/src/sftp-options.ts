// SPDX-License-Identifier: EUPL-1.2
import { z } from 'zod';

import { milliseconds, secret } from '../../src/index.js';

/** What every adapter on an SFTP server asks an operator for; put beside its own options in a strict object. */
export const sftpConnection = {
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
  timeouts: z
    .strictObject({
      /** Longest wait for the connection. */
      connectMs: milliseconds({ min: 100, max: 120_000, default: 20_000 }),
      /** Longest wait for the answer to one request; a document goes in many. */
      answerMs: milliseconds({ min: 100, max: 300_000, default: 60_000 }),
    })
    .prefault({}),
};
export type SftpConnection = z.infer<z.ZodObject<typeof sftpConnection>>;

/** A folder on the server that has to be there. */
export const sftpDirectory = z.string().regex(/^(\/[^/]+)+$/, 'an absolute path without a slash at its end');

/** For `refine`: there has to be a way to log in. */
export const hasWayToLogIn = ({ password, privateKey }: { password?: string | undefined; privateKey?: string | undefined }): boolean =>
  password !== undefined || privateKey !== undefined;
/** What is said when there is none. */
export const NO_WAY_TO_LOG_IN = 'needs a password or a privateKey';
