// SPDX-License-Identifier: EUPL-1.2
import { milliseconds, secret } from '@amtsbote/adapter-kit';
import { z } from 'zod';

/** Bytes of a signing key: Standard Webhooks 1.0.0 wants 24 to 64. */
const KEY_BYTES = { min: 24, max: 64 };

/** A signing secret: `whsec_` and the base64 of 24 to 64 random bytes. */
const signingSecret = secret().refine((value) => {
  const encoded = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(value)?.[1];
  const bytes = encoded === undefined ? 0 : Buffer.from(encoded, 'base64').length;
  return bytes >= KEY_BYTES.min && bytes <= KEY_BYTES.max;
}, 'whsec_ and the base64 of 24 to 64 bytes');

/** Options of one portal that takes signed webhooks. */
export const WebhookOptions = z.strictObject({
  /** Where the portal listens, complete. Use https outside of tests: decisions travel here. */
  url: z
    .url({ protocol: /^https?$/ })
    .refine((url) => new URL(url).username === '' && new URL(url).hash === '', 'an address without credentials and fragment'),
  /** One secret; two while it is exchanged: every message is then signed with both, and the portal may change over at any time. */
  secrets: z.array(signingSecret).min(1).max(5),
  /** Longest body in bytes. Standard Webhooks recommends less than 20 kB; only a long decision text comes near. */
  bodyBytesMax: z
    .int()
    .min(20 * 1024)
    .max(1024 * 1024)
    .default(256 * 1024),
  /** Longest wait for the answer; Standard Webhooks recommends 15 to 30 seconds. */
  timeoutMs: milliseconds({ min: 100, max: 60_000, default: 20_000 }),
});
export type WebhookOptions = z.infer<typeof WebhookOptions>;
