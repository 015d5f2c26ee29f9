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
});
export type MemoryOptions = z.infer<typeof MemoryOptions>;
