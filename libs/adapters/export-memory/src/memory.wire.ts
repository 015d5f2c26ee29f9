// SPDX-License-Identifier: EUPL-1.2
import { z } from 'zod';

/** One application as it lies in the box. */
export const BoxRecord = z.strictObject({
  id: z.string(),
  reference: z.string(),
  documents: z.array(z.strictObject({ fileName: z.string(), size: z.int(), sha512: z.string() })),
});
export type BoxRecord = z.infer<typeof BoxRecord>;

/** What a box answers, in place of HTTP: a record, or that there is none. */
export const BoxAnswer = z.union([BoxRecord, z.literal('nothing')]);
export type BoxAnswer = z.infer<typeof BoxAnswer>;
