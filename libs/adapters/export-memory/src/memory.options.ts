// SPDX-License-Identifier: EUPL-1.2
import { ConfigName } from '@amtsbote/canonical';
import { z } from 'zod';

/** Options of a Fachverfahren in memory. */
export const MemoryOptions = z.strictObject({
  /** Name of the box in this process; instances with the same name share it. */
  box: ConfigName,
});
export type MemoryOptions = z.infer<typeof MemoryOptions>;
