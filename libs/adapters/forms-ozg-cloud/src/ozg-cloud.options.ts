// SPDX-License-Identifier: EUPL-1.2
import { ApplicantFields, ConfiguredFee, FieldPath, OverlayMapping, SenderCredential } from '@amtsbote/adapter-kit';
import { LeikaKey } from '@amtsbote/canonical';
import { z } from 'zod';

/** One endpoint for a sender of the OZG-Cloud format. */
export const OzgCloudOptions = z.strictObject({
  /** The format itself knows no credentials. */
  auth: SenderCredential,
  /** Form id → LeiKa keys, for senders that send none (gover always sends an empty list). What a sender does send counts first. */
  leikaByForm: z.record(z.string().max(200), z.array(LeikaKey).min(1).max(20)).default({}),
  names: ApplicantFields.prefault({}),
  /** Fields whose text lists the uploaded files: a file named there has to arrive as a part. */
  fileFields: z.array(FieldPath).max(50).default([]),
  /** What stands between two file names in such a field. */
  fileSeparator: z.string().min(1).max(10).default('\n'),
  /** The format has no payment. */
  payment: ConfiguredFee.optional(),
  /** What the format cannot say, in the mapping language: answers stand below `/form`, `control` below `/sent`. */
  mapping: OverlayMapping.optional(),
  /** Everything at this endpoint is a test: the format cannot say so itself. */
  test: z.boolean().default(false),
});
export type OzgCloudOptions = z.infer<typeof OzgCloudOptions>;
