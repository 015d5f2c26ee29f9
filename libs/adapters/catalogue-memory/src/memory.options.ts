// SPDX-License-Identifier: EUPL-1.2
import { JsonValue } from '@amtsbote/canonical';
import { z } from 'zod';

const kind = z.enum(['service', 'specialisation', 'organisation', 'onlineService', 'form', 'competence']);
const key = z.strictObject({ schemeAgencyId: z.string().min(1).max(200), id: z.string().min(1).max(200) });

/** One entry of the list: an object, or the removal of one that stood further up. */
export const ListedChange = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('put'), kind, key, object: JsonValue }),
  z.strictObject({ op: z.literal('remove'), kind, key }),
]);
export type ListedChange = z.infer<typeof ListedChange>;

/** Options of a catalogue that is written in the configuration. */
export const MemoryOptions = z.strictObject({
  /** Objects and removals, oldest first. Only append: a position in this list is the cursor. */
  objects: z.array(ListedChange).max(10_000),
});
export type MemoryOptions = z.infer<typeof MemoryOptions>;
