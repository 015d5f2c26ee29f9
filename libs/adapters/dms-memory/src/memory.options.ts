// SPDX-License-Identifier: EUPL-1.2
import { expression } from '@amtsbote/adapter-kit';
import { ConfigName } from '@amtsbote/canonical';
import { z } from 'zod';

/** What an operator configures. */
export const MemoryOptions = z.strictObject({
  /** Instances with the same archive see the same objects. */
  archive: ConfigName.default('default'),
  /** Which Akte an application belongs to; equal text, same Akte. */
  akte: expression().default('application.publicService.name + " " + application.tenant'),
  /** Where clerks put answers to applicants; absent: none are collected. */
  outbox: z
    .strictObject({
      /** Whether the archive tells everything that waits, or what is new since a place in its history. */
      begins: z.enum(['atStart', 'atCursor']).default('atStart'),
      /** `remembered`: the archive is not written to when an answer was taken. */
      acknowledges: z.enum(['inDms', 'remembered']).default('inDms'),
    })
    .optional(),
});
export type MemoryOptions = z.infer<typeof MemoryOptions>;
