// SPDX-License-Identifier: EUPL-1.2
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Undoing } from '../../launch/undoing.js';

/** The other side of an outgoing call: takes everything, counts it. */
export class Receiver {
  private calls = 0;
  private listener: ((at: number) => void) | undefined;

  private constructor(readonly url: string) {}

  static async start(undoing: Undoing): Promise<Receiver> {
    const server = createServer((request, response) => {
      receiver.count();
      request.resume();
      request.on('end', () => response.writeHead(204).end());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const receiver = new Receiver(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    undoing.add('receiver', async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    return receiver;
  }

  /** How many calls came so far. */
  get received(): number {
    return this.calls;
  }

  /** The moment, by `performance.now()`, at which the next call comes. */
  next(): Promise<number> {
    return new Promise((resolve) => {
      this.listener = resolve;
    });
  }

  private count(): void {
    this.calls += 1;
    this.listener?.(performance.now());
    this.listener = undefined;
  }
}
