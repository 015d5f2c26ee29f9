// SPDX-License-Identifier: EUPL-1.2
import { WAKE_CHANNEL, type Waker } from '@amtsbote/bus';
import type { Log } from '@amtsbote/platform';
import { Client } from 'pg';

const RECONNECT_MS = 2_000;

/** Listens for wakes of other processes on a connection of its own. Without it everything still happens, one poll interval later. */
export class WakeListener {
  private client: Client | undefined;
  private closed = false;
  private retry: NodeJS.Timeout | undefined;

  private constructor(
    private readonly url: string,
    private readonly waker: Waker,
    private readonly log: Log,
  ) {}

  static async open(url: string, waker: Waker, log: Log): Promise<WakeListener> {
    const listener = new WakeListener(url, waker, log);
    await listener.connect();
    return listener;
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.retry);
    await this.client?.end().catch(() => undefined);
  }

  private async connect(): Promise<void> {
    const client = new Client({ connectionString: this.url, application_name: 'amtsbote-wake', keepAlive: true });
    client.on('notification', () => this.waker.wakeHere());
    client.on('error', (error) => this.lost(client, error));
    client.on('end', () => this.lost(client, undefined));
    try {
      await client.connect();
      await client.query(`LISTEN ${WAKE_CHANNEL}`);
      this.client = client;
    } catch (error) {
      this.lost(client, error);
    }
  }

  private lost(client: Client, error: unknown): void {
    if (this.closed || this.retry !== undefined) return;
    if (error !== undefined) this.log.warn('wake.connection-lost', {});
    client.removeAllListeners();
    client.on('error', () => undefined);
    client.end().catch(() => undefined);
    this.retry = setTimeout(() => {
      this.retry = undefined;
      void this.connect();
    }, RECONNECT_MS).unref();
  }
}
