// SPDX-License-Identifier: EUPL-1.2
import { RabbitServer } from '../launch/rabbitmq.js';

/** How a broker goes: in order, or as when the power fails. */
export type BrokerEnd = 'stop' | 'kill';

/** A RabbitMQ that can be restarted under the hubs, on the same port and data; one that somebody named is not ours to restart. */
export class BrokerUnderFire {
  private turn: Promise<void> = Promise.resolve();

  private constructor(
    readonly url: string,
    private readonly server: RabbitServer | undefined,
  ) {}

  /** @param named address of a broker that is there already; absent: one of this run's own. */
  static async start(named?: string): Promise<BrokerUnderFire> {
    if (named !== undefined) return new BrokerUnderFire(named, undefined);
    const server = await RabbitServer.start();
    return new BrokerUnderFire(server.url, server);
  }

  get port(): number {
    return Number(new URL(this.url).port || '5672');
  }

  /** One restart after the other. @returns whether there was one. */
  async restart(how: BrokerEnd, downMs: number): Promise<boolean> {
    const { server } = this;
    if (server === undefined) return false;
    this.turn = this.turn.then(async () => {
      await server[how]();
      await new Promise((resolve) => setTimeout(resolve, downMs));
      await server.start();
    });
    await this.turn;
    return true;
  }

  async stop(): Promise<void> {
    await this.turn.catch(() => undefined);
    await this.server?.remove();
  }
}
