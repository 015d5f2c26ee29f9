// SPDX-License-Identifier: EUPL-1.2
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A load balancer as towns have one: connections go in turn to the backends that say they are ready, looked at every 50 ms. */
export class LoadBalancer {
  private ready: string[] = [];
  private turn = 0;
  private readonly sockets = new Set<Socket>();
  private readonly looking: NodeJS.Timeout;

  private constructor(
    private readonly server: Server,
    private readonly backends: readonly string[],
  ) {
    this.looking = setInterval(() => void this.look(), 50);
  }

  static async start(backends: readonly string[]): Promise<LoadBalancer> {
    const server = createServer({ allowHalfOpen: true });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const balancer = new LoadBalancer(server, backends);
    server.on('connection', (client) => balancer.pass(client));
    await balancer.look();
    return balancer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    clearInterval(this.looking);
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private pass(client: Socket): void {
    const backend = this.ready[(this.turn += 1) % this.ready.length];
    if (backend === undefined) {
      client.destroy();
      return;
    }
    const { hostname, port } = new URL(backend);
    const upstream = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    for (const socket of [client, upstream]) {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
    }
    client.pipe(upstream).pipe(client);
    client.on('error', () => upstream.destroy());
    upstream.on('error', () => client.destroy());
  }

  private async look(): Promise<void> {
    const states = await Promise.all(
      this.backends.map((backend) =>
        fetch(`${backend}/health/ready`, { headers: { connection: 'close' } }).then(
          (answer) => answer.ok,
          () => false,
        ),
      ),
    );
    this.ready = this.backends.filter((_, index) => states[index]);
  }
}
