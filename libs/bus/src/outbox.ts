// SPDX-License-Identifier: EUPL-1.2
import { type Clock, type Ids, type Message, type MessageType, parseMessage, TYPE_PREFIX } from '@amtsbote/canonical';

import type { MessageDraft, SqlRunner } from './bus.port.js';

/** Fills the CloudEvents envelope. */
export function envelopeOf<T extends MessageType>(draft: MessageDraft<T>, house: { clock: Clock; ids: Ids; source: string }): Message<T> {
  return {
    specversion: '1.0',
    id: house.ids.uuid(),
    type: draft.type,
    source: house.source,
    subject: draft.subject,
    time: house.clock.now().toISOString(),
    tenant: draft.tenant,
    correlation: draft.subject,
    causation: draft.causation,
    data: draft.data,
  };
}

/**
 * Enqueues messages in the caller's transaction, in this order. Checked against the typed map before they are written.
 * Writers of one application have to hold its row lock, or messages of one subject could overtake each other.
 * @throws z.ZodError for a message that does not fit its schema: our bug, the transaction has to fail.
 */
export async function enqueue(sql: SqlRunner, messages: readonly Message[]): Promise<void> {
  if (messages.length === 0) return;
  for (const message of messages) parseMessage(message);
  await sql.query(ENQUEUE, [JSON.stringify(messages.map(rowOf))]);
}

/** A message as a row of the outbox; also used by the intake's single statement. */
export function rowOf(message: Message): Record<string, unknown> {
  return {
    id: message.id,
    type: message.type,
    subject: message.subject,
    tenant: message.tenant,
    at: message.time,
    envelope: { ...message, type: TYPE_PREFIX + message.type },
  };
}

const ENQUEUE = `
  INSERT INTO message (id, type, subject, tenant, available_at, envelope)
  SELECT m.id, m.type, m.subject, m.tenant, m.at, m.envelope
  FROM ROWS FROM (jsonb_to_recordset($1::jsonb) AS (id uuid, type text, subject text, tenant text, at timestamptz, envelope jsonb)) WITH ORDINALITY AS m(id, type, subject, tenant, at, envelope, position)
  ORDER BY m.position`;
