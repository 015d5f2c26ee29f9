// SPDX-License-Identifier: EUPL-1.2
/*
 * Terminology
 *   carrier    what takes messages from the outbox to the handlers: PostgreSQL itself, or a broker fed by the outbox relay
 *   outbox     the message table: a message is enqueued in the transaction that caused it, there is no "commit, then enqueue" (law 2)
 *   claim      taking a message with a lease and a fence; nobody else gets it until it is acknowledged or the lease is over
 *   ack        the handler returned: the message is gone for good
 *   nack       the handler threw: the message is available again after a pause, and a dead letter after the last allowed delivery
 *   head       the oldest message of a subject; only heads are claimed, which keeps the order per application
 *   wake       a hint that there may be something to do; it carries nothing, losing it costs one poll interval
 */
import type { Message, MessageData, MessageType } from '@amtsbote/canonical';
import { EventPattern } from '@nestjs/microservices';

/** Runs SQL; the entity manager of the caller's transaction. */
export interface SqlRunner {
  query<Row = Record<string, unknown>>(query: string, parameters?: unknown[]): Promise<Row[]>;
}

/** What a publisher says; envelope fields that the house knows are filled in. */
export interface MessageDraft<T extends MessageType = MessageType> {
  readonly type: T;
  readonly subject: string;
  readonly tenant: string;
  readonly data: MessageData<T>;
  /** Id of the message or request that caused this one. */
  readonly causation: string;
}

/** A handler of one message type. */
export type MessageHandler<T extends MessageType> = (message: Message<T>) => Promise<void>;

/** Binds a Nest handler to a message type; the compiler checks name and data against the typed map. */
export function On<T extends MessageType>(
  type: T,
): (target: object, key: string | symbol, descriptor: TypedPropertyDescriptor<MessageHandler<T>>) => void {
  return (target, key, descriptor) => {
    (EventPattern(type) as MethodDecorator)(target, key, descriptor);
  };
}

/** What a carrier tells a handler beside the message. */
export interface DeliveryInfo {
  /** 1 on the first delivery. */
  readonly delivery: number;
}
