// SPDX-License-Identifier: EUPL-1.2
/*
 * Terminology
 *   trigger   two numbers that travel through the broker: which row of the outbox, under which fence. It carries no data
 *   post      reserving a row of the outbox and sending its trigger
 *   take      claiming a posted row by its trigger; only the first one who shows the current fence gets it
 *
 * The outbox stays the truth. A trigger that is lost, doubled, late or made up costs a statement or some seconds, never a message: the row is
 * deleted only by whoever took and handled it. So the broker may lose its disk, be purged, or be exchanged for the postgres carrier at any
 * moment, and workers with both carriers may run side by side.
 */
import type { ChannelModel } from 'amqplib';

import { Carrier, type CarrierEvents, type CarrierSettings, STORE_PAUSE_MS } from '../carrier.js';
import type { ClaimedMessage, PostgresQueue } from '../postgres-queue.js';
import { Turns } from '../turns.js';
import type { Waker } from '../waker.js';
import { BrokerConnection, type BrokerEvents, type BrokerHouse, type BrokerSettings, type BrokerState } from './broker-connection.js';
import type { BrokerProblem } from './broker-problem.js';
import { Inbox, type ReceivedTrigger } from './inbox.js';
import { Relay, type RelaySettings } from './relay.js';
import { Topology } from './topology.js';

/** How long an answer of a living broker may take: longer than it needs to elect leaders after its start. */
const ANSWER_MS = 15_000;

/** How the carrier works. */
export interface RabbitSettings extends CarrierSettings, BrokerSettings, RelaySettings {
  /** Begins the names of all queues and exchanges. */
  readonly prefix: string;
  /** Triggers of one type that a process takes ahead. */
  readonly prefetch: number;
}

/** Where the carrier reports what is worth a log line. */
export interface RabbitEvents extends CarrierEvents {
  /** Told once for every problem, however long it takes. */
  brokerAway(problem: BrokerProblem): void;
  brokerBack(): void;
  /** It takes nothing more: its memory or disk is full. */
  brokerBlocked(reason: string): void;
  /** The broker handed a trigger out again and again, and gave it up; its message is sent again. */
  triggerGivenUp(): void;
  /** A queue did not answer any more, and was deleted to be made anew. */
  queueDiscarded(queue: string): void;
  /** Somebody else puts things into our queues. */
  foreignTrigger(queue: string): void;
}

/**
 * The message bus with RabbitMQ between outbox and handlers: a relay posts heads of subjects with publisher confirms, competing consumers take
 * them. At least once and in order per subject for the same reason as on PostgreSQL alone: the outbox's heads and fences.
 */
export class RabbitCarrier extends Carrier {
  override readonly transportId = Symbol('rabbitmq');
  private readonly relay: Relay;
  private readonly inbox: Inbox;
  private readonly posting: Turns;
  private readonly taking: Turns;
  private outgoing: BrokerConnection | undefined;
  private incoming: BrokerConnection | undefined;
  private stopListening: (() => void) | undefined;
  private told: string | undefined;

  constructor(
    queue: PostgresQueue,
    private readonly waker: Waker,
    private readonly house: BrokerHouse,
    private readonly rabbit: RabbitSettings,
    private readonly reports: RabbitEvents,
  ) {
    super(queue, house.clock, rabbit, reports);
    const topology = new Topology(rabbit.prefix);
    const answerMs = rabbit.answerMs ?? ANSWER_MS;
    this.relay = new Relay(
      queue,
      topology,
      house.clock,
      { ...rabbit, answerMs },
      {
        types: () => (this.paused ? [] : this.types()),
        storeFailed: (error) => reports.storeFailed(error),
        misses: () => this.outgoing?.rebuild(),
        isBlocked: () => this.outgoing?.state === 'blocked',
        crashAt: this.crashAt,
      },
    );
    this.inbox = new Inbox(
      topology,
      house.clock,
      { prefetch: rabbit.prefetch, answerMs },
      {
        types: () => this.types(),
        stir: () => this.taking.stir(),
        gaveUp: (trigger) => void this.sendAgain(trigger),
        foreign: (where) => reports.foreignTrigger(where),
        misses: () => this.incoming?.rebuild(),
        discarded: (name) => reports.queueDiscarded(name),
      },
    );
    this.posting = new Turns(house.clock, rabbit.pollMs, () => this.relay.turn());
    this.taking = new Turns(house.clock, rabbit.pollMs, () => this.takeAndDeliver());
  }

