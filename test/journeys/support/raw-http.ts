// SPDX-License-Identifier: EUPL-1.2
import { connect } from 'node:net';

/** What came back over a connection until it ended, or until one whole answer was there. */
export interface RawAnswer {
  /** 0 when nothing that looks like an answer came. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Whether the other side ended or cut the connection. */
  readonly closed: boolean;
}

/** The end of our side of a connection. */
export const FIN = Symbol('FIN');

/** Bytes, or a pause in milliseconds, or the end of our side. */
export type RawStep = string | Buffer | { readonly pauseMs: number } | typeof FIN;

/**
 * Speaks to a server byte by byte: for requests that no HTTP library would send. Resolves when the connection ended, or `untilAnswered`
 * after the first complete answer; `readsAtOnce: false` reads nothing before everything is written, as many HTTP libraries do. Never throws
 * for what the other side does.
 */
export async function speakRaw(
  url: string,
  steps: readonly RawStep[],
  { untilAnswered = true, readsAtOnce = true, timeoutMs = 20_000 } = {},
): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  const received: Buffer[] = [];
  let closed = false;
  const ended = new Promise<void>((resolve) => {
    const done = (): void => {
      closed = true;
      resolve();
    };
    socket.on('end', done).on('close', done).on('error', done);
    const listen = (): void =>
      void socket.on('data', (chunk: Buffer) => {
        received.push(chunk);
        if (untilAnswered && isWhole(Buffer.concat(received))) resolve();
      });
    if (readsAtOnce) listen();
    void write(socket, steps).then(readsAtOnce ? () => undefined : listen, () => undefined);
    setTimeout(resolve, timeoutMs).unref();
  });
  await ended;
  socket.destroy();
  return { ...parsed(Buffer.concat(received)), closed };
}

async function write(socket: ReturnType<typeof connect>, steps: readonly RawStep[]): Promise<void> {
  for (const step of steps) {
    if (socket.destroyed) return;
    if (step === FIN) socket.end();
    else if (typeof step === 'object' && 'pauseMs' in step) await new Promise((resolve) => setTimeout(resolve, step.pauseMs));
    else if (!socket.write(step)) await new Promise<void>((resolve) => socket.once('drain', resolve).once('close', resolve));
  }
}

function parsed(bytes: Buffer): Omit<RawAnswer, 'closed'> {
  // An interim 100 Continue is no answer.
  const text = bytes.toString('utf8').replace(/^HTTP\/1\.1 100 [^\r]*\r\n\r\n/, '');
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const [first = '', ...lines] = head.split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(first)?.[1] ?? 0), headers, body: rest.join('\r\n\r\n') };
}

function isWhole(bytes: Buffer): boolean {
  const { status, headers, body } = parsed(bytes);
  const length = headers['content-length'];
  return status !== 0 && length !== undefined && Buffer.byteLength(body) >= Number(length);
}
