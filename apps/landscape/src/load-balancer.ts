// SPDX-License-Identifier: EUPL-1.2
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

const LOOK_MS = 50;
/** A backend that does not answer for so long may be frozen, or busy. */
const ANSWER_MS_MAX = 1_000;
/** So often in a row it is silent before it counts as gone; one that says that it is not ready, or refuses, is believed at once. */
const SILENCES_MAX = 3;

/** A load balancer as towns have one: connections go in turn to the backends that say they are ready, looked at every 50 ms. */
export class LoadBalancer {
  private readonly ready = new Set<string>();
  private readonly silences = new Map<string, number>();
  private readonly stopped = new AbortController();
  private turn = 0;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly backends: readonly string[],
  ) {}

  /** Listens on a free port of 127.0.0.1. */
  static async start(backends: readonly string[]): Promise<LoadBalancer> {
    const server = createServer({ allowHalfOpen: true });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const balancer = new LoadBalancer(server, backends);
    server.on('connection', (client) => balancer.pass(client));
    await Promise.all(backends.map((backend) => balancer.look(backend)));
    for (const backend of backends) void balancer.keepLooking(backend);
    return balancer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private pass(client: Socket): void {
    const ready = this.backends.filter((backend) => this.ready.has(backend));
    const backend = ready[(this.turn += 1) % ready.length];
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

  private async keepLooking(backend: string): Promise<void> {
    while (!this.stopped.signal.aborted) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS).unref());
      await this.look(backend);
    }
  }

  private async look(backend: string): Promise<void> {
    const signal = AbortSignal.any([this.stopped.signal, AbortSignal.timeout(ANSWER_MS_MAX)]);
    const said = await fetch(`${backend}/health/ready`, { headers: { connection: 'close' }, signal }).then(
      async (answer) => {
        await answer.body?.cancel();
        return answer.ok ? 'ready' : 'not-ready';
      },
      () => (signal.aborted ? 'silent' : 'not-ready'),
    );
    const silences = said === 'silent' ? (this.silences.get(backend) ?? 0) + 1 : 0;
    this.silences.set(backend, silences);
    if (said === 'ready') this.ready.add(backend);
    else if (said === 'not-ready' || silences >= SILENCES_MAX) this.ready.delete(backend);
  }
}
