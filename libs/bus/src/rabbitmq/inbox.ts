// SPDX-License-Identifier: EUPL-1.2
import type { MessageType } from '@amtsbote/canonical';
import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib';

import { readTrigger, type Topology, type Trigger } from './topology.js';

/** A trigger that the broker handed to this process. */
export interface ReceivedTrigger extends Trigger {
  /** Tells the broker that it is done with; on a channel that broke meanwhile it does nothing: the broker hands it out again. */
  acknowledge(): void;
}

/** What the inbox needs of its carrier. */
export interface InboxOwner {
  /** Types that this process handles. */
  types(): readonly MessageType[];
  /** There is something in the inbox. */
  stir(): void;
  /** The broker gave up a trigger. */
  gaveUp(trigger: ReceivedTrigger): void;
  /** Something that is no trigger. */
  foreign(queue: string): void;
  /** The broker does not hold what was declared any more. */
  misses(): void;
}

/** Triggers that were handed to this process and not yet taken; at most `prefetch` of each type. They are gone when the channel is. */
export class Inbox {
  private channel: Channel | undefined;
  private triggers: ReceivedTrigger[] = [];

  constructor(
    private readonly topology: Topology,
    private readonly prefetch: number,
    private readonly owner: InboxOwner,
  ) {}

  /** Makes channel and consumers on a new connection. */
  async setUp(model: ChannelModel): Promise<void> {
    const channel = await model.createChannel();
    channel.on('error', () => undefined);
    channel.on('close', () => {
      if (this.channel !== channel) return;
      this.release();
      this.owner.misses();
    });
    await this.topology.declare(channel);
    await channel.prefetch(this.prefetch);
    this.triggers = [];
    this.channel = channel;
    for (const type of this.owner.types())
      await this.consume(channel, this.topology.queueOf(type), (trigger) => {
        this.triggers.push(trigger);
        this.owner.stir();
      });
    await this.consume(channel, this.topology.deadQueue, (trigger) => this.owner.gaveUp(trigger));
  }

  /** The oldest triggers, which leave the inbox. */
  next(count: number): ReceivedTrigger[] {
    return this.triggers.splice(0, Math.max(0, count));
  }

  /** For triggers that could not be looked at: they are the next again. */
  putBack(triggers: readonly ReceivedTrigger[]): void {
    if (this.channel !== undefined) this.triggers.unshift(...triggers);
  }

  /** Nothing is handed out any more; the broker gives it to others as soon as the connection is closed. */
  release(): void {
    this.channel = undefined;
    this.triggers = [];
  }

  private async consume(channel: Channel, queue: string, receive: (trigger: ReceivedTrigger) => void): Promise<void> {
    const receiveOne = (message: ConsumeMessage | null): void => {
      // Somebody deleted the queue.
      if (message === null) {
        this.owner.misses();
        return;
      }
      const acknowledge = (): void => {
        try {
          channel.ack(message);
        } catch {
          // The channel is closed: the broker has it still.
        }
      };
      const trigger = readTrigger(message.content);
      if (trigger === undefined) {
        this.owner.foreign(queue);
        acknowledge();
      } else receive({ ...trigger, acknowledge });
    };
    await channel.consume(queue, receiveOne, { noAck: false });
  }
}
