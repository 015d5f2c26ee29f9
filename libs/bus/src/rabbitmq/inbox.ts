// SPDX-License-Identifier: EUPL-1.2
import type { Clock, MessageType } from '@amtsbote/canonical';
import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib';

import { isSettledWithin } from '../settled-within.js';
import { BrokerProblem } from './broker-problem.js';
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
  /** A queue did not answer, and was deleted to be made anew. */
  discarded(queue: string): void;
}

/** How the inbox works. */
export interface InboxSettings {
  /** Triggers of one type that are taken ahead. */
  readonly prefetch: number;
  /** How long the broker may take to let a queue be consumed. */
  readonly answerMs: number;
}

/** Triggers that were handed to this process and not yet taken; at most `prefetch` of each type. They are gone when the connection is. */
export class Inbox {
  private model: ChannelModel | undefined;
  private triggers: ReceivedTrigger[] = [];
  private readonly silent = new Set<string>();

  constructor(
    private readonly topology: Topology,
    private readonly clock: Clock,
    private readonly settings: InboxSettings,
    private readonly owner: InboxOwner,
  ) {}

  /**
   * Makes consumers on a new connection, each with a channel of its own: a queue that does not answer holds up no other one.
   *
   * A broker that dies within half a second after it made a quorum queue may have forgotten where the queue's log lies. After its start it
   * declares the queue and takes triggers without complaint, but the queue's only member waits for a leader for ever (RabbitMQ 3.10 to 4.x). So a
   * queue that does not answer is deleted with the next connection and made anew: the outbox sends its triggers again.
   * @throws BrokerProblem when there is one.
   */
  async setUp(model: ChannelModel): Promise<void> {
    await this.discardSilent(model);
    await this.topology.declare(await this.channelOn(model));
    this.triggers = [];
    this.model = model;
    const receive = (trigger: ReceivedTrigger): void => {
      this.triggers.push(trigger);
      this.owner.stir();
    };
    const queues = this.owner.types().map((type) => this.topology.queueOf(type));
    await Promise.all([
      ...queues.map((queue) => this.consumeIfItAnswers(model, queue, receive)),
      this.consumeIfItAnswers(model, this.topology.deadQueue, (trigger) => this.owner.gaveUp(trigger)),
    ]);
    if (this.silent.size > 0) throw silentQueues([...this.silent]);
  }

  /** The oldest triggers, which leave the inbox. */
  next(count: number): ReceivedTrigger[] {
    return this.triggers.splice(0, Math.max(0, count));
  }

  /** For triggers that could not be looked at: they are the next again. */
  putBack(triggers: readonly ReceivedTrigger[]): void {
    if (this.model !== undefined) this.triggers.unshift(...triggers);
  }

  /** Nothing is handed out any more; the broker gives it to others as soon as the connection is closed. */
  release(): void {
    this.model = undefined;
    this.triggers = [];
  }

  private async channelOn(model: ChannelModel): Promise<Channel> {
    const channel = await model.createChannel();
    channel.on('error', () => undefined);
    channel.on('close', () => {
      if (this.model !== model) return;
      this.release();
      this.owner.misses();
    });
    await channel.prefetch(this.settings.prefetch);
    return channel;
  }

  private async consumeIfItAnswers(model: ChannelModel, queue: string, receive: (trigger: ReceivedTrigger) => void): Promise<void> {
    const consuming = this.consume(await this.channelOn(model), queue, receive);
    if (await isSettledWithin(this.clock, this.settings.answerMs, consuming)) return consuming;
    consuming.catch(() => undefined);
    this.silent.add(queue);
  }

  /** On a connection of which nothing waits for these queues: the broker ends it otherwise. */
  private async discardSilent(model: ChannelModel): Promise<void> {
    await Promise.all(
      [...this.silent].map(async (queue) => {
        await (await this.channelOn(model)).deleteQueue(queue);
        this.silent.delete(queue);
        this.owner.discarded(queue);
      }),
    );
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

function silentQueues(queues: readonly string[]): BrokerProblem {
  return new BrokerProblem(
    `The broker holds queues that do not answer: ${queues.join(', ')}. They are deleted and made anew (no message is lost: the database has ` +
      'them all). When this is told again and again: rabbitmqctl list_unresponsive_queues, or restart RabbitMQ.',
    true,
  );
}
