// SPDX-License-Identifier: EUPL-1.2
import { ApplicantFields, baseUrl, milliseconds, secret } from '@amtsbote/adapter-kit';
import { z } from 'zod';

import { isPrivateKey } from './fit-connect.keys.auth.js';

/** A service offered at a destination, and what its data may be. */
const OfferedService = z.strictObject({
  /** URN of the service: `urn:de:fim:leika:leistung:99…`. */
  identifier: z
    .string()
    .min(7)
    .max(255)
    .regex(/^urn:[a-z0-9][a-z0-9-]{0,31}:\S+$/, 'the URN of a service'),
  /** URIs of the data schemas that are accepted for it, exactly as senders write them. */
  schemas: z.array(z.string().min(1).max(500)).min(1).max(100),
});

/** One Zustellpunkt. */
const DestinationOptions = z.strictObject({
  id: z.uuid(),
  /** Private keys (JWK) with which senders' content is decrypted, chosen by `kid`. The old one stays until nothing for it is under way. */
  decryptionKeys: z
    .array(
      secret().refine(
        (jwk) => isPrivateKey(jwk, 'RSA-OAEP-256'),
        'a private RSA key of at least 4096 bit as JWK with kid, alg RSA-OAEP-256',
      ),
    )
    .min(1)
    .max(10),
  /** Private key (JWK) with which acceptance and rejection are signed. */
  signingKey: secret().refine((jwk) => isPrivateKey(jwk, 'PS512'), 'a private RSA key of at least 4096 bit as JWK with kid, alg PS512'),
  /** Secrets of the callback, two while one is replaced; without any, callbacks are refused and submissions are found by asking alone. */
  callbackSecrets: z.array(secret().min(32).max(512)).max(5).default([]),
  services: z.array(OfferedService).min(1).max(500),
});
export type DestinationOptions = z.infer<typeof DestinationOptions>;

/** One client of FIT-Connect with the destinations it subscribes to. */
export const FitConnectOptions = z.strictObject({
  /** Of the Submission API, without the version: `https://test.fit-connect.fitko.dev/submission-api`. */
  baseUrl: baseUrl(),
  apiVersion: z.enum(['v1', 'v2']).default('v1'),
  tokenUrl: baseUrl(),
  clientId: z.string().min(1).max(200),
  clientSecret: secret(),
  scope: z.string().min(1).max(1_000).optional(),
  /** `iss` of the delivery service's event tokens, where it is not `baseUrl`. */
  issuer: baseUrl().optional(),
  destinations: z
    .array(DestinationOptions)
    .min(1)
    .max(20)
    .refine((all) => new Set(all.map(({ id }) => id.toLowerCase())).size === all.length, 'each destination once'),
  /** Whether everything here is a test: for FIT-Connect's test environment. */
  test: z.boolean().default(false),
  /** `problems`: what is the sender's fault by the specification is rejected, which deletes it there. `never`: it stays, in front of a person. */
  reject: z.enum(['problems', 'never']).default('problems'),
  /** Technical name of a field → label a person can read. */
  labels: z.record(z.string().max(500), z.string().max(2_000)).default({}),
  /** Where the parts of the applicant stand in the data. */
  applicant: ApplicantFields.prefault({}),
  /** FIT-Connect answers 403 without one. */
  userAgent: z.string().min(1).max(200).default('Amtsbote'),
  /** Certificate authority of the delivery service (PEM), when it is not a public one. */
  ca: z.string().min(1).optional(),
  /** Submissions asked for at once; at most 500 are allowed. */
  pageSize: z.int().min(1).max(500).default(100),
  /** Longest wait for one complete answer. */
  timeoutMs: milliseconds({ min: 100, max: 120_000, default: 30_000 }),
  /** Longest wait for one attachment, which may have 500 MB. */
  transferMs: milliseconds({ min: 1_000, max: 7_200_000, default: 900_000 }),
});
export type FitConnectOptions = z.infer<typeof FitConnectOptions>;
