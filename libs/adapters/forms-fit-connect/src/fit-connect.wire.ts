// SPDX-License-Identifier: EUPL-1.2
/*
 * Words of the FIT-Connect Submission API, after OpenAPI 1.1.3 (verified); what version 2 calls otherwise is inferred from its clients. Answers
 * are read leniently: members that are not needed here may come and go.
 */
import { z } from 'zod';

const SCHEMA = 'https://schema.fitko.de/fit-connect';

/** Events of the log, as they are called in security event tokens. */
export const EVENT = {
  submit: `${SCHEMA}/events/submit-submission`,
  accept: `${SCHEMA}/events/accept-submission`,
  reject: `${SCHEMA}/events/reject-submission`,
  delete: `${SCHEMA}/events/delete-submission`,
} as const;

/** Prefix of the types of problems in a rejection. */
export const PROBLEM_TYPE = `${SCHEMA}/events/problems/`;

/** The callback and its two headers, in lower case. */
export const CALLBACK = {
  authentication: 'callback-authentication',
  timestamp: 'callback-timestamp',
  newSubmissions: `${SCHEMA}/submission-api/callbacks/new-submissions`,
} as const;

/** Ids are UUIDs of 32 (without hyphens) to 36 characters. */
export const WireId = z.string().regex(/^[0-9a-fA-F]{8}(?:-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}$/, 'a UUID');

/** What can be fetched. */
export const SubmissionForPickup = z.object({ destinationId: WireId, submissionId: WireId, caseId: WireId });
export type SubmissionForPickup = z.infer<typeof SubmissionForPickup>;

/** One page of them. */
export const SubmissionsForPickup = z.object({
  count: z.int().min(0).optional(),
  offset: z.int().min(0).optional(),
  totalCount: z.int().min(0).optional(),
  submissions: z.array(SubmissionForPickup).max(500),
});
export type SubmissionsForPickup = z.infer<typeof SubmissionsForPickup>;

const Service = z.object({ identifier: z.string().min(7).max(255), name: z.string().optional(), description: z.string().optional() });

/** A compact JWE as text; its length is limited by the answer it stands in. */
const CompactJwe = z.string().regex(/^[a-zA-Z0-9\-_=.]+$/);

/** A submission as it is fetched; the service is `serviceType` in version 1 and `publicService` in version 2. */
export const Submission = SubmissionForPickup.extend({
  attachments: z.array(WireId).max(1_000),
  serviceType: Service.optional(),
  publicService: Service.optional(),
  encryptedMetadata: CompactJwe.optional(),
  encryptedData: CompactJwe.optional(),
});
export type Submission = z.infer<typeof Submission>;

/** One page of the event log; the newest event is the last. */
export const EventLog = z.object({ totalCount: z.int().min(0).optional(), eventLog: z.array(z.string()).max(500) });

/** A public key. `x5c` is required by the schema and not needed here. */
export const PublicJwk = z.looseObject({
  kty: z.literal('RSA'),
  kid: z.string().min(8).max(64),
  n: z.string().min(683),
  e: z.literal('AQAB'),
  alg: z.enum(['PS512', 'RSA-OAEP-256']),
  key_ops: z.array(z.string()).optional(),
});
export type PublicJwk = z.infer<typeof PublicJwk>;

/** Keys of the delivery service. Read one by one: a kind of key that is not known here must not hide the others. */
export const Jwks = z.object({ keys: z.array(z.unknown()).max(100) });

/** What a destination says of itself. */
export const Destination = z.object({
  destinationId: WireId,
  status: z.string(),
  encryptionKid: z.string(),
  services: z
    .array(z.object({ identifier: z.string(), submissionSchemas: z.array(z.object({ schemaUri: z.string() })).optional() }))
    .optional(),
});
export type Destination = z.infer<typeof Destination>;

/** Tag of a JWE, by what it is the tag of: the fifth segment, as it stands there. */
export const AuthenticationTags = z.object({
  metadata: z.string().max(100),
  data: z.string().max(100).optional(),
  attachments: z.record(z.string().max(100), z.string().max(100)).optional(),
});
export type AuthenticationTags = z.infer<typeof AuthenticationTags>;

/** Claims of a security event token (RFC 8417); `iss` is the delivery service or a destination. */
export const SetClaims = z.looseObject({
  $schema: z.string().max(500).optional(),
  jti: z.string().min(1).max(200),
  iss: z.string().min(1).max(500),
  iat: z.int(),
  sub: z.string().max(200),
  txn: z.string().max(200),
  events: z.record(z.string().max(500), z.unknown()).refine((events) => Object.keys(events).length === 1, 'exactly one event'),
});
export type SetClaims = z.infer<typeof SetClaims>;

/** What a rejection says; `type` and `instance` are words of the specification. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly detail: string;
  readonly instance: string;
}

/** Names of the parts in which a fetched submission is handed to its translation. */
export const PART = { submission: 'submission', metadata: 'metadata', data: 'data' } as const;

/** The part `submission`: what the delivery service knows, and what the log says of the case. */
export const SubmissionPart = SubmissionForPickup.extend({
  service: Service,
  /** When it was submitted, by the token that says so. */
  submittedAt: z.iso.datetime(),
  /** The submission before this one in the same case. */
  previousSubmissionId: WireId.optional(),
});
export type SubmissionPart = z.infer<typeof SubmissionPart>;