  /** Calls back with a BrokerProblem when an operator has to change something; a broker that is only away is waited for. */
  override listen(callback: (error?: unknown) => void): void {
    this.connect().then(() => callback(), callback);
  }

  /** Stops sending and taking, waits for handlers under way and for their acknowledgements, leaves the broker. */
  override async close(): Promise<void> {
    this.stopListening?.();
    this.relay.stop();
    await Promise.all([this.posting.stop(), this.taking.stop()]);
    await this.idle();
    this.inbox.release();
    await this.leave();
  }

  /** How it stands with the broker, for health checks. */
  get brokerState(): BrokerState {
    const states = [this.outgoing?.state ?? 'away', this.incoming?.state ?? 'away'];
    return states.find((state) => state === 'away') ?? states.find((state) => state === 'blocked') ?? 'connected';
  }

  protected override stir(): void {
    this.taking.stir();
    // What was behind the message that has just been handled may be sent now.
    this.posting.stir();
  }

  /** Two connections: a broker short of memory stops reading from those that publish, and acknowledgements have to go on. */
  private async connect(): Promise<void> {
    const { rabbit, house } = this;
    const events: BrokerEvents = {
      brokerAway: (problem) => this.tellAway(problem),
      brokerBack: () => this.tellBack(),
      brokerBlocked: (reason) => this.reports.brokerBlocked(reason),
    };
    const open = (way: string, setUp: (model: ChannelModel) => Promise<void>): Promise<BrokerConnection> =>
      BrokerConnection.open(rabbit, { ...house, name: `${house.name} ${way}` }, events, setUp);
    const [outgoing, incoming] = await Promise.allSettled([
      open('outgoing', (model) => this.relay.setUp(model)),
      open('incoming', (model) => this.inbox.setUp(model)),
    ]);
    if (outgoing.status === 'fulfilled') this.outgoing = outgoing.value;
    if (incoming.status === 'fulfilled') this.incoming = incoming.value;
    for (const opening of [outgoing, incoming]) {
      if (opening.status === 'fulfilled') continue;
      await this.leave();
      throw opening.reason;
    }
    this.tellBack();
    this.stopListening = this.waker.onWake(() => this.posting.stir());
    this.posting.start();
    this.taking.start();
  }

  /** The same problem is told once, however many attempts of both connections meet it. */
  private tellAway(problem: BrokerProblem): void {
    if (this.told === problem.message) return;
    this.told = problem.message;
    this.reports.brokerAway(problem);
  }

  private tellBack(): void {
    this.posting.stir();
    if (this.told === undefined || this.brokerState !== 'connected') return;
    this.told = undefined;
    this.reports.brokerBack();
  }

  private async leave(): Promise<void> {
    await Promise.all([this.outgoing?.close(), this.incoming?.close()]);
  }

  private async takeAndDeliver(): Promise<boolean> {
    const triggers = this.inbox.next(this.free());
    if (triggers.length === 0) return false;
    const taken = await this.take(triggers);
    if (taken === undefined) return false;
    const rows = new Set(taken.map(({ seq }) => seq));
    const current = new Map<string, ReceivedTrigger>();
    for (const trigger of triggers) {
      if (rows.delete(trigger.seq)) current.set(trigger.seq, trigger);
      // Late or doubled: somebody else has it, or it is done.
      else trigger.acknowledge();
    }
    this.deliverAll(taken, ({ seq }) => current.get(seq)?.acknowledge());
    return true;
  }

  /** @returns `undefined` when the store could not be asked; then the triggers are still to be taken. */
  private async take(triggers: readonly ReceivedTrigger[]): Promise<ClaimedMessage[] | undefined> {
    try {
      return await this.queue.take(triggers, this.rabbit.leaseMs);
    } catch (error) {
      this.reports.storeFailed(error);
      this.inbox.putBack(triggers);
      await this.clock.sleep(STORE_PAUSE_MS);
      return undefined;
    }
  }

  private async sendAgain(trigger: ReceivedTrigger): Promise<void> {
    this.reports.triggerGivenUp();
    try {
      await this.queue.withdraw([trigger]);
    } catch (error) {
      // It is sent again when its reservation is over.
      this.reports.storeFailed(error);
    }
    trigger.acknowledge();
    this.posting.stir();
  }
}
