// SPDX-License-Identifier: EUPL-1.2
import { readFile } from 'node:fs/promises';
import type { Duplex } from 'node:stream';

import type { Clock, Randomness } from '@amtsbote/canonical';
import { type ChannelModel, connect, type RecoveringChannelModel } from 'amqplib';

import { isSettledWithin } from '../settled-within.js';
import { addressOf, type BrokerAddress, type BrokerProblem, brokerProblem } from './broker-problem.js';

/** Connecting and shaking hands may take so long. */
const CONNECT_MS = 10_000;
/** So long a living broker may take for everything on a new connection. */
const SETUP_MS = 60_000;
const RECONNECT_FIRST_MS = 200;
/** How long a goodbye may take; a broker that does not answer it notices the closed socket. */
const CLOSE_MS = 3_000;

/** How the broker is reached. */
export interface BrokerSettings {
  /** `amqp://user:password@host:5672/vhost`, a secret. */
  readonly url: string;
  /** Certificate of the authority that vouches for the broker; absent: those the system trusts. */
  readonly caFile?: string | undefined;
  /** After twice this time of silence a connection is given up. */
  readonly heartbeatMs: number;
  /** Longest pause between two attempts to reconnect; pauses double up to it, with jitter. */
  readonly reconnectMaxMs: number;
  /** How long an answer of a living broker may take; absent: 15 s. */
  readonly answerMs?: number;
}

/** What a connection reports. */
export interface BrokerEvents {
  /** After every attempt that failed. */
  brokerAway(problem: BrokerProblem): void;
  /** Everything is set up on a new connection. */
  brokerBack(): void;
  /** It takes nothing more: its memory or disk is full. */
  brokerBlocked(reason: string): void;
}

/** What a connection needs of the house. */
export interface BrokerHouse {
  readonly clock: Clock;
  readonly randomness: Randomness;
  /** Names the connection in the broker's console. */
  readonly name: string;
}

/** A connection and its end. */
interface Line {
  readonly model: ChannelModel;
  readonly over: Promise<void>;
}

export type BrokerState = 'connected' | 'away' | 'blocked';

/**
 * A connection that comes back by itself. Whatever goes wrong (a channel error, a queue somebody deleted), it is dropped and made anew with
 * everything that belongs to it: there is one way to recover, and it is used often enough to work.
 */
export class BrokerConnection {
  private model: RecoveringChannelModel | undefined;
  private current: Line | undefined;
  private known: BrokerState = 'away';
  private closed = false;

  private constructor(
    private readonly address: BrokerAddress,
    private readonly settings: BrokerSettings,
    private readonly house: BrokerHouse,
    private readonly events: BrokerEvents,
  ) {}

  /**
   * Connects. What passes by itself is waited for in the background.
   * @param setup makes channels and consumers on every new connection.
   * @throws BrokerProblem for what an operator has to change.
   */
  static async open(
    settings: BrokerSettings,
    house: BrokerHouse,
    events: BrokerEvents,
    setup: (model: ChannelModel) => Promise<void>,
  ): Promise<BrokerConnection> {
    const address = addressOf(settings.url);
    const connection = new BrokerConnection(address, settings, house, events);
    const problem = await connection.start(setup);
    if (problem === undefined || problem.passes) return connection;
    await connection.close();
    throw problem;
  }

  get state(): BrokerState {
    return this.known;
  }

  /** Drops the connection, to make everything anew. */
  rebuild(): void {
    if (this.current !== undefined) void this.drop(this.current);
  }

  async close(): Promise<void> {
    this.closed = true;
    this.known = 'away';
    await isSettledWithin(this.house.clock, CLOSE_MS, this.model?.close() ?? Promise.resolve());
    if (this.current !== undefined) await this.drop(this.current);
  }

  /** @returns what kept the first attempt from succeeding. */
  private async start(setup: (model: ChannelModel) => Promise<void>): Promise<BrokerProblem | undefined> {
    const { settings, address, house } = this;
    const ca = await this.readAuthority();
    if (ca !== undefined && 'problem' in ca) return ca.problem;
    this.model = await connect(
      { ...address.client, heartbeat: Math.max(1, Math.round(settings.heartbeatMs / 1_000)) },
      {
        noDelay: true,
        keepAlive: true,
        timeout: CONNECT_MS,
        ...ca,
        clientProperties: { connection_name: house.name },
        recovery: {
          waitForConnect: false,
          calculateDelay: (attempt) => this.pauseBefore(attempt),
          setup: (model: ChannelModel) => this.setUp(model, setup),
        },
      },
    );
    return this.follow(this.model);
  }

  private async setUp(model: ChannelModel, setup: (model: ChannelModel) => Promise<void>): Promise<void> {
    // Without a listener Node would end the process; the end of the connection is told by 'close'.
    model.on('error', () => undefined);
    const ended = new AbortController();
    const over = new Promise<void>((resolve) => {
      model.on('close', () => {
        ended.abort(new Error('the connection ended while it was set up'));
        resolve();
      });
    });
    const line: Line = { model, over };
    this.current = line;
    const setting = setup(model);
    try {
      if (!(await isSettledWithin(this.house.clock, SETUP_MS, setting))) throw new Error('it does not answer');
      await setting;
      // The client follows a connection only from here on: one that ended with its last answer would count as alive for ever.
      ended.signal.throwIfAborted();
    } catch (error) {
      setting.catch(() => undefined);
      // Otherwise the client does it, and waits for ever for the goodbye of a broker that has none.
      await this.drop(line);
      throw error;
    }
  }

  /** A broker whose channel waits for a queue says no goodbye, and its heart beats on. */
  private async drop({ model, over }: Line): Promise<void> {
    model.close().catch(() => undefined);
    if (!(await isSettledWithin(this.house.clock, CLOSE_MS, over))) {
      // Its types leave out the socket.
      const { stream } = model.connection as unknown as { readonly stream: Duplex };
      stream.destroy(new Error('the broker says no goodbye'));
    }
    await over;
  }

  private follow(model: RecoveringChannelModel): Promise<BrokerProblem | undefined> {
    return new Promise((resolve) => {
      model.on('error', () => undefined);
      model.on('connect', () => {
        this.known = 'connected';
        this.events.brokerBack();
        resolve(undefined);
      });
      const lost = (error: Error): void => {
        const problem = brokerProblem(error, this.address);
        this.lost(problem);
        resolve(problem);
      };
      model.on('connect-failed', lost);
      model.on('disconnect', lost);
      model.on('blocked', (reason) => {
        this.known = 'blocked';
        this.events.brokerBlocked(reason);
      });
      model.on('unblocked', () => {
        this.known = 'connected';
      });
    });
  }

  private lost(problem: BrokerProblem): void {
    this.known = 'away';
    this.current = undefined;
    if (!this.closed) this.events.brokerAway(problem);
  }

  /** All hubs lose a broker at the same moment; they should not all come back at the same moment. */
  private pauseBefore(attempt: number): number {
    const longest = Math.min(this.settings.reconnectMaxMs, RECONNECT_FIRST_MS * 2 ** Math.min(attempt - 1, 20));
    return longest / 2 + (longest / 2) * this.house.randomness.fraction();
  }

  private async readAuthority(): Promise<{ ca: Buffer } | { problem: BrokerProblem } | undefined> {
    if (this.settings.caFile === undefined) return undefined;
    try {
      return { ca: await readFile(this.settings.caFile) };
    } catch (error) {
      return { problem: brokerProblem(error, this.address) };
    }
  }
}
