// SPDX-License-Identifier: EUPL-1.2
import { CatalogueChange, JsonValue } from '@amtsbote/canonical';
import { z } from 'zod';

/** One entry: checked as a change of the catalogue, but not spelled out in the configuration's schema, of which it would be the most part. */
const entry = JsonValue.transform((value, context): CatalogueChange => {
  const { data, error } = CatalogueChange.safeParse(value);
  for (const { message, path } of error?.issues ?? []) context.issues.push({ code: 'custom', message, path, input: value });
  return data ?? z.NEVER;
});

/** Options of a catalogue that is written in the configuration. */
export const MemoryOptions = z.strictObject({
  /** Objects and removals, oldest first. For increments only append: a position in this list is the cursor. */
  objects: z.array(entry).max(10_000),
  /** `increments`: a read goes on where the last one ended; `snapshot`: every read gives the whole list, and what is not in it is gone. */
  mode: z.enum(['snapshot', 'increments']).default('increments'),
});
export type MemoryOptions = z.infer<typeof MemoryOptions>;
