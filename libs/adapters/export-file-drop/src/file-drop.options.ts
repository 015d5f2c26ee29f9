// SPDX-License-Identifier: EUPL-1.2
import { expression } from '@amtsbote/adapter-kit';
import { hasWayToLogIn, NO_WAY_TO_LOG_IN, sftpConnection, sftpDirectory } from '@amtsbote/adapter-kit/sftp';
import { z } from 'zod';

/** What an operator configures for one folder of a Fachverfahren on an SFTP server. */
export const FileDropOptions = z
  .strictObject({
    ...sftpConnection,
    /** Folder that has to be there, absolute; applications are put in it. */
    directory: sftpDirectory,
    /** Name of the folder of an application. Use only what never changes of an application. */
    folder: expression().default('application.reference'),
    /** `windows`: names that every file system takes; `posix`: only what a path cannot hold is replaced. */
    names: z.enum(['windows', 'posix']).default('windows'),
    limits: z
      .strictObject({
        /** Larger documents are not sent, in bytes. */
        documentBytesMax: z.int().min(1).default(2_147_483_648),
      })
      .prefault({}),
  })
  .refine(hasWayToLogIn, NO_WAY_TO_LOG_IN);
export type FileDropOptions = z.infer<typeof FileDropOptions>;
