// SPDX-License-Identifier: EUPL-1.2
import { type Clock, isMessageType, MESSAGES, type MessageType, parseMessage } from '@amtsbote/canonical';
import { type CustomTransportStrategy, Server } from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';

import type { DeliveryInfo } from './bus.port.js';
import type { ClaimedMessage, PostgresQueue } from './postgres-queue.js';

/** How the carrier works. */
export interface CarrierSettings {
  /** Messages handled at the same time by this process. */
  readonly inFlightMax: number;
  /** How long a handler may take before another process may get the message. */
  readonly leaseMs: number;
  /** Longest wait for work when no wake arrives. */
  readonly pollMs: number;
  /** Deliveries before a message becomes a dead letter. */
  readonly deliveriesMax: number;
  /** Whether a handler failed because the store could not do its part at this moment: such a delivery is not held against the message. */
  readonly isStoreTrouble: (error: unknown) => boolean;
  /** Called at the moments a crash may tear apart; crash tests end the process there. */
  readonly crashAt?: (point: 'bus.posted' | 'bus.sent' | 'bus.claimed' | 'bus.handled' | 'bus.acknowledged') => void;
}

/** Where the carrier reports what is worth a log line. */
export interface CarrierEvents {
  handlerFailed(type: string, id: string, delivery: number, error: unknown): void;
  died(type: string, id: string, reason: string): void;
  storeFailed(error: unknown): void;
}

const RELEASE_BASE_MS = 200;
const RELEASE_MAX_MS = 60_000;
/** Pause before the store is asked again after it failed. */
export const STORE_PAUSE_MS = 1_000;
const IDLE_LOOK_MS = 5;

/**
 * What all carriers have in common, as a NestJS transport: whoever claimed a message hands it to the handler bound with `@On`, deletes it when
 * it was handled, and gives it back or buries it when not. How claims come about is the carrier's own.
 */
export abstract class Carrier extends Server implements CustomTransportStrategy {
  protected paused = false;
  protected inFlight = 0;
  protected readonly crashAt: NonNullable<CarrierSettings['crashAt']>;
  private handled: ClaimedMessage[] = [];
  private flushing: Promise<void> = Promise.resolve();

  protected constructor(
    protected readonly queue: PostgresQueue,
    protected readonly clock: Clock,
    protected readonly settings: CarrierSettings,
    protected readonly events: CarrierEvents,
  ) {
    super();
    this.crashAt = settings.crashAt ?? (() => undefined);
  }

  /** Nothing is claimed while paused; what is under way finishes. */
  pause(): void {
    this.paused = true;
  }
  resume(): void {
    this.paused = false;
    this.stir();
  }

  override on(): never {
    throw new Error('carriers emit no transport events');
  }
  override unwrap(): never {
    throw new Error('carriers have no client of their own');
  }

  /** Something changed: a hand got free, or there may be a message. */
  protected abstract stir(): void;

  /** Types that this process handles; all others are left to those who do. */
  protected types(): MessageType[] {
    return Object.keys(MESSAGES)
      .filter(isMessageType)
      .filter((type) => this.messageHandlers.has(type));
  }

  /** How many more messages may be under way. */
  protected free(): number {
    return this.paused ? 0 : this.settings.inFlightMax - this.inFlight;
  }

  /** Until no handler is under way. Every handler acknowledges before it counts as finished. */
  protected async idle(): Promise<void> {
    while (this.inFlight > 0) await new Promise((resolve) => setTimeout(resolve, IDLE_LOOK_MS));
  }

  /** Hands claimed messages to their handlers. @param done called for each when it is handled, given back or buried. */
  protected deliverAll(claimed: readonly ClaimedMessage[], done: (claimed: ClaimedMessage) => void = () => undefined): void {
    if (claimed.length > 0) this.crashAt('bus.claimed');
    for (const message of claimed) void this.deliver(message).then(() => done(message));
  }

  private async deliver(claimed: ClaimedMessage): Promise<void> {
    this.inFlight += 1;
    try {
      await this.handle(claimed);
      this.crashAt('bus.handled');
      await this.acknowledge(claimed);
      this.crashAt('bus.acknowledged');
    } catch (error) {
      await this.giveBack(claimed, error);
    } finally {
      this.inFlight -= 1;
      this.stir();
    }
  }

  /** A handled message that cannot be acknowledged is not the handler's failure: it comes again when its lease is over. */
  private async acknowledge(claimed: ClaimedMessage): Promise<void> {
    this.handled.push(claimed);
    try {
      await this.flush();
    } catch (storeError) {
      this.events.storeFailed(storeError);
    }
  }

  private async handle(claimed: ClaimedMessage): Promise<void> {
    if (!isMessageType(claimed.type)) throw new Unreadable('unknown type');
    const message = readBack(claimed);
    const handler = this.getHandlerByPattern(claimed.type satisfies MessageType);
    if (handler === null) throw new Error(`no handler for ${claimed.type}`);
    const info: DeliveryInfo = { delivery: claimed.deliveries };
    const result = this.transformToObservable(await handler(message, info));
    await lastValueFrom(result, { defaultValue: undefined });
  }

  /** Several handlers finish while one statement runs: their acknowledgements share the next one. */
  private async flush(): Promise<void> {
    const turn = this.flushing.then(async () => {
      const done = this.handled;
      if (done.length === 0) return;
      this.handled = [];
      await this.queue.acknowledge(done);
    });
    // The next flush has to go on even when this one fails; the failure itself reaches the awaiting caller.
    this.flushing = turn.catch(() => undefined);
    await turn;
  }

  private async giveBack(claimed: ClaimedMessage, error: unknown): Promise<void> {
    try {
      if (this.settings.isStoreTrouble(error)) {
        this.events.storeFailed(error);
        await this.queue.returnUncounted(claimed, STORE_PAUSE_MS);
      } else if (error instanceof Unreadable || claimed.deliveries >= this.settings.deliveriesMax) {
        const reason = error instanceof Unreadable ? error.message : `handler failed ${claimed.deliveries} times`;
        await this.queue.bury(claimed, reason);
        this.events.died(claimed.type, claimed.id, reason);
      } else {
        this.events.handlerFailed(claimed.type, claimed.id, claimed.deliveries, error);
        await this.queue.release(claimed, Math.min(RELEASE_BASE_MS * 2 ** (claimed.deliveries - 1), RELEASE_MAX_MS));
      }
    } catch (storeError) {
      // The lease runs out by itself: the message comes again.
      this.events.storeFailed(storeError);
    }
  }
}

class Unreadable extends Error {}

function readBack(claimed: ClaimedMessage): unknown {
  try {
    return parseMessage(claimed.envelope);
  } catch {
    throw new Unreadable('does not fit its schema');
  }
}
