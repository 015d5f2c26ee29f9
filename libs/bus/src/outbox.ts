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
 * Enqueues messages in the caller's transaction, in this order.
 * Writers of one application have to hold its row lock, or messages of one subject could overtake each other.
 * @throws z.ZodError for a message that does not fit its schema: our bug, the transaction has to fail.
 */
export async function enqueue(sql: SqlRunner, messages: readonly Message[]): Promise<void> {
  if (messages.length > 0) await sql.query(insertMessages('$1'), [JSON.stringify(messageRows(messages))]);
}

/**
 * Messages as rows of the outbox, for {@link insertMessages}; checked against the typed map before they are written.
 * @throws z.ZodError
 */
export function messageRows(messages: readonly Message[]): Record<string, unknown>[] {
  return messages.map((message) => {
    parseMessage(message);
    const { id, type, subject, tenant, time: at } = message;
    return { id, type, subject, tenant, at, envelope: { ...message, type: TYPE_PREFIX + type } };
  });
}

/**
 * SQL that writes the rows in a JSON parameter like `$1` to the outbox, to be part of a larger statement; `once` is a relation of
 * applications: with it only messages about them are written.
 */
export function insertMessages(parameter: string, once?: string): string {
  return `
    INSERT INTO message (id, type, subject, tenant, available_at, envelope)
    SELECT m.id, m.type, m.subject, m.tenant, m.at, m.envelope
    FROM ROWS FROM (jsonb_to_recordset(${parameter}::jsonb) AS (id uuid, type text, subject text, tenant text, at timestamptz, envelope jsonb))
        WITH ORDINALITY AS m(id, type, subject, tenant, at, envelope, position)
      ${once === undefined ? '' : `JOIN ${once} ON ${once}.id = m.subject::uuid`}
    ORDER BY m.position`;
}
