// SPDX-License-Identifier: EUPL-1.2
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/**
 * What a line does to what passes over it.
 * - `slow`: every piece arrives `ms` later, in order
 * - `silent`: nothing arrives any more, in neither direction, and nobody is told: half-open connections, unanswered new ones
 * - `answerLost`: what is sent arrives; the first byte of an answer ends the connection: the other side has acted, and nobody hears of it
 * - `refused`: connections are reset at once
 */
export type LineFault =
  | { readonly kind: 'slow'; readonly ms: number }
  | { readonly kind: 'silent' }
  | { readonly kind: 'answerLost' }
  | { readonly kind: 'refused' };

/** A line of the network between two systems: a TCP proxy on a free port of 127.0.0.1 whose faults can be switched while it is in use. */
export class TcpProxy {
  private fault: LineFault | undefined;
  private readonly links = new Set<Link>();

  private constructor(
    private readonly server: Server,
    private readonly target: () => number,
  ) {}

  /** @param target port of 127.0.0.1 that it leads to, asked for at every connection: the other side may come back on another one. */
  static async start(target: () => number): Promise<TcpProxy> {
    const server = createServer({ allowHalfOpen: true });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const proxy = new TcpProxy(server, target);
    server.on('connection', (client) => proxy.open(client));
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** The same address, by way of this line. */
  via(address: string): string {
    const url = new URL(address);
    [url.hostname, url.port] = ['127.0.0.1', String(this.port)];
    return url.href.replace(/\/$/, '');
  }

  /** Resets every connection. */
  cut(): void {
    for (const link of this.links) link.reset();
  }

  /** Switches a fault on. */
  break(fault: LineFault): void {
    this.fault = fault;
  }
  /** Back to normal. What was lost on a silent line stays lost: its connections are reset, as after the timeout of a router. */
  mend(): void {
    const wasSilent = this.fault?.kind === 'silent';
    this.fault = undefined;
    if (wasSilent) this.cut();
  }

  async stop(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private open(client: Socket): void {
    if (this.fault?.kind === 'refused') {
      client.on('error', () => undefined).resetAndDestroy();
      return;
    }
    const upstream = connect({ host: '127.0.0.1', port: this.target(), allowHalfOpen: true });
    const link: Link = new Link(client, upstream, () => this.fault);
    this.links.add(link);
    void link.closed.then(() => this.links.delete(link));
  }
}

/** One connection through the proxy. */
class Link {
  readonly closed: Promise<void>;
  private isOver = false;
  private readonly timers = new Set<NodeJS.Timeout>();
  /** By the side it comes from: what a slow line still holds. */
  private readonly waiting = new Map<Socket, (() => void)[]>();

  constructor(
    private readonly client: Socket,
    private readonly upstream: Socket,
    private readonly fault: () => LineFault | undefined,
  ) {
    const gone = (socket: Socket): Promise<void> =>
      new Promise((resolve) => {
        socket.once('close', () => resolve());
      });
    this.closed = Promise.all([gone(client), gone(upstream)]).then(() => undefined);
    this.connect(client, upstream, 'question');
    this.connect(upstream, client, 'answer');
  }

  reset(): void {
    if (this.isOver) return;
    this.isOver = true;
    for (const timer of this.timers) clearTimeout(timer);
    for (const socket of [this.client, this.upstream]) socket.resetAndDestroy();
  }

  private connect(from: Socket, to: Socket, direction: 'question' | 'answer'): void {
    from.on('error', () => this.reset());
    from.on('data', (chunk: Buffer) => this.pass(direction, from, () => this.write(chunk, from, to)));
    from.on('end', () => this.pass(direction, from, () => to.end()));
  }

  /** Lets something through, later, or never. */
  private pass(direction: 'question' | 'answer', from: Socket, deliver: () => void): void {
    const fault = this.fault();
    switch (fault?.kind) {
      case undefined:
      case 'refused':
        // Behind what a slow line still holds.
        this.deliver(from, 0, deliver);
        return;
      case 'slow':
        this.deliver(from, fault.ms, deliver);
        return;
      case 'silent':
        return;
      case 'answerLost':
        if (direction === 'answer') this.reset();
        else this.deliver(from, 0, deliver);
    }
  }

  private deliver(from: Socket, ms: number, act: () => void): void {
    const waiting = this.waiting.get(from) ?? [];
    if (ms === 0 && waiting.length === 0) {
      act();
      return;
    }
    this.waiting.set(from, waiting);
    waiting.push(act);
    // Whichever timer comes first delivers what has waited longest: in order, whatever each was delayed by.
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      if (!this.isOver) waiting.shift()?.();
    }, ms);
    this.timers.add(timer);
  }

  private write(chunk: Buffer, from: Socket, to: Socket): void {
    if (to.destroyed || to.writableEnded || to.write(chunk)) return;
    from.pause();
    to.once('drain', () => from.resume());
  }
}
