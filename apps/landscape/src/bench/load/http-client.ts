// SPDX-License-Identifier: EUPL-1.2
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const HEAD_END = Buffer.from('\r\n\r\n');
const LAST_CHUNK = Buffer.from('0\r\n\r\n');

/** What the head of an answer says. */
interface Head {
  readonly status: number;
  /** Bytes of the whole answer; `undefined` when it comes in chunks. */
  readonly length: number | undefined;
  readonly isLast: boolean;
}

/**
 * One keep-alive connection on which one request follows the other. As plain as can be: what the load generator spends, the measured server
 * does not have.
 */
export class HttpConnection {
  private socket: Socket | undefined;
  private received: Buffer = Buffer.alloc(0);
  private head: Head | undefined;
  private waiting: { readonly resolve: (status: number) => void; readonly reject: (error: Error) => void } | undefined;

  constructor(private readonly port: number) {}

  /** Sends the pieces of one request. @returns the status of the answer, once all of it is there. */
  async send(pieces: readonly Buffer[]): Promise<number> {
    const socket = (this.socket ??= await this.open());
    const answer = new Promise<number>((resolve, reject) => {
      this.waiting = { resolve, reject };
    });
    socket.cork();
    for (const piece of pieces) socket.write(piece);
    socket.uncork();
    return answer;
  }

  close(): void {
    this.socket?.destroy();
    this.socket = undefined;
  }

  private async open(): Promise<Socket> {
    const socket = connect({ port: this.port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    socket.on('data', (chunk) => this.take(chunk));
    socket.on('error', (error) => this.fail(error));
    socket.on('close', () => this.fail(new Error('the connection was closed')));
    return socket;
  }

  private take(chunk: Buffer): void {
    this.received = this.received.length === 0 ? chunk : Buffer.concat([this.received, chunk]);
    this.head ??= headOf(this.received);
    if (this.head === undefined) return;
    const { length, status, isLast } = this.head;
    const isComplete =
      length === undefined ? this.received.subarray(-LAST_CHUNK.length).equals(LAST_CHUNK) : this.received.length >= length;
    if (!isComplete) return;
    const { waiting } = this;
    this.received = Buffer.alloc(0);
    this.head = undefined;
    this.waiting = undefined;
    if (isLast) this.close();
    waiting?.resolve(status);
  }

  private fail(error: Error): void {
    this.socket = undefined;
    this.received = Buffer.alloc(0);
    this.head = undefined;
    this.waiting?.reject(error);
    this.waiting = undefined;
  }
}

function headOf(received: Buffer): Head | undefined {
  const end = received.indexOf(HEAD_END);
  if (end < 0) return undefined;
  const text = received.toString('latin1', 0, end);
  const length = /^content-length:\s*(\d+)/im.exec(text)?.[1];
  return {
    status: Number(text.slice(9, 12)),
    length: length === undefined ? undefined : end + HEAD_END.length + Number(length),
    isLast: /^connection:\s*close/im.test(text),
  };
}
