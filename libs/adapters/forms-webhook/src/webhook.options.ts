// SPDX-License-Identifier: EUPL-1.2
import { FormMapping, isLinkOrigin, SenderCredential } from '@amtsbote/adapter-kit';
import { LeikaKey } from '@amtsbote/canonical';
import { z } from 'zod';

/** How secrets and public keys are written. */
export const KEY_PREFIX = { secret: 'whsec_', publicKey: 'whpk_' } as const;

/** Standard Webhooks 1.0.0: "between 24 bytes (192 bits) and 64 bytes (512 bits)". */
const SECRET_BYTES = { min: 24, max: 64 };
const ED25519_KEY_BYTES = 32;

/** Bytes of a prefixed, strictly base64-encoded key, or `undefined` when it is not one. */
export function keyBytes(prefixed: string, prefix: string): Buffer | undefined {
  if (!prefixed.startsWith(prefix)) return undefined;
  const encoded = prefixed.slice(prefix.length);
  const bytes = Buffer.from(encoded, 'base64');
  return bytes.toString('base64') === encoded ? bytes : undefined;
}

const webhookSecret = z
  .string()
  .refine((text) => {
    const length = keyBytes(text, KEY_PREFIX.secret)?.length ?? 0;
    return length >= SECRET_BYTES.min && length <= SECRET_BYTES.max;
  }, `${KEY_PREFIX.secret} and ${SECRET_BYTES.min} to ${SECRET_BYTES.max} bytes in base64`)
  .meta({ secret: true });

const webhookPublicKey = z
  .string()
  .refine(
    (text) => keyBytes(text, KEY_PREFIX.publicKey)?.length === ED25519_KEY_BYTES,
    `${KEY_PREFIX.publicKey} and an ed25519 public key in base64`,
  );

/** Senders whose bodies are known; see webhook.profiles.mapping.ts. */
export const PROFILE_NAMES = ['gover', 'open-forms', 'formio', 'xgov', 'jaxforms'] as const;

/** How a body that is no JSON is read. */
export const XmlFormat = z.strictObject({
  /** Attribute that names an element in the place of its tag: `id` for `<var id="nachname">`. */
  nameBy: z.string().min(1).max(100).optional(),
});
export type XmlFormat = z.infer<typeof XmlFormat>;

/** One endpoint for a sender of JSON or XML that signs as Standard Webhooks says, or shows a credential. */
export const WebhookOptions = z
  .strictObject({
    /** Shared secrets; several while one is being replaced. */
    secrets: z.array(webhookSecret).max(10).default([]),
    /** Public keys of senders that sign with ed25519 (`v1a`). */
    publicKeys: z.array(webhookPublicKey).max(10).default([]),
    /** How far the sender's clock may be off, either way, in seconds. */
    toleranceSeconds: z.int().min(1).max(3_600).default(300),
    /** For senders that sign nothing, or besides a signature: then both have to be right. */
    auth: SenderCredential.optional(),
    /** Where things stand in the bodies of a known sender; `mapping` goes before it, member by member. */
    profile: z.enum(PROFILE_NAMES).optional(),
    /** The sender posts XML; absent: JSON, or what the profile says. Pointers begin with the name of the root element. */
    xml: XmlFormat.optional(),
    /** From the sender's words to ours. */
    mapping: FormMapping.prefault({}),
    /** Technical name → label a person can read; names without one are their own label. */
    labels: z.record(z.string().max(500), z.string().max(2_000)).default({}),
    leikaByForm: z.record(z.string().max(200), z.array(LeikaKey).min(1).max(20)).default({}),
    /** Exact origins from which linked attachments may be collected; https, http only on loopback. */
    linkOrigins: z.array(z.string().refine(isLinkOrigin, 'an exact origin such as https://formulare.example.org')).max(50).default([]),
  })
  .refine(
    ({ secrets, publicKeys, auth }) => auth !== undefined || secrets.length + publicKeys.length > 0,
    'at least one secret or public key, or auth',
  );
export type WebhookOptions = z.infer<typeof WebhookOptions>;
