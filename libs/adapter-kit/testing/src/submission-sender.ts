// SPDX-License-Identifier: EUPL-1.2
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';

/** A request a simulated sender makes: its bytes can be produced as often as needed, so that it can be sent again. */
export interface OutgoingSubmission {
  readonly headers: Readonly<Record<string, string>>;
  /** Length of the body in bytes; sent as Content-Length. */
  readonly length: number;
  bytes(): AsyncIterable<Uint8Array>;
}

/** What became of one sending: the answer, or a connection that ended without one. */
export type SendingOutcome =
  | { readonly kind: 'answered'; readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string }
  | { readonly kind: 'cut'; readonly reason: string };

/** How bytes go out. */
export interface Sending {
  /** Cuts the connection after this many bytes of the body, with the Content-Length of the whole. */
  readonly truncateAfter?: number;
  /** A slow line: this many bytes, then a pause in milliseconds, and so on. */
  readonly drip?: { readonly bytes: number; readonly pauseMs: number };
  /** Longest wait for the answer in milliseconds; default 30 s. */
  readonly timeoutMs?: number;
}

/** Sends one body to an address, well or badly. Never throws for what the other side does: the outcome says it. */
export async function sendTo(url: string, submission: OutgoingSubmission, sending: Sending = {}): Promise<SendingOutcome> {
  const target = new URL(url);
  const open = target.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve) => {
    const outgoing = open(target, {
      method: 'POST',
      agent: false,
      headers: { ...submission.headers, 'content-length': String(submission.length) },
      timeout: sending.timeoutMs ?? 30_000,
    });
    const cut = (reason: string): void => resolve({ kind: 'cut', reason });
    outgoing.on('timeout', () => outgoing.destroy(new Error('timeout')));
    outgoing.on('error', (error: NodeJS.ErrnoException) => cut(error.code ?? error.message));
    outgoing.on('response', (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', (error: NodeJS.ErrnoException) => cut(error.code ?? error.message));
      incoming.on('end', () => {
        const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]));
        resolve({ kind: 'answered', status: incoming.statusCode ?? 0, headers, body: Buffer.concat(chunks).toString('utf8') });
      });
    });
    void write(outgoing, submission, sending).catch((error: unknown) =>
      outgoing.destroy(error instanceof Error ? error : new Error('writing failed')),
    );
  });
}

async function write(outgoing: ReturnType<typeof httpRequest>, submission: OutgoingSubmission, sending: Sending): Promise<void> {
  let left = sending.truncateAfter ?? Number.POSITIVE_INFINITY;
  for await (const chunk of submission.bytes()) {
    for (const piece of piecesOf(chunk, sending.drip?.bytes)) {
      // The other side may have answered early (413) and closed.
      if (outgoing.destroyed) return;
      const bytes = piece.subarray(0, Math.max(0, left));
      left -= piece.length;
      if (!outgoing.write(bytes)) await flushed(outgoing);
      if (left <= 0) {
        // Give the bytes a moment to leave, so that the other side really sees a half body.
        await delay(20);
        outgoing.destroy(new Error('truncated by the sender'));
        return;
      }
      if (sending.drip !== undefined) await delay(sending.drip.pauseMs);
    }
  }
  outgoing.end();
}

async function flushed(outgoing: ReturnType<typeof httpRequest>): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = (): void => {
      outgoing.off('drain', done).off('close', done);
      resolve();
    };
    outgoing.on('drain', done).on('close', done);
  });
}

function* piecesOf(chunk: Uint8Array, size = chunk.length): Generator<Uint8Array> {
  for (let start = 0; start < chunk.length; start += Math.max(1, size)) yield chunk.subarray(start, start + Math.max(1, size));
}

/**
 * A simulated sender: builds valid submissions of one format and sends them to one endpoint, or misbehaves in the named ways. Tests, demo and
 * landscape use the same class.
 */
export abstract class SubmissionSender<Submission, Mischief extends string> {
  constructor(readonly url: string) {}

  /** The request for a submission, spoilt when a mischief is named. */
  abstract build(submission: Submission, mischief?: Mischief): OutgoingSubmission;

  /** Sends once, properly. */
  async send(submission: Submission, sending: Sending = {}): Promise<SendingOutcome> {
    return sendTo(this.url, this.build(submission), sending);
  }
  /** Sends a spoilt request. */
  async sendSpoilt(submission: Submission, mischief: Mischief): Promise<SendingOutcome> {
    return sendTo(this.url, this.build(submission, mischief));
  }
  /** The same submission again and again, as staff do who press "send" once more. */
  async sendRepeatedly(submission: Submission, times: number): Promise<SendingOutcome[]> {
    const outcomes: SendingOutcome[] = [];
    for (let time = 0; time < times; time += 1) outcomes.push(await this.send(submission));
    return outcomes;
  }
  /** The same submission `times` times at once. */
  async sendConcurrently(submission: Submission, times: number): Promise<SendingOutcome[]> {
    return Promise.all(Array.from({ length: times }, async () => this.send(submission)));
  }
  /** Different submissions, `atOnce` under way at any time; outcomes in their order. */
  async sendAll(submissions: Iterable<Submission>, atOnce = 8): Promise<SendingOutcome[]> {
    const outcomes: SendingOutcome[] = [];
    const queue = [...submissions].entries();
    const worker = async (): Promise<void> => {
      for (const [index, submission] of queue) outcomes[index] = await this.send(submission);
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    return outcomes;
  }
  /** Cuts the connection after a share (0 to 1) of the body. */
  async sendTruncated(submission: Submission, share = 0.5): Promise<SendingOutcome> {
    const outgoing = this.build(submission);
    return sendTo(this.url, outgoing, { truncateAfter: Math.max(1, Math.floor(outgoing.length * share)) });
  }
  /** A line that drips. */
  async sendSlowly(submission: Submission, drip = { bytes: 256, pauseMs: 10 }): Promise<SendingOutcome> {
    return this.send(submission, { drip });
  }
}
