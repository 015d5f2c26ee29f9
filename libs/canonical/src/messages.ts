// SPDX-License-Identifier: EUPL-1.2
/*
 * Terminology
 *   message   a CloudEvents 1.0 envelope around typed data; a fact in the past tense, or a request to do a step
 *   fact      <noun>.<past participle>: something that is already committed
 *   request   <noun>.requested: a trigger for a step; the step row is the truth, so a doubled or lost request does no harm
 *   subject   the application id, or `catalogue/<source>`; messages of one subject are handled in the order in which they were committed
 */
import { z } from 'zod';

import { ApplicationId, ConfigName, Instant, Tenant } from './ids.js';
import { ApplicationState, StepKind } from './states.js';

const step = z.strictObject({ applicationId: ApplicationId, stepId: z.uuid(), name: ConfigName, kind: StepKind, instance: ConfigName });
const application = z.strictObject({ applicationId: ApplicationId });
const catalogueChange = z.strictObject({
  /** Configured name of the source whose objects changed. */
  source: ConfigName,
  run: z.int().min(1),
  /** The version of the whole catalogue that the run made; readers see it from now on. */
  version: z.int().min(1),
  /** A read of the source, a document that somebody brought, or the way back to an earlier version. */
  cause: z.enum(['sync', 'document', 'rollback']),
  added: z.int().min(0),
  changed: z.int().min(0),
  removed: z.int().min(0),
});

/** The typed map of the bus: message type → schema of its data. A new message is one line here. */
export const MESSAGES = {
  'application.submitted.v1': application,
  'application.stateChanged.v1': z.strictObject({ applicationId: ApplicationId, from: ApplicationState, to: ApplicationState }),
  'application.finished.v1': application,
  'decision.received.v1': z.strictObject({ applicationId: ApplicationId, decisionId: z.uuid() }),
  'collect.requested.v1': step,
  'payment.requested.v1': step,
  'filing.requested.v1': step,
  'export.requested.v1': step,
  'share.requested.v1': step,
  'status.requested.v1': step,
  'step.completed.v1': step,
  'step.parked.v1': step,
  'catalogue.changed.v1': catalogueChange,
} as const;

/** The short name of a message, without the house's prefix. */
export type MessageType = keyof typeof MESSAGES;
export type MessageData<T extends MessageType> = z.infer<(typeof MESSAGES)[T]>;

/** Prefix of every type on the wire: `de.amtsbote.filing.requested.v1`. */
export const TYPE_PREFIX = 'de.amtsbote.';

/** CloudEvents 1.0 (JSON format) with the extensions tenant, correlation and causation. */
export interface Message<T extends MessageType = MessageType> {
  specversion: '1.0';
  /** UUIDv7; the same on every redelivery. */
  id: string;
  type: T;
  source: string;
  /** The application id, or `catalogue/<source>`: the key of ordering. */
  subject: string;
  time: string;
  tenant: string;
  /** Equal for everything one submission caused. */
  correlation: string;
  /** The message or request that caused this one. */
  causation: string;
  data: MessageData<T>;
}

/** The envelope of every message; `data` is checked against {@link MESSAGES} by its type. */
export const MessageEnvelope = z.strictObject({
  specversion: z.literal('1.0'),
  id: z.uuid(),
  type: z.string(),
  source: z.string().max(200),
  subject: z.string().max(200),
  time: Instant,
  tenant: Tenant,
  correlation: z.string().max(200),
  causation: z.string().max(200),
  data: z.unknown(),
});

/** Whether the bus knows this short type name. */
export function isMessageType(type: string): type is MessageType {
  return Object.hasOwn(MESSAGES, type);
}

/**
 * Checks a message against the typed map; done before writing and again after reading.
 * @throws z.ZodError naming the place, when envelope or data do not fit; RangeError for an unknown type.
 */
export function parseMessage(candidate: unknown): Message {
  const outer = MessageEnvelope.parse(candidate);
  const type = outer.type.startsWith(TYPE_PREFIX) ? outer.type.slice(TYPE_PREFIX.length) : outer.type;
  if (!isMessageType(type)) throw new RangeError(`unknown message type "${outer.type.slice(0, 100)}"`);
  return { ...outer, type, data: MESSAGES[type].parse(outer.data) };
}

/** The message type that triggers a step of this kind. */
export function requestType<K extends StepKind>(kind: K): `${K}.requested.v1` {
  return `${kind}.requested.v1`;
}
