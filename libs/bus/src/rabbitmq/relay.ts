// SPDX-License-Identifier: EUPL-1.2
import type { Clock, MessageType } from '@amtsbote/canonical';
import type { ChannelModel, ConfirmChannel } from 'amqplib';

import { STORE_PAUSE_MS } from '../carrier.js';
import type { PostedMessage, PostgresQueue } from '../postgres-queue.js';
import { isSettledWithin } from '../settled-within.js';
import { type Topology, writeTrigger } from './topology.js';

/** Triggers published before their confirmations are waited for: one round trip and one flush of the broker's disk for all of them. */
const BATCH = 200;
/** Pause after the broker refused something; the connection itself has a longer patience. */
const REFUSED_PAUSE_MS = 500;

/** How the relay works. */
export interface RelaySettings {
  /** Triggers of one type that wait in the broker, about; all others stay in the outbox. */
  readonly queuedMax: number;
  /** A trigger that nobody took for so long is sent again. */
  readonly resendMs: number;
}

/** The same with what the connection knows. */
export interface RelayLimits extends RelaySettings {
  /** How long a broker that takes messages may take to confirm a batch. */
  readonly answerMs: number;
}

/** What the relay needs of its carrier. */
export interface RelayOwner {
  /** Types for which triggers may be sent now; none while paused. */
  types(): readonly MessageType[];
  storeFailed(error: unknown): void;
  /** The broker does not hold what was declared any more. */
  misses(): void;
  /** Whether the broker has said that it takes nothing at the moment. */
  isBlocked(): boolean;
  /** See CarrierSettings. */
  crashAt(point: 'bus.posted' | 'bus.sent'): void;
}

/**
 * Tells the broker of messages in the outbox: heads of subjects only, so the order per application is the outbox's. A trigger is no message:
 * the row stays until somebody took and handled it. What the broker did not confirm is told again; what it loses is, too, after `resendMs`.
 */
export class Relay {
  private channel: ConfirmChannel | undefined;
  private readonly room = new Map<MessageType, number>();
  private readonly unroutable = new Set<string>();
  private giveUp: (() => void) | undefined;

  constructor(
    private readonly queue: PostgresQueue,
    private readonly topology: Topology,
    private readonly clock: Clock,
    private readonly settings: RelayLimits,
    private readonly owner: RelayOwner,
  ) {}

  /** Makes its channel on a new connection. */
  async setUp(model: ChannelModel): Promise<void> {
    const channel = await model.createConfirmChannel();
    channel.on('error', () => undefined);
    channel.on('close', () => {
      if (this.channel !== channel) return;
      this.channel = undefined;
      this.owner.misses();
    });
    channel.on('return', ({ properties }) => this.unroutable.add(String(properties.messageId)));
    await this.topology.declare(channel);
    this.room.clear();
    this.channel = channel;
  }

  /** Nothing is sent any more, and no confirmation is waited for: a broker short of memory may take hours for it. */
  stop(): void {
    this.channel = undefined;
    this.giveUp?.();
  }

  /** Sends what may be sent, once. @returns whether there was something. Never throws. */
  async turn(): Promise<boolean> {
    const { channel } = this;
    if (channel === undefined) return false;
    return new Promise((resolve) => {
      this.giveUp = () => resolve(false);
      void this.sendOnce(channel).then(resolve);
    });
  }

  private async sendOnce(channel: ConfirmChannel): Promise<boolean> {
    const types = await this.typesWithRoom(channel);
    // Whichever types they turn out to have, they fit.
    const room = Math.min(BATCH, ...types.map((type) => this.room.get(type) ?? 0));
    const posted = types.length === 0 ? [] : await this.post(types, room);
    if (posted.length === 0) return false;
    this.owner.crashAt('bus.posted');
    const sent = await this.confirmed(posted.map((message) => this.send(channel, message)));
    this.owner.crashAt('bus.sent');
    const unsent = posted.filter((_, index) => sent[index] !== true);
    if (unsent.length > 0) await this.takeBack(unsent);
    return true;
  }

  /** Where the broker holds as much as it should, the outbox keeps the rest: it has the disk, and somebody looks after it. */
  private async typesWithRoom(channel: ConfirmChannel): Promise<MessageType[]> {
    const { queuedMax } = this.settings;
    const withRoom: MessageType[] = [];
    for (const type of this.owner.types()) {
      let room = this.room.get(type) ?? 0;
      if (room <= queuedMax / 2) {
        // A channel that breaks here is told by its 'close'.
        const waiting = await this.topology.waiting(channel, type).catch(() => queuedMax);
        room = queuedMax - waiting;
        this.room.set(type, room);
      }
      // Little room of one type would make all batches little.
      if (room >= Math.ceil(queuedMax / 4)) withRoom.push(type);
    }
    return withRoom;
  }

  private async post(types: readonly MessageType[], limit: number): Promise<PostedMessage[]> {
    try {
      return await this.queue.post(types, limit, this.settings.resendMs);
    } catch (error) {
      this.owner.storeFailed(error);
      await this.clock.sleep(STORE_PAUSE_MS);
      return [];
    }
  }

  /** @returns whether the broker has it, on disk and in a queue. */
  private send(channel: ConfirmChannel, message: PostedMessage): Promise<boolean> {
    const { id: messageId, fence } = message;
    const type = message.type as MessageType;
    const name = `${messageId}/${fence}`;
    this.room.set(type, (this.room.get(type) ?? 0) - 1);
    return new Promise((resolve) => {
      const options = { persistent: true, mandatory: true, messageId: name, type, appId: 'amtsbote' };
      try {
        // A broker returns what fits no queue before it confirms it.
        channel.publish(this.topology.exchange, type, writeTrigger(message), options, (error: unknown) => {
          resolve(!(error instanceof Error) && !this.unroutable.has(name));
        });
      } catch {
        // The channel broke between two messages of the batch.
        resolve(false);
      }
    });
  }

  /** A queue without a leader confirms nothing, for ever; with a new connection the inbox finds it. All others may not wait for that. */
  private async confirmed(sending: readonly Promise<boolean>[]): Promise<boolean[]> {
    const all = Promise.all(sending);
    while (!(await isSettledWithin(this.clock, this.settings.answerMs, all))) if (!this.owner.isBlocked()) this.owner.misses();
    return all;
  }

  private async takeBack(unsent: readonly PostedMessage[]): Promise<void> {
    const returned = this.unroutable.size > 0;
    this.unroutable.clear();
    if (returned) this.owner.misses();
    try {
      await this.queue.withdraw(unsent);
    } catch (error) {
      this.owner.storeFailed(error);
    }
    await this.clock.sleep(REFUSED_PAUSE_MS);
  }
}
