// SPDX-License-Identifier: EUPL-1.2
import { folderOptions } from '@amtsbote/adapter-kit';
import { hasWayToLogIn, NO_WAY_TO_LOG_IN, sftpConnection, sftpDirectory } from '@amtsbote/adapter-kit/sftp';
import { z } from 'zod';

/** What an operator configures for one tree of folders on an SFTP server. */
export const SftpOptions = z
  .strictObject({
    ...sftpConnection,
    /** Folder that has to be there, absolute; Akten are made in it. */
    directory: sftpDirectory,
    ...folderOptions,
    limits: z
      .strictObject({
        /** Larger documents are not sent, in bytes. */
        documentBytesMax: z.int().min(1).default(2_147_483_648),
      })
      .prefault({}),
  })
  .refine(hasWayToLogIn, NO_WAY_TO_LOG_IN);
export type SftpOptions = z.infer<typeof SftpOptions>;
