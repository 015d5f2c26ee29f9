// SPDX-License-Identifier: EUPL-1.2
import { z } from 'zod';

import { expression } from '../expression.js';

/** What every DMS that is a tree of folders asks an operator for; put beside its own options in a strict object. */
export const folderOptions = {
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
  /** `windows`: names that every file system and every sync client takes; `posix`: only what a path cannot hold is replaced. */
  names: z.enum(['windows', 'posix']).default('windows'),
  /** How a stored document is compared with the one sent: by its length, or by reading it back. */
  verify: z.enum(['length', 'content']).default('length'),
};
