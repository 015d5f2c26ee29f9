// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';

import { problem } from './fit-connect.errors.js';
import { type AttachmentDescription, type Metadata, METADATA_SCHEMA_URI, METADATA_SCHEMAS } from './fit-connect.metadata.wire.js';
import type { DestinationOptions } from './fit-connect.options.js';
import { plainId } from './fit-connect.set.auth.js';
import { AuthenticationTags, type Submission } from './fit-connect.wire.js';
import { isWellFormed } from './fit-connect.xml.mapping.js';

/*
 * What a subscriber has to check of a submission, in the order of the specification. All of it is pure and throws IntakeRejection with the name and
 * the place of the problem.
 */

/** The tags in the token that says that it was submitted. */
export function checkedTags(payload: unknown): AuthenticationTags {
  const read = AuthenticationTags.safeParse((payload as { authenticationTags?: unknown } | undefined)?.authenticationTags);
  if (!read.success) throw problem('missing-authentication-tags', 'submission');
  return read.data;
}

/** That the event log and the delivery service name the same attachments. */
export function checkSubmission({ attachments }: Submission, tags: AuthenticationTags): void {
  if (!areSameIds(attachments, Object.keys(tags.attachments ?? {}))) throw problem('attachments-mismatch', 'submission');
}

/** The service applied for, as far as the destination offers it. */
export function checkedService(
  { serviceType, publicService }: Submission,
  { services }: DestinationOptions,
): { identifier: string; name?: string } {
  const service = publicService ?? serviceType;
  if (service === undefined || !services.some(({ identifier }) => identifier === service.identifier))
    throw problem('unsupported-service', 'submission');
  return { identifier: service.identifier, ...(service.name === undefined ? {} : { name: service.name }) };
}

/** Metadata by the schema of their major version; 1.x may leave the reference out. */
export function checkedMetadata(plaintext: Buffer): Metadata {
  const read = jsonIn(plaintext, 'metadata');
  const reference = (read as { $schema?: unknown } | null)?.$schema ?? IMPLIED_SCHEMA;
  const major = typeof reference === 'string' ? METADATA_SCHEMA_URI.exec(reference)?.[1] : undefined;
  const schema = major === undefined || !Object.hasOwn(METADATA_SCHEMAS, major) ? undefined : METADATA_SCHEMAS[major];
  if (schema === undefined) throw problem('unsupported-schema', 'metadata');
  const checked = schema.safeParse(read);
  if (checked.success) return checked.data;
  // The place, not the value: a citizen may have typed it.
  const path = (checked.error.issues[0]?.path ?? []).map(String).join('/');
  throw problem('schema-violation', 'metadata', `Der Metadatensatz ist nicht schema-valide: /${path}`.slice(0, 300));
}
/** The first schema knows no reference yet as required. */
const IMPLIED_SCHEMA = 'https://schema.fitko.de/fit-connect/metadata/1.0.0/metadata.schema.json';

/** That metadata and delivery service name the same attachments; those in pieces by their pieces. */
export function checkAttachments({ contentStructure }: Metadata, { attachments }: Submission): void {
  const described = contentStructure.attachments.flatMap(piecesOf);
  if (new Set(described.map(plainId)).size !== described.length || !areSameIds(described, attachments))
    throw problem('attachments-mismatch', 'metadata');
}

/** Ids under which an attachment's content is fetched, in order. */
export function piecesOf({ attachmentId, fragments }: AttachmentDescription): readonly string[] {
  return fragments ?? [attachmentId];
}

/** That the data are announced, sent, and of a schema that is accepted for the service. */
export function checkDataSchema(
  { contentStructure }: Metadata,
  encryptedData: string | undefined,
  service: string,
  { services }: DestinationOptions,
): void {
  const { data } = contentStructure;
  if (data === undefined && encryptedData === undefined) return;
  if (data === undefined) throw problem('schema-violation', 'metadata', 'Die Fachdaten sind im Metadatensatz nicht beschrieben.');
  if (encryptedData === undefined && !areDataAttached(contentStructure)) throw problem('missing-data', 'data');
  const accepted = services.filter(({ identifier }) => identifier === service).flatMap(({ schemas }) => schemas);
  if (!accepted.includes(data.submissionSchema.schemaUri)) throw problem('unsupported-data-schema', 'metadata');
}

/** Whether the data are among the attachments, because of their size. */
export function areDataAttached({ attachments }: Metadata['contentStructure']): boolean {
  return attachments.some(({ purpose }) => purpose === 'data');
}

/** That the data are what the sender hashed, and what they say they are. */
export function checkData({ contentStructure: { data } }: Metadata, plaintext: Buffer): void {
  if (data === undefined) return;
  if (createHash('sha512').update(plaintext).digest('hex') !== data.hash.content) throw problem('hash-mismatch', 'data');
  if (data.submissionSchema.mimeType === 'application/json') jsonIn(plaintext, 'data');
  else if (!isWellFormed(plaintext)) throw problem('syntax-violation', 'data');
}

function areSameIds(some: readonly string[], others: readonly string[]): boolean {
  const [left, right] = [new Set(some.map(plainId)), new Set(others.map(plainId))];
  return left.size === right.size && [...left].every((id) => right.has(id));
}

function jsonIn(bytes: Buffer, place: 'metadata' | 'data'): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw problem('syntax-violation', place);
  }
}
