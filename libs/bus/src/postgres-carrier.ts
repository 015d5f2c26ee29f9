// SPDX-License-Identifier: EUPL-1.2
import { type Clock, isMessageType, MESSAGES, type MessageType, parseMessage } from '@amtsbote/canonical';
import { type CustomTransportStrategy, Server } from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';

import type { DeliveryInfo } from './bus.port.js';
import type { ClaimedMessage, PostgresQueue } from './postgres-queue.js';
import type { Waker } from './waker.js';

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
  readonly crashAt?: (point: 'bus.claimed' | 'bus.handled' | 'bus.acknowledged') => void;
}

/** Where the carrier reports what is worth a log line. */
export interface CarrierEvents {
  handlerFailed(type: string, id: string, delivery: number, error: unknown): void;
  died(type: string, id: string, reason: string): void;
  storeFailed(error: unknown): void;
}

const RELEASE_BASE_MS = 200;
const RELEASE_MAX_MS = 60_000;
const STORE_PAUSE_MS = 1_000;

/**
 * The message bus on PostgreSQL, as a NestJS transport: claims heads of subjects in batches with SKIP LOCKED, hands them to the handlers
 * bound with `@On`, deletes what was handled. At least once; in order per subject; one stuck subject does not hold up the others.
 */
export class PostgresCarrier extends Server implements CustomTransportStrategy {
  override readonly transportId = Symbol('postgres');
  private running = false;
  private readonly crashAt: NonNullable<CarrierSettings['crashAt']>;
  private paused = false;
  private inFlight = 0;
  private handled: ClaimedMessage[] = [];
  private loop: Promise<void> | undefined;
  private flushing: Promise<void> = Promise.resolve();
  private wake: (() => void) | undefined;
  private woken = false;
  private stopListening: (() => void) | undefined;

  constructor(
    private readonly queue: PostgresQueue,
    private readonly waker: Waker,
    private readonly clock: Clock,
    private readonly settings: CarrierSettings,
    private readonly events: CarrierEvents,
  ) {
    super();
    this.crashAt = settings.crashAt ?? (() => undefined);
  }

  override listen(callback: () => void): void {
    this.running = true;
    this.stopListening = this.waker.onWake(() => this.stir());
    this.loop = this.work();
    callback();
  }

  /** Stops claiming, waits for handlers under way and for their acknowledgements. */
  override async close(): Promise<void> {
    this.running = false;
    this.stopListening?.();
    this.stir();
    await this.loop;
    // Every handler acknowledges before it counts as finished.
    while (this.inFlight > 0) await new Promise((resolve) => setTimeout(resolve, 5));
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
    throw new Error('the postgres carrier emits no transport events');
  }
  override unwrap(): never {
    throw new Error('the postgres carrier has no client of its own');
  }

  private async work(): Promise<void> {
    const types = Object.keys(MESSAGES).filter((type) => this.messageHandlers.has(type));
    while (this.isRunning()) {
      // Wakes from here on are for the next turn. Not forgetting older ones would turn a full or paused carrier in circles.
      this.woken = false;
      const free = this.settings.inFlightMax - this.inFlight;
      const claimed = this.paused || free <= 0 ? [] : await this.claim(types, free);
      for (const message of claimed) void this.deliver(message);
      if (claimed.length === 0) await this.rest();
    }
  }

  /** A method, because the field changes while the loop awaits. */
  private isRunning(): boolean {
    return this.running;
  }

  private async claim(types: readonly string[], limit: number): Promise<ClaimedMessage[]> {
    try {
      const claimed = await this.queue.claim(types, limit, this.settings.leaseMs);
      if (claimed.length > 0) this.crashAt('bus.claimed');
      return claimed.sort((a, b) => Number(BigInt(a.seq) - BigInt(b.seq)));
    } catch (error) {
      this.events.storeFailed(error);
      await this.clock.sleep(STORE_PAUSE_MS);
      return [];
    }
  }

  private async rest(): Promise<void> {
    if (this.woken || !this.running) return;
    const alarm = new AbortController();
    await Promise.race([
      new Promise<void>((resolve) => {
        this.wake = resolve;
      }),
      this.clock.sleep(this.settings.pollMs, alarm.signal).catch(() => undefined),
    ]);
    alarm.abort();
    this.wake = undefined;
  }

  private stir(): void {
    this.woken = true;
    this.wake?.();
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
