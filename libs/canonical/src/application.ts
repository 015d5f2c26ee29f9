// SPDX-License-Identifier: EUPL-1.2
import { z } from 'zod';

import { Applicant } from './applicant.js';
import { Attachment } from './attachment.js';
import { FormItem } from './form.js';
import { ApplicationId, Instant, JsonValue, LeikaKey, Tenant } from './ids.js';
import { PaymentDemand } from './payment.js';
import { Reference } from './reference.js';

/** The office that the service catalogue names as competent: its key there, and its name for people. */
export const CompetentAuthority = z.strictObject({
  schemeAgencyId: z.string().max(500),
  id: z.string().max(500),
  name: z.string().max(500).optional(),
});
export type CompetentAuthority = z.infer<typeof CompetentAuthority>;

/** The public service (Verwaltungsleistung) applied for. */
export const PublicService = z.strictObject({
  leikaKeys: z.array(LeikaKey).max(20),
  name: z.string().max(500),
  /** Version of the service catalogue valid at submission; kept for good. */
  catalogueVersion: z.string().max(100).optional(),
  /** Competent for this service in this municipality by that version; absent when the sender named an office itself, or nobody is known. */
  authority: CompetentAuthority.optional(),
});
export type PublicService = z.infer<typeof PublicService>;

/** Where the application came from: adapter type, endpoint, form and the sender's own id of the submission. */
export const Origin = z.strictObject({
  system: z.string().max(60),
  endpoint: z.string().max(60),
  formId: z.string().max(200).optional(),
  formVersion: z.string().max(100).optional(),
  /** With the endpoint it is the idempotency key: the same submission again is the same application. */
  submissionId: z.string().min(1).max(200),
  /** The sender's own word for the responsible office, when it names one. */
  authorityId: z.string().max(200).optional(),
});
export type Origin = z.infer<typeof Origin>;

/** A place drawn on a map (skip, building site, market stall): GeoJSON geometry in WGS 84 (RFC 7946). */
export const Place = z.strictObject({
  label: z.string().max(500),
  geometry: z.looseObject({
    type: z.enum(['Point', 'LineString', 'Polygon', 'MultiPoint', 'MultiLineString', 'MultiPolygon']),
    coordinates: z.array(JsonValue),
  }),
});
export type Place = z.infer<typeof Place>;

/** A declaration the citizen made; no data without purpose. */
export const Consent = z.strictObject({ purpose: z.string().max(500), given: z.boolean() });
export type Consent = z.infer<typeof Consent>;

/** A date that binds: end of the application period, Genehmigungsfiktion. */
export const Deadline = z.strictObject({ name: z.string().max(200), at: Instant });
export type Deadline = z.infer<typeof Deadline>;

/** How this application hangs together with another one. */
export const Relation = z.strictObject({ kind: z.enum(['followUpOf', 'prefilledFrom', 'replaces']), target: z.string().max(200) });
export type Relation = z.infer<typeof Relation>;

/** Something the sender sent that the canonical form has no place for: kept, counted, shown. */
export const Unmapped = z.strictObject({ path: z.string().max(1_000), value: JsonValue });
export type Unmapped = z.infer<typeof Unmapped>;

/**
 * The canonical application (Antrag): what every adapter speaks. Nothing that was sent is dropped. Immutable after receipt; what happens to
 * it later is in steps, payments and the journal.
 */
export const Application = z.strictObject({
  id: ApplicationId,
  tenant: Tenant,
  reference: Reference,
  /** Reference of the application with which the case began that this one belongs to; absent where this one begins it. See {@link Relation}. */
  caseReference: Reference.optional(),
  receivedAt: Instant,
  /** A test submission never reaches a productive target. */
  test: z.boolean(),
  publicService: PublicService,
  origin: Origin,
  applicant: Applicant,
  form: z.array(FormItem),
  attachments: z.array(Attachment).max(500),
  places: z.array(Place).max(100),
  consents: z.array(Consent).max(100),
  payment: PaymentDemand.optional(),
  deadlines: z.array(Deadline).max(100),
  relations: z.array(Relation).max(100),
  unmapped: z.array(Unmapped).max(5_000),
});
export type Application = z.infer<typeof Application>;

/** How the authority decided. */
export const DecisionOutcome = z.enum(['granted', 'partlyGranted', 'rejected', 'withdrawn', 'information']);
export type DecisionOutcome = z.infer<typeof DecisionOutcome>;

/** The decision (Bescheid) of the back office on an application: outcome, text for the citizen, documents. */
export const Decision = z.strictObject({
  id: z.uuid(),
  outcome: DecisionOutcome,
  text: z.string().max(20_000),
  documents: z.array(Attachment).max(50),
  decidedAt: Instant,
});
export type Decision = z.infer<typeof Decision>;
