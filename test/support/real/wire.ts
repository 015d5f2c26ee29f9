// SPDX-License-Identifier: EUPL-1.2
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** The line between a hub and a server, as it behaves on bad days. */
export class Wire {
  private readonly pairs = new Set<readonly [Socket, Socket]>();
  private state: 'whole' | 'cut' | 'silent' | 'deaf' = 'whole';

  private constructor(
    private readonly server: Server,
    private readonly target: number,
  ) {}

  /** @param target port on 127.0.0.1 behind the wire. */
  static async to(target: number): Promise<Wire> {
    const server = createServer();
    const wire = new Wire(server, target);
    server.on('connection', (near) => wire.join(near));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return wire;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Every connection is reset, and new ones are until it is mended. */
  cut(): void {
    this.state = 'cut';
    this.reset();
  }

  /** Half-open: nothing passes any more in either direction, and nobody is told. */
  silence(): void {
    this.state = 'silent';
  }

  /** What the hub says still arrives; what the server answers does not. */
  deafen(): void {
    this.state = 'deaf';
  }

  /** New connections pass; those that were silenced are reset. */
  mend(): void {
    if (this.state !== 'whole') this.reset();
    this.state = 'whole';
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private join(near: Socket): void {
    near.on('error', () => undefined);
    if (this.state === 'cut') {
      near.resetAndDestroy();
      return;
    }
    const far = connect({ host: '127.0.0.1', port: this.target, noDelay: true });
    near.setNoDelay(true);
    const pair = [near, far] as const;
    this.pairs.add(pair);
    far.on('error', () => undefined);
    near.on('data', (chunk) => this.state !== 'silent' && far.write(chunk));
    far.on('data', (chunk) => this.state === 'whole' && near.write(chunk));
    for (const [one, other] of [pair, [far, near] as const])
      one.on('close', () => {
        this.pairs.delete(pair);
        if (this.state === 'whole' || this.state === 'cut') other.destroy();
      });
  }

  private reset(): void {
    for (const pair of this.pairs) for (const socket of pair) socket.resetAndDestroy();
    this.pairs.clear();
  }
}
