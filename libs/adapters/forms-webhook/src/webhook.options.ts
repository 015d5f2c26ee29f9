// SPDX-License-Identifier: EUPL-1.2
import { ADDRESS_PARTS, APPLICANT_PARTS, jsonPointer, SenderCredential } from '@amtsbote/adapter-kit';
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

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Whether this is an exact origin from which attachments may be collected: https, or http on loopback. */
export function isLinkOrigin(text: string): boolean {
  const url = URL.parse(text);
  if (url?.origin !== text || url.hostname.includes('*')) return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.test(url.hostname));
}

const pointer = jsonPointer().min(1);
/** Where a text stands in the body, or a constant text of the operator. */
const textSource = z.union([pointer, z.strictObject({ text: z.string().max(500) })]);
export type TextSource = z.infer<typeof textSource>;

const APPLICANT_SOURCES = [
  ...APPLICANT_PARTS,
  ...ADDRESS_PARTS,
  'identityProvider',
  'trustLevel',
  'mailboxHandle',
  'mailboxType',
  'mailboxSystem',
] as const;

/** Where the demand stands. A missing, null or zero amount is no demand; an unreadable one refuses the submission. */
export const PaymentMapping = z.strictObject({
  amount: pointer,
  /** `decimal`: 26, 26.5, "26.00" euros; `cents`: whole cents. */
  unit: z.enum(['cents', 'decimal']),
  /** Anything but EUR refuses the submission. */
  currency: textSource.default({ text: 'EUR' }),
  /** At most 27 characters; what is longer is cut and kept whole among the unmapped. */
  purpose: textSource,
  description: textSource,
  reference: textSource.default({ text: 'gebuehr' }),
  /** An object of accounting data (Kontierung). */
  bookingData: pointer.optional(),
  /** No demand when the text at `pointer` is one of `values`: the portal has already collected the money. */
  unless: z.strictObject({ pointer, values: z.array(z.string().min(1)).min(1) }).optional(),
});
export type PaymentMapping = z.infer<typeof PaymentMapping>;

/** JSON Pointers (RFC 6901) from canonical words to the places in the sender's body. What is absent comes from the profile, if there is one. */
export const WebhookMapping = z.strictObject({
  /**
   * Absent = the header `webhook-id`, which stays equal over the sender's retries. Several places make one id together. `contentHash`: equal
   * bodies are one submission, two citizens who answer alike included; only for senders that name nothing.
   */
  submissionId: z.union([pointer, z.array(pointer).min(2).max(5), z.strictObject({ contentHash: z.literal(true) })]).optional(),
  formId: textSource.optional(),
  formVersion: textSource.optional(),
  serviceName: textSource.optional(),
  authorityId: textSource.optional(),
  /** A list of keys, or one; without any, `leikaByForm` counts. */
  leikaKeys: z.union([pointer, z.strictObject({ texts: z.array(LeikaKey).min(1).max(20) })]).optional(),
  /** `true` or `"true"` marks a test; missing, null, `false` and `"false"` do not; anything else refuses the submission. */
  test: pointer.optional(),
  /** The answers; `/data` where nobody says. */
  form: jsonPointer().optional(),
  /**
   * `object` (where nobody says): any JSON, objects are groups, arrays repeated rows; `canonical`: a list of canonical form items; `questions`: a
   * list of `{question, fields: [{key, title, answer}]}`.
   */
  formKind: z.enum(['object', 'canonical', 'questions']).optional(),
  /** Lists of attachment objects, or single ones. */
  attachments: z.array(pointer).max(20).optional(),
  /** The readable application: an attachment object, or a PDF as bare base64. */
  representation: pointer.optional(),
  applicant: z.partialRecord(z.enum(APPLICANT_SOURCES), pointer).optional(),
  payment: PaymentMapping.optional(),
  /** GeoJSON: geometry, feature, collection of features, `{label, geometry}`, or a list of those. */
  places: pointer.optional(),
  /** A list of `{purpose, given}`, or an object of truth values. */
  consents: pointer.optional(),
  /** A list of `{kind, target}`. */
  relations: pointer.optional(),
  /** Deliberately not carried: what the sender repeats elsewhere. */
  ignored: z.array(pointer).max(50).optional(),
  /** What is sent beside submissions, and answered without being kept: drafts. */
  noSubmission: z.strictObject({ pointer, values: z.array(z.string().min(1)).min(1) }).optional(),
});
export type WebhookMapping = z.infer<typeof WebhookMapping>;

/** Senders whose bodies are known; see webhook.profiles.mapping.ts. */
export const PROFILE_NAMES = ['gover', 'open-forms', 'formio', 'xgov'] as const;

/** One endpoint for a sender of JSON that signs as Standard Webhooks says, or shows a credential. */
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
    mapping: WebhookMapping.prefault({}),
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
