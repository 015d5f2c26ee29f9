// SPDX-License-Identifier: EUPL-1.2
import { MESSAGES, type MessageType } from '@amtsbote/canonical';
import type { Channel } from 'amqplib';

/** A trigger that was handed out so often without being taken is a dead letter of the broker: its message goes back to the outbox at once. */
const DELIVERY_LIMIT = 20;
/** One trigger is two numbers; whatever is longer is not ours. */
export const TRIGGER_BYTES_MAX = 200;

/** Names of what the hub declares in its vhost; the prefix keeps several hubs apart. */
export class Topology {
  /** Takes triggers; the routing key is the message type. */
  readonly exchange: string;
  /** Where the broker puts what it gives up. Without it a quorum queue drops after its delivery limit, silently. */
  readonly deadExchange: string;
  readonly deadQueue: string;

  constructor(private readonly prefix: string) {
    this.exchange = `${prefix}.triggers`;
    this.deadExchange = `${prefix}.dead`;
    this.deadQueue = `${prefix}.dead`;
  }

  queueOf(type: MessageType): string {
    return `${this.prefix}.${type}`;
  }

  /** Declares everything, from the typed map of messages; nothing happens to what is there already. */
  async declare(channel: Channel): Promise<void> {
    await channel.assertExchange(this.deadExchange, 'fanout', { durable: true });
    await channel.assertQueue(this.deadQueue, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
    await channel.bindQueue(this.deadQueue, this.deadExchange, '');
    await channel.assertExchange(this.exchange, 'direct', { durable: true });
    for (const type of Object.keys(MESSAGES) as MessageType[]) {
      await this.declareQueue(channel, type);
      await channel.bindQueue(this.queueOf(type), this.exchange, type);
    }
  }

  /** @returns how many triggers wait in the queue of this type. */
  async waiting(channel: Channel, type: MessageType): Promise<number> {
    return (await this.declareQueue(channel, type)).messageCount;
  }

  private declareQueue(channel: Channel, type: MessageType): ReturnType<Channel['assertQueue']> {
    return channel.assertQueue(this.queueOf(type), {
      durable: true,
      deadLetterExchange: this.deadExchange,
      arguments: { 'x-queue-type': 'quorum', 'x-delivery-limit': DELIVERY_LIMIT },
    });
  }
}

/** What travels through the broker: which row of the outbox, and the number that tells a late trigger from a current one. */
export interface Trigger {
  readonly seq: string;
  readonly fence: string;
}

export function writeTrigger({ seq, fence }: Trigger): Buffer {
  return Buffer.from(`${seq} ${fence}`);
}

/** @returns `undefined` for what somebody else put there. */
export function readTrigger(content: Buffer): Trigger | undefined {
  if (content.length > TRIGGER_BYTES_MAX) return undefined;
  const [, seq, fence] = /^(\d{1,18}) (\d{1,18})$/.exec(content.toString('latin1')) ?? [];
  return seq === undefined || fence === undefined ? undefined : { seq, fence };
}
